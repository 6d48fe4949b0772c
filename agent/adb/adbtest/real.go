package adbtest

import (
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Real is a real adb server of the test's own: another port than the usual one,
// another home, so that it meets neither the user's server nor their key.
type Real struct {
	tb      testing.TB
	addr    string
	env     []string
	process *exec.Cmd
}

// StartReal runs the machine's adb until the test ends. Without one the test is
// skipped, under CI it fails.
func StartReal(tb testing.TB) *Real {
	tb.Helper()
	if _, err := exec.LookPath("adb"); err != nil {
		const how = "no adb: install it (Debian: apt-get install adb; else Android's platform tools) to run this test"
		if os.Getenv("CI") != "" {
			tb.Fatal(how)
		}
		tb.Skip(how)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &Real{tb: tb, addr: listener.Addr().String(), env: append(os.Environ(), "HOME="+tb.TempDir())}
	listener.Close()
	tb.Cleanup(r.Kill)
	r.Resume()
	return r
}

// Addr is the server's address.
func (r *Real) Addr() string { return r.addr }

// Resume starts the server, at the same address after Kill, and waits until it
// answers.
func (r *Real) Resume() {
	r.tb.Helper()
	_, port, err := net.SplitHostPort(r.addr)
	if err != nil {
		r.tb.Fatal(err)
	}
	r.process = exec.Command("adb", "-P", port, "nodaemon", "server")
	r.process.Env = r.env
	if err := r.process.Start(); err != nil {
		r.tb.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		conn, err := net.Dial("tcp", r.addr)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) {
			r.tb.Fatalf("the adb server does not answer: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Kill kills the server.
func (r *Real) Kill() {
	if r.process != nil {
		r.process.Process.Kill()
		r.process.Wait()
		r.process = nil
	}
}

// Connect makes the server connect to a device over TCP.
func (r *Real) Connect(device string) {
	r.tb.Helper()
	_, port, err := net.SplitHostPort(r.addr)
	if err != nil {
		r.tb.Fatal(err)
	}
	client := exec.Command("adb", "-P", port, "connect", device)
	client.Env = r.env
	if out, err := client.CombinedOutput(); err != nil {
		r.tb.Fatalf("adb connect %s: %v: %s", device, err, out)
	}
}
