package adbsim

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

func TestCommand(t *testing.T) {
	_, addr := startBench(t, Config{})
	if r := run(t, addr, "echo out; echo err >&2; exit 7"); r != (result{"out\n", "err\n", 7}) {
		t.Errorf("got %+v", r)
	}
	if r := run(t, addr, "kill -TERM $$"); r.exit != 0x80|15 {
		t.Errorf("a command killed by SIGTERM ended with %#x", r.exit)
	}
	if r := run(t, addr, "nosuch"); r.exit != 127 {
		t.Errorf("an unknown command ended with %d", r.exit)
	}
	if r := run(t, addr, "head -c 10485760 /dev/urandom; head -c 1048576 /dev/urandom >&2"); len(r.out) != 10<<20 || len(r.err) != 1<<20 || r.exit != 0 {
		t.Errorf("got %d bytes, %d bytes, exit %d", len(r.out), len(r.err), r.exit)
	}
	long := strings.Repeat("#", 60_000)
	if r := run(t, addr, long+"\necho ok"); r.out != "ok\n" {
		t.Errorf("a command of 60 kB: %+v", r)
	}
}

func TestOtherShells(t *testing.T) {
	_, addr := startBench(t, Config{})
	for service, want := range map[string]string{
		"shell:echo a; echo b >&2":          "a\nb\n",
		"exec:printf 'a\\000b'; echo c >&2": "a\x00bc\n",
	} {
		c := openOn(t, addr, "SIM0001", service)
		if got, err := io.ReadAll(c); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", service, got, err)
		}
	}
	c := openOn(t, addr, "SIM0001", "shell,v2,TERM=xterm,pty:tty=no; [ -t 0 ] && tty=yes; echo $tty $TERM >&2")
	if r := c.collect(); r.out != "yes xterm\r\n" || r.err != "" || r.exit != 0 {
		t.Errorf("pty: %+v", r)
	}
}

