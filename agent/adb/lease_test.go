package adb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// echoes says whether what listens at a forward's port sends back what it gets.
func echoes(local string) error {
	conn, err := net.Dial("tcp", "127.0.0.1:"+strings.TrimPrefix(local, "tcp:"))
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, "hello"); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 5))
	return err
}

// forwards are the device's that the bench did not find there.
func (b *bench) forwards(t testing.TB) []adb.Forward {
	t.Helper()
	list, err := b.Forwards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(f adb.Forward) bool { return f.Serial != b.serial || slices.Contains(b.found, f) })
}

// reverses are the same of the ports on the device.
func (b *bench) reverses(t testing.TB) []adb.Forward {
	t.Helper()
	list, err := b.Reverses(t.Context(), b.transport(t))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(f adb.Forward) bool { return slices.Contains(b.found, f) })
}

// accepting serves connections to a port of this PC until the test ends.
func accepting(t testing.TB, serve func(net.Conn)) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, over := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				serve(conn)
			})
		}
	})
	t.Cleanup(func() { l.Close(); over(); serving.Wait() })
	return fmt.Sprintf("tcp:%d", l.Addr().(*net.TCPAddr).Port)
}

// echoing is a port of the device where what is sent comes back: of a real one,
// a port that leads to this PC.
func (b *bench) echoing(t testing.TB) (port string) {
	t.Helper()
	if b.device != nil {
		return "tcp:7"
	}
	held, err := b.Reverse(patiently(t), b.transport(t), "tcp:0", accepting(t, func(conn net.Conn) { _, _ = io.Copy(conn, conn) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	return held.Remote
}

// serverIsHere skips a test whose ports are those of the server's machine.
func (b *bench) serverIsHere(t testing.TB) {
	t.Helper()
	if host, _, _ := net.SplitHostPort(b.Addr()); host != "localhost" && !net.ParseIP(host).IsLoopback() {
		t.Skip("the ports of the adb server at " + b.Addr() + " are not this PC's")
	}
}

func TestBench_Forward_endsWithItsOwner(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		b.serverIsHere(t)
		ctx, id, echoing := patiently(t), b.transport(t), b.echoing(t)
		held, err := b.Forward(ctx, id, "tcp:0", echoing)
		if err != nil {
			t.Fatal(err)
		}
		if err := echoes(held.Local); err != nil {
			t.Errorf("through the forward: %v", err)
		}
		if _, err := b.Forward(ctx, id, held.Local, "tcp:8080"); code(err) != wire.Conflict {
			t.Errorf("a port that is taken: %v", err)
		}
		if got := b.forwards(t); len(got) != 1 || got[0].Remote != echoing {
			t.Errorf("the port was taken from its owner: %v", got)
		}
		owner, leave := context.WithCancel(ctx)
		other, err := b.Forward(owner, id, "tcp:0", echoing)
		if err != nil {
			t.Fatal(err)
		}
		leave()
		select {
		case <-other.Done():
		case <-ctx.Done():
			t.Fatal("the lease outlives its owner")
		}
		if err := held.Close(); err != nil {
			t.Error(err)
		}
		if err := held.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
		if got := b.forwards(t); len(got) != 0 {
			t.Errorf("left behind: %v", got)
		}
		if err := echoes(held.Local); err == nil {
			t.Error("the port is still open")
		}
		for _, bad := range []string{"", "tcp:", "tcp:-1", "tcp:70000", "tcp:1;tcp:2", "localabstract:", "localabstract:a\nb", "tcp:1\x00"} {
			if _, err := b.Forward(ctx, id, "tcp:0", bad); code(err) != wire.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

func TestBench_Reverse_endsWithItsOwner(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		b.serverIsHere(t)
		ctx, id, came := patiently(t), b.transport(t), make(chan struct{}, 1)
		held, err := b.Reverse(ctx, id, "tcp:0", accepting(t, func(conn net.Conn) {
			fmt.Fprintln(conn, "from outside")
			came <- struct{}{}
		}))
		if err != nil {
			t.Fatal(err)
		}
		if list := b.reverses(t); !slices.Equal(list, []adb.Forward{{Local: held.Local, Remote: held.Remote}}) {
			t.Errorf("listed: %v", list)
		}
		command := "nc localhost " + strings.TrimPrefix(held.Remote, "tcp:") + " </dev/null"
		if b.run(t, "command -v nc").exit != 0 {
			t.Skip("this device has no nc to connect with; that the port is listed was seen")
		}
		if r := b.run(t, command); b.device != nil && r.out != "from outside\n" { // some leave before they have read
			t.Errorf("on the device: %+v", r)
		}
		select {
		case <-came:
		case <-ctx.Done():
			t.Fatal("nobody came through")
		}
		if err := held.Close(); err != nil {
			t.Error(err)
		}
		if r := b.run(t, command); r.exit == 0 {
			t.Error("the port is still open")
		}
		if list := b.reverses(t); len(list) != 0 {
			t.Errorf("left behind: %v", list)
		}
	})
}

// A real server ends itself when a device connects to a port of which it does
// not know that it was reversed: of two with tcp:0 it knows one.
func TestBench_Reverse_twoOfOneDevice(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		b.serverIsHere(t)
		ctx, id := patiently(t), b.transport(t)
		// By the forward's way each is reached without a tool of the device.
		for range 2 {
			echo := func(conn net.Conn) { _, _ = io.Copy(conn, conn) }
			first, err := b.Reverse(ctx, id, "tcp:0", accepting(t, echo))
			if err != nil {
				t.Fatal(err)
			}
			second, err := b.Reverse(ctx, id, "tcp:0", accepting(t, echo))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Reverse(ctx, id, first.Remote, "tcp:9"); code(err) != wire.Conflict {
				t.Errorf("a port that is taken: %v", err)
			}
			for _, held := range []*adb.Lease{first, second} {
				way, err := b.Forward(ctx, id, "tcp:0", held.Remote)
				if err != nil {
					t.Fatal(err)
				}
				if err := echoes(way.Local); err != nil {
					t.Errorf("through %s: %v", held.Remote, err)
				}
				if err := errors.Join(way.Close(), held.Close()); err != nil {
					t.Error(err)
				}
			}
		}
		if left := b.reverses(t); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestBench_EndOrphans_endsWhatADeadProcessHeld(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		ctx, cancel := context.WithCancel(patiently(t))
		id, path := b.transport(t), filepath.Join(t.TempDir(), "leases")
		life := func() *adb.Client {
			ledger, err := adb.OpenLedger(path)
			if err != nil {
				t.Fatal(err)
			}
			c := adb.New(b.Addr())
			c.Ledger = ledger
			return c
		}
		first := life()
		ours, err := first.Forward(ctx, id, "tcp:0", "tcp:7")
		if err != nil {
			t.Fatal(err)
		}
		taken, err := first.Forward(ctx, id, "tcp:0", "tcp:7")
		if err != nil {
			t.Fatal(err)
		}
		reversed, err := first.Reverse(ctx, id, "tcp:0", "tcp:9")
		if err != nil {
			t.Fatal(err)
		}
		left, err := os.ReadFile(path) // the first process dies here
		if err != nil {
			t.Fatal(err)
		}
		if err := taken.Close(); err != nil { // and somebody takes one of its ports
			t.Fatal(err)
		}
		foreign, err := b.Forward(ctx, id, taken.Local, "tcp:8080")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { // before the folder goes
			cancel()
			for _, l := range []*adb.Lease{ours, reversed, foreign} {
				<-l.Done()
			}
		})
		if err := os.WriteFile(path, left, 0o600); err != nil {
			t.Fatal(err)
		}
		if left, err := life().EndOrphans(ctx); err != nil || left != 0 {
			t.Errorf("EndOrphans: %d left, %v", left, err)
		}
		if got := b.forwards(t); len(got) != 1 || got[0].Local != foreign.Local {
			t.Errorf("forwards: %v; %s was ours, %s is another's", got, ours.Local, foreign.Local)
		}
		if list := b.reverses(t); len(list) != 0 {
			t.Errorf("reverses: %v; %s was ours", list, reversed.Remote)
		}
		if left, err := life().EndOrphans(ctx); err != nil || left != 0 {
			t.Errorf("once more: %d left, %v", left, err)
		}
	})
}

func TestOpenLedger_damaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leases")
	for _, text := range []string{"", "{", "null", `[{"serial":"x","local":"tcp:1;y","remote":"tcp:1"}]`, `[{"local":"tcp:1","remote":"tcp:1"}]`, strings.Repeat("[", 2<<20)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ledger, err := adb.OpenLedger(path)
		if err != nil {
			t.Fatalf("%.40q: %v", text, err)
		}
		c := adb.New("127.0.0.1:1") // nobody is asked: there is nothing to end
		c.Ledger = ledger
		if left, err := c.EndOrphans(t.Context()); left != 0 || err != nil {
			t.Errorf("%.40q: %d left, %v", text, left, err)
		}
	}
}

