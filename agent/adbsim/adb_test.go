package adbsim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// adbTool is the real adb client, talking to the server at addr.
type adbTool struct {
	t    testing.TB
	path string
	addr string
	env  []string
}

// needADB finds adb. Without one the test is skipped, but not in CI.
func needADB(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("adb")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("adb is missing: apt-get install adb")
		}
		t.Skip("adb is missing: apt-get install adb")
	}
	return path
}

func newADB(t testing.TB, addr string) adbTool {
	t.Helper()
	home := t.TempDir()
	return adbTool{t, needADB(t), addr, append(os.Environ(), "HOME="+home, "ADB_SERVER_SOCKET=tcp:"+addr, "ANDROID_SERIAL=")}
}

// run runs adb with input and gives what it wrote and its exit code.
func (a adbTool) run(input string, args ...string) result {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, a.path, args...)
	cmd.Env = a.env
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		a.t.Fatalf("adb %q: %v", args, err)
	} else if ok && exit.ExitCode() < 0 {
		a.t.Fatalf("adb %q did not end", args)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// onDevice is what must hold for a device behind either front end.
func onDevice(t *testing.T, a adbTool, serial string) {
	for _, c := range []struct {
		name, input, command string
		want                 result
	}{
		{"both outputs and the exit code", "", "echo out; echo err >&2; exit 7", result{"out\n", "err\n", 7}},
		{"an unknown command", "", "nosuch", result{"", "/system/bin/sh: nosuch: inaccessible or not found\n", 127}},
		{"killed by a signal", "", "kill -9 $$", result{"", "", 137}},
		{"input", "a\nb\n", "cat; echo end", result{"a\nb\nend\n", "", 0}},
		{"a pipe", "", "seq 1 200000 | tail -n 1", result{"200000\n", "", 0}},
		{"nothing", "", "true", result{"", "", 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := a
			a.t = t
			if got := a.run(c.input, "-s", serial, "shell", c.command); got != c.want {
				t.Errorf("adb shell %q: %+v, want %+v", c.command, got, c.want)
			}
		})
	}
	t.Run("many bytes", func(t *testing.T) {
		a := a
		a.t = t
		script := "head -c 3000000 /dev/urandom >/data/local/tmp/r; sha256sum </data/local/tmp/r"
		sum := a.run("", "-s", serial, "shell", script).out
		r := a.run("", "-s", serial, "exec-out", "cat /data/local/tmp/r")
		if got := fmt.Sprintf("%x  -\n", sha256.Sum256([]byte(r.out))); got != sum {
			t.Errorf("%d bytes with sum %s, on the device %s", len(r.out), got, sum)
		}
		up := a.run(r.out, "-s", serial, "shell", "sha256sum")
		if up.out != sum {
			t.Errorf("sent back: %q, want %q", up.out, sum)
		}
	})
	t.Run("get-state", func(t *testing.T) {
		a := a
		a.t = t
		if r := a.run("", "-s", serial, "get-state"); r.out != "device\n" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("logcat", func(t *testing.T) {
		a := a
		a.t = t
		r := a.run("", "-s", serial, "logcat", "-d", "-v", "threadtime")
		if !strings.HasPrefix(r.out, "--------- beginning of ") || strings.Count(r.out, "\n") < 100 {
			t.Errorf("%.200q", r.out)
		}
	})
}

func TestADBClientOnHostFrontEnd(t *testing.T) {
	needADB(t)
	b, addr := startBench(t, Config{})
	a := newADB(t, addr)
	if r := a.run("", "devices", "-l"); !strings.Contains(r.out, "sim0002:5555           device product:farbench_ic model:Farbench_Cluster device:farbench_ic transport_id:2\n") {
		t.Errorf("devices -l: %+v", r)
	}
	onDevice(t, a, "SIM0001")
	for _, c := range [][]string{{"version"}, {"host-features"}, {"forward", "--list"}, {"-s", "SIM0001", "wait-for-device"}, {"-s", "SIM0001", "get-devpath"}} {
		if r := a.run("", c...); r.exit != 0 {
			t.Errorf("adb %q: %+v", c, r)
		}
	}
	if r := a.run("", "-s", "SIM0003", "shell", "true"); r.exit == 0 || !strings.Contains(r.err, "device unauthorized") {
		t.Errorf("shell on an unauthorized device: %+v", r)
	}
	b.SetState("SIM0003", StateDevice)
	if r := a.run("", "-s", "SIM0003", "shell", "getprop", "ro.product.model"); r.out != "Farbench Rear Seat\n" {
		t.Errorf("once it is authorized: %+v", r)
	}
	if r := a.run("", "-s", "sim0002:5555", "shell", "getprop", "ro.serialno"); r.out != "SIM0002\n" {
		t.Errorf("a serial that is an address: %+v", r)
	}
	if r := a.run("", "shell", "true"); !strings.Contains(r.err, "more than one device") {
		t.Errorf("shell on any device: %+v", r)
	}
	if r := a.run("", "-s", "SIM0009", "shell", "true"); !strings.Contains(r.err, "not found") {
		t.Errorf("shell on an unknown device: %+v", r)
	}
}

// startADBServer runs a real adb server on a port of its own.
func startADBServer(t testing.TB) adbTool {
	t.Helper()
	path := needADB(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	home := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(ctx, path, "-P", port, "nodaemon", "server")
	cmd.Env = append(os.Environ(), "HOME="+home, "ADB_MDNS=0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	eventually(t, "the adb server", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return newADB(t, addr)
}

func TestADBServerOnADBDFrontEnd(t *testing.T) {
	a := startADBServer(t)
	b := New(Config{Devices: 2})
	addrs, err := b.ListenADBD("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	runBench(t, b)
	var serials []string
	for _, addr := range addrs {
		r := a.run("", "connect", addr.String())
		if !strings.Contains(r.out, "connected to "+addr.String()) {
			t.Fatalf("connect: %+v", r)
		}
		serials = append(serials, addr.String())
	}
	eventually(t, "both devices", func() bool { return strings.Count(a.run("", "devices").out, "\tdevice\n") == 2 })
	if r := a.run("", "devices", "-l"); !strings.Contains(r.out, "product:farbench_ic model:Farbench_Cluster device:farbench_ic") {
		t.Errorf("devices -l: %+v", r)
	}
	onDevice(t, a, serials[1])

	// A lost device ends its streams without an exit packet.
	// (The adb client reports that as exit code 0: it is asked of its server.)
	c := openOn(t, a.addr, serials[0], "shell,v2,raw:echo x; sleep 600")
	c.line()
	b.Devices()[0].Vanish()
	if r := c.collect(); r.exit != -1 {
		t.Errorf("a lost command: %+v", r)
	}
}
