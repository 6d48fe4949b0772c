package adbsim

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/farbench/farbench/agent/adbsim/packages"
)

// TestClient is the real adb client's transcript: every script of
// testdata/client, straight against the simulation's host server and through a
// real adb server with the adbd front end. A topic is a script of its own.
//
//	adb ARGS…             as exec; "! adb" has to fail
//	code N adb ARGS…      has to end with the exit code N
//	until 'RE' adb ARGS…  again and again, until its output matches
//	apk FILE PACKAGE VERSION [SPLIT]
//	random FILE BYTES     a file of random bytes
//	port NAME             the port that was printed becomes $NAME
//	fetch PORT            what a web server here answers
//	listen NAME           a server here that answers in capitals, its port $NAME
//	same A B              two files hold the same bytes
//
// $SERIAL is the head unit as the server lists it. [host] and [adbd] tell the
// front ends apart. cmp stdout FILE checks what the client printed.
func TestClient(t *testing.T) {
	needADB(t)
	t.Run("host", func(t *testing.T) {
		playClient(t, "host", func(t testing.TB) (server, serial string) {
			b, addr := startBench(t, Config{Quota: clientQuota, BootTime: clientBoot})
			return addr, b.Devices()[0].Serial()
		})
	})
	t.Run("adbd", func(t *testing.T) {
		playClient(t, "adbd", func(t testing.TB) (server, serial string) {
			a := startADBServer(t)
			b := New(Config{Quota: clientQuota, BootTime: clientBoot})
			addrs, err := b.ListenADBD("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			runBench(t, b)
			serial = addrs[0].String()
			if r := a.run("", "connect", serial); r.exit != 0 {
				t.Fatalf("connect: %+v", r)
			}
			eventually(t, "the device", func() bool { return a.run("", "-s", serial, "get-state").out == "device\n" })
			return a.addr, serial
		})
	})
}

const (
	// clientQuota holds the 256 MiB that are pushed, and the installed packages.
	clientQuota = 400 << 20
	clientBoot  = 200 * time.Millisecond
	// clientPatience bounds each wait of a script, on a machine under load.
	clientPatience = 60 * time.Second
)

// inTurn lets scripts run one after another: real servers have to find their
// ports, and 256 MiB in memory are enough at a time.
type inTurn struct{ *testing.T }

func (inTurn) Parallel()     {}
func (inTurn) Verbose() bool { return testing.Verbose() }

func (t inTurn) Run(name string, f func(testscript.T)) {
	t.T.Run(name, func(t *testing.T) { f(inTurn{t}) })
}

// playClient plays each script with a bench of its own.
func playClient(t *testing.T, front string, start func(t testing.TB) (server, serial string)) {
	testscript.RunT(inTurn{t}, testscript.Params{
		Dir:                 "testdata/client",
		Deadline:            time.Now().Add(8 * time.Minute), // a client that hangs is killed and named
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			server, serial := start(env.T().(testing.TB))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("ADB_SERVER_SOCKET", "tcp:"+server)
			env.Setenv("SERIAL", serial)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "host" && cond != "adbd" {
				return false, fmt.Errorf("unknown condition %s", cond)
			}
			return cond == front, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"adb": runClient, "code": clientCode, "until": clientUntil, "random": randomFile, "same": sameFiles,
			"apk": buildAPK, "port": namePort, "fetch": fetch, "listen": listen,
		},
	})
}

func runClient(ts *testscript.TestScript, neg bool, args []string) {
	if err := ts.Exec("adb", args...); (err != nil) != neg {
		ts.Fatalf("adb %q: %v", args, err)
	}
}

func clientCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%q ended with %d", args[1:], got)
	}
}

func clientUntil(ts *testscript.TestScript, _ bool, args []string) {
	want, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for deadline := time.Now().Add(clientPatience); ; time.Sleep(20 * time.Millisecond) {
		_ = ts.Exec(args[1], args[2:]...)
		if out := ts.ReadFile("stdout"); want.MatchString(out) {
			return
		} else if time.Now().After(deadline) {
			ts.Fatalf("%q says %q", args[1:], out)
		}
	}
}

func randomFile(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{1}), size)
	ts.Check(errors.Join(err, f.Close()))
}

func buildAPK(ts *testscript.TestScript, _ bool, args []string) {
	version, err := strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	split := strings.Join(args[3:], "")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), packages.Build(args[1], split, version, "1."+args[2]), 0o600))
}

func sameFiles(ts *testscript.TestScript, _ bool, args []string) {
	var sums [2][]byte
	for i := range sums {
		f, err := os.Open(ts.MkAbs(args[i]))
		ts.Check(err)
		sum := sha256.New()
		_, err = io.Copy(sum, f)
		ts.Check(errors.Join(err, f.Close()))
		sums[i] = sum.Sum(nil)
	}
	if !bytes.Equal(sums[0], sums[1]) {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}