func TestForward_hostileAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"no second status": "OKAY", "no port": "OKAYOKAY", "a port that is none": "OKAYOKAY" + adbtest.Block("80x"),
		"port 0": "OKAYOKAY" + adbtest.Block("0"), "a huge port": "OKAYOKAY" + adbtest.Block("123456"), "other words": "OKAYHELO",
		"a refusal without words": "OKAYFAIL0000", "a length that is none": "OKAYOKAY-001", "a command": "OKAYOKAY" + adbtest.Block("1;tcp:2"),
	} {
		t.Run(name, func(t *testing.T) {
			s := adbtest.Start(t)
			s.Set(adbtest.Line("x", "device", "usb:1-1", 7))
			s.Handle("host-transport-id:7:forward", func(conn net.Conn, _ string) { io.WriteString(conn, answer) })
			s.Handle("host:list-forward", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"+adbtest.Block("x y\n")) })
			s.Handle("reverse:", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"+adbtest.Block("")) })
			s.Handle("reverse:forward", func(conn net.Conn, _ string) { io.WriteString(conn, answer) })
			c := adb.New(s.Addr())
			c.OpenTimeout = 5 * time.Second
			if l, err := c.Forward(t.Context(), 7, "tcp:0", "tcp:1"); err == nil {
				t.Errorf("a forward to %s", l.Local)
			}
			// What is behind its second status says nothing: the port was asked for.
			if l, err := c.Reverse(t.Context(), 7, "tcp:0", "tcp:1"); (err == nil) != strings.HasPrefix(answer, "OKAYOKAY") {
				t.Errorf("a reverse: %+v, %v", l, err)
			}
		})
	}
}

func TestReverses_hostileAnswers(t *testing.T) {
	s := adbtest.Start(t)
	s.Set(adbtest.Line("x", "device", "usb:1-1", 7))
	c := adb.New(s.Addr())
	c.OpenTimeout = 5 * time.Second
	for answer, want := range map[string]int{
		"": -1, "00": -1, "ffffx": -1, "-001x": -1, "FAIL": -1, "FAIL0000": -1, "FAIL0003abc": -1, strings.Repeat("0", 1<<20): -1,
		"0000": 0, "OKAY0000": 0, adbtest.Block("a tcp:1 tcp:2\nb tcp:1\n\nc tcp:1;x tcp:2\nd e f g\n"): 1,
	} {
		s.Handle("reverse:", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"+answer) })
		if list, err := c.Reverses(t.Context(), 7); (err != nil) != (want < 0) || err == nil && len(list) != want {
			t.Errorf("%.40q: %v, %v", answer, list, err)
		}
	}
}

// A lease whose device reboots is gone with it, and closing it is no error.
func TestBench_Forward_deviceReboots(t *testing.T) {
	onSimulation(t, adbsim.Config{BootTime: 100 * time.Millisecond}, "reboots", func(t *testing.T, b *bench) {
		ctx, was := patiently(t), b.listed(t)
		before, err := b.Boot(ctx, was.TransportID)
		if err != nil {
			t.Fatal(err)
		}
		held, err := b.Forward(ctx, was.TransportID, "tcp:0", "tcp:7")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Reboot(ctx, was.TransportID, ""); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.WaitBooted(ctx, was, before); err != nil {
			t.Fatal(err)
		}
		if got := b.forwards(t); len(got) != 0 {
			t.Errorf("forwards after a reboot: %v", got)
		}
		if err := held.Close(); err != nil {
			t.Error(err)
		}
	})
}
