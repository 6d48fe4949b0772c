package adb_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
)

// gadb leaves the deadline of the status on the connection: a command that runs
// for longer than that fails.
func TestTrap1_aCommandMayTakeLongerThanItsOpening(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	const opening = 50 * time.Millisecond
	late := func(conn net.Conn, _ string) {
		in(conn, "OKAY")
		<-time.After(3 * opening)
		in(conn, adbtest.Packet(1, "late\n")+adbtest.Packet(3, "\x00"))
	}
	server.Handle("shell,v2", late)
	server.Handle("exec:", late)
	c := adb.New(server.Addr())
	c.OpenTimeout = opening
	shell, err := c.Shell(t.Context(), 1, "sleep 90; echo late")
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	if got := readAll(shell); got != (result{"late\n", "", 0, io.EOF}) {
		t.Errorf("%v", got)
	}
	out, err := c.ExecOut(t.Context(), 1, "sleep 90; echo late")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if got, err := io.ReadAll(out); err != nil || !strings.Contains(string(got), "late\n") {
		t.Errorf("%q, %v", got, err)
	}
}

// gadb loses the exit code, mixes stderr in, keeps the whole output in memory
// and joins arguments without quotes.
func TestBench_Trap6_exitCodeStderrMemoryAndQuotes(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		if got := b.run(t, "echo out; echo err >&2; exit 7"); got != (result{"out\n", "err\n", 7, io.EOF}) {
			t.Errorf("%v", got)
		}
		s := b.open(t, "dd if=/dev/zero bs=65536 count=1024 2>/dev/null; exit 3")
		most, total, exit := 0, 0, -1
		for err := error(nil); err == nil; {
			err = s.Read(func(id adb.Packet, data []byte) {
				most, total = max(most, len(data)), total+len(data)
				if id == adb.Exit {
					exit = int(data[0])
				}
			})
		}
		if most > 64<<10 || total < 64<<20 || exit != 3 {
			t.Errorf("%d bytes, up to %d at once, exit %d", total, most, exit)
		}
		// What we make a command of ourselves is words, whatever is in them.
		hostile := "a b; echo injected >" + b.scratch + "/injected; $(echo) `echo` '\"\\"
		o := adb.LogOptions{Dump: true, Filters: []string{hostile + ":I", "*:S"}, Buffers: []string{"main"}}
		if err := b.Logcat(t.Context(), b.Locate(b.serial, ""), o, func([]adb.LogEntry) error { return nil }); err != nil {
			t.Error(err)
		}
		o = adb.LogOptions{Dump: true, Buffers: []string{hostile}}
		if err := b.Logcat(t.Context(), b.Locate(b.serial, ""), o, func([]adb.LogEntry) error { return nil }); err == nil {
			t.Error("a buffer by that name is there")
		}
		if got := b.sh(t, "ls"); strings.Contains(got, "injected") {
			t.Errorf("%v", got)
		}
	})
}