func TestInteractiveShell(t *testing.T) {
	_, addr := startBench(t, Config{})
	c := openOn(t, addr, "SIM0001", "shell,v2,TERM=xterm,pty:")
	c.packet(packetWindowSize, "40x132,0x0\x00")
	packets := packetReader{r: c}
	var seen strings.Builder
	until := func(end string) {
		t.Helper()
		for !strings.HasSuffix(seen.String(), end) {
			_, n, err := packets.next()
			if err != nil {
				t.Fatalf("%v after %q", err, seen.String())
			}
			if _, err := io.CopyN(&seen, c, int64(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	until("$ ")
	c.packet(packetStdin, "echo $((6*7))\r")
	until("42\r\nfarbench_hu:/ $ ")
	c.packet(packetStdin, "sleep 600\r")
	until("sleep 600\r\n")
	c.packet(packetStdin, "\x03")
	until("$ ")
	c.packet(packetStdin, "exit 3\r")
	if r := c.collect(); r.exit != 3 {
		t.Errorf("exit %d after %q%q", r.exit, seen.String(), r.out)
	}
}

// TestCancel is how the agent cancels: by another shell, the whole group.
func TestCancel(t *testing.T) {
	_, addr := startBench(t, Config{})
	for name, c := range map[string]struct {
		command string
		exit    int
	}{
		"plain":         {"sleep 600", 0x80 | 15},
		"children":      {"(sleep 600 | sleep 601) & sleep 602; echo no", 0x80 | 15},
		"ignores HUP":   {"trap '' HUP; sleep 600; echo no", 0x80 | 15},
		"ignores TERM":  {"trap '' TERM; sleep 600; echo no", 0x80 | 9},
		"busy":          {"while :; do :; done", 0x80 | 15},
		"blocked":       {"cat", 0x80 | 15},
		"endless input": {"sha256sum /dev/urandom", 0x80 | 15},
	} {
		t.Run(name, func(t *testing.T) {
			s := openOn(t, addr, "SIM0001", "shell,v2,raw:echo $$\n"+c.command)
			pid := s.line()
			alive := func() bool { return run(t, addr, "kill -0 -- -"+pid+" 2>/dev/null").exit == 0 }
			if !alive() {
				t.Fatal("the group is not there")
			}
			if strings.HasPrefix(c.command, "trap") {
				eventually(t, "the trap to be set", func() bool { return strings.Contains(run(t, addr, "ps").out, " sleep 600\n") })
			}
			run(t, addr, "kill -TERM -- -"+pid)
			if c.exit == 0x80|9 {
				run(t, addr, "kill -KILL -- -"+pid)
			}
			if r := s.collect(); r.exit != c.exit || strings.Contains(r.out, "no") {
				t.Errorf("got %+v, want exit %#x", r, c.exit)
			}
			eventually(t, "the group to be gone", func() bool { return !alive() })
		})
	}
}

// TestCancelWhileNobodyReads: a command whose output stands still ends too.
func TestCancelWhileNobodyReads(t *testing.T) {
	b, addr := startBench(t, Config{})
	s := openOn(t, addr, "SIM0001", "shell,v2,raw:echo $$; yes")
	pid := s.line()
	run(t, addr, "kill -KILL -- -"+pid)
	eventually(t, "no process", func() bool { return len(b.Devices()[0].machine.Processes()) == 0 })
	if r := s.collect(); r.exit != 0x80|9 {
		t.Errorf("exit %#x", r.exit)
	}
}

func TestHangup(t *testing.T) {
	b, addr := startBench(t, Config{})
	machine := b.Devices()[0].machine
	openOn(t, addr, "SIM0001", "shell,v2,raw:sleep 600; sleep 601").Close()
	eventually(t, "hung up processes to end", func() bool { return len(machine.Processes()) == 0 })

	s := openOn(t, addr, "SIM0001", "shell,v2,raw:trap '' HUP; echo $$; sleep 600")
	pid := s.line()
	_ = s.Close()
	n := openOn(t, addr, "SIM0001", "shell,v2,raw:nohup sleep 602 >/dev/null & echo $!; sleep 603")
	n.line()
	eventually(t, "nohup to have begun", func() bool {
		out := run(t, addr, "ps").out
		return strings.Contains(out, " sleep 602\n") && !strings.Contains(out, " nohup sleep 602\n")
	})
	_ = n.Close()
	eventually(t, "only those that ignore it to live", func() bool {
		out := run(t, addr, "ps").out
		return strings.Contains(out, "sleep 600") && strings.Contains(out, "sleep 602") && !strings.Contains(out, "sleep 603")
	})
	run(t, addr, "kill -9 -- -"+pid)
	eventually(t, "the kill", func() bool { return !strings.Contains(run(t, addr, "ps").out, "sleep 600") })

	// A writer that ignores the hangup meets SIGPIPE.
	w := openOn(t, addr, "SIM0001", "shell,v2,raw:trap '' HUP; echo x; while :; do echo writer; done")
	w.line()
	_ = w.Close()
	eventually(t, "the writer to end", func() bool { return !strings.Contains(run(t, addr, "ps").out, "writer") })
}

func TestStdin(t *testing.T) {
	_, addr := startBench(t, Config{})
	c := openOn(t, addr, "SIM0001", "shell,v2,raw:cat >/data/local/tmp/f; wc -c /data/local/tmp/f")
	for range 4 {
		c.packet(packetStdin, strings.Repeat("x", 64<<10))
	}
	c.packet(9, "unknown packets are passed over")
	c.packet(packetCloseStdin, "")
	if r := c.collect(); r.out != "262144 /data/local/tmp/f\n" {
		t.Errorf("%+v", r)
	}
	// Input that the command does not read does not cost its exit code.
	c = openOn(t, addr, "SIM0001", "shell,v2,raw:exit 5")
	_, _ = c.Write(make([]byte, packetHead+10))
	if r := c.collect(); r.exit != 5 {
		t.Errorf("%+v", r)
	}
}

func TestMissingExitPacket(t *testing.T) {
	b, addr := startBench(t, Config{})
	if r := run(t, addr, "setprop debug.farbench.fault noexit; echo x"); r != (result{"x\n", "", -1}) {
		t.Errorf("got %+v", r)
	}
	if r := run(t, addr, "setprop debug.farbench.fault ''"); r.exit != 0 {
		t.Errorf("got %+v", r)
	}
	b.Device("SIM0001").OmitExit(true)
	if r := run(t, addr, "true"); r.exit != -1 {
		t.Errorf("got %+v", r)
	}
}

func TestLostDevice(t *testing.T) {
	b, addr := startBench(t, Config{})
	for _, state := range []string{"", StateOffline, StateUnauthorized} {
		s := openOn(t, addr, "SIM0001", "shell,v2,raw:trap '' HUP; echo x; sleep 600")
		s.line()
		b.SetState("SIM0001", state)
		if r := s.collect(); r.exit != -1 {
			t.Errorf("%q: a lost command ended with %d", state, r.exit)
		}
		if n := len(b.Devices()[0].machine.Processes()); n != 0 {
			t.Errorf("%q: %d processes live", state, n)
		}
		b.Devices()[0].SetState(StateDevice)
	}
	if r := run(t, addr, "echo back"); r.out != "back\n" {
		t.Errorf("got %+v", r)
	}
}

func TestReboot(t *testing.T) {
	b, addr := startBench(t, Config{BootTime: time.Millisecond})
	before := run(t, addr, "cat /proc/sys/kernel/random/boot_id").out
	if r := run(t, addr, "reboot"); r.exit != -1 {
		t.Errorf("reboot ended with %d", r.exit)
	}
	eventually(t, "the device to come back", func() bool {
		_, state := b.Devices()[0].connected()
		return state == StateDevice
	})
	if after := run(t, addr, "cat /proc/sys/kernel/random/boot_id").out; len(after) != 37 || after == before {
		t.Errorf("boot ids %q, %q", before, after)
	}
}

func TestFrozenDevice(t *testing.T) {
	b, addr := startBench(t, Config{})
	b.Devices()[0].Freeze()
	if list, _ := ask(t, addr, "host:devices"); !strings.Contains(list, "SIM0001\tdevice\n") {
		t.Errorf("a frozen device is listed as %q", list)
	}
	c := dial(t, addr)
	c.send("host:transport:SIM0001")
	if err := c.status(); err != nil {
		t.Fatal(err)
	}
	c.send("shell,v2,raw:echo thawed")
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if err := c.status(); err == nil {
		t.Fatal("a frozen device opened a shell")
	}
	b.Devices()[0].Thaw()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if err := c.status(); err != nil {
		t.Fatal(err)
	}
	if r := c.collect(); r.out != "thawed\n" {
		t.Errorf("got %+v", r)
	}
}

func TestRunEndsWithEverythingOpen(t *testing.T) {
	b := New(Config{})
	addr, err := b.ListenHost("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	for i := range 5 {
		s := openOn(t, addr.String(), "SIM0001", fmt.Sprintf("shell,v2,raw:trap '' HUP TERM; echo x; sleep 60%d", i))
		s.line()
	}
	dial(t, addr.String()).send("host:track-devices")
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Run did not end")
	}
}
