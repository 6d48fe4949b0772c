package faults

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// What fails on a bench, brought about through the whole chain, and what the
// tester sees of it: a state with its remedy, how a run ended and why.

// neighbour is the other device of the bench: it goes on whatever happens to
// the first.
const neighbour = "sim0002-5555"

// device is one of the bench's, as a tester sees it.
func (c *chain) device(id string) (d wire.Device, listed bool) {
	b, err := c.relay.Bench(c.ctx, "demo")
	if err != nil {
		return d, false
	}
	for _, d := range b.Devices {
		if d.ID == id {
			return d, true
		}
	}
	return d, false
}

// sees waits for a device's state and checks that its remedy names what to do.
func (c *chain) sees(id string, state wire.DeviceState, remedy string) {
	c.t.Helper()
	var d wire.Device
	c.until(id+" "+string(state), func() bool {
		d, _ = c.device(id)
		return d.State == state
	})
	if state == wire.DeviceReady {
		return
	}
	if d.Reason == "" || !strings.Contains(d.Hint, remedy) {
		c.t.Errorf("%s %s: %q, %q; want a reason, and %q as the remedy", id, state, d.Reason, d.Hint, remedy)
	}
}

// suffers brings a fault about by a run on the first device.
func (c *chain) suffers(fault string) { c.start("setprop debug.farbench.fault '" + fault + "'") }

func (c *chain) start(command string) api.Run {
	c.t.Helper()
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: command})
	c.must(err)
	return run
}

// works checks that a device runs commands.
func (c *chain) works(id string) {
	c.t.Helper()
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: id, Command: "true"})
	c.must(err)
	if got := c.ended(c.relay, run.ID); got.Outcome != wire.Exited {
		c.t.Errorf("a run on %s ended %+v", id, got)
	}
}

// refuses checks that a command on the first device is refused at once, and
// that it was not tried.
func (c *chain) refuses(code wire.Code) {
	c.t.Helper()
	_, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "echo run >> /data/local/tmp/refused"})
	wantCode(c.t, err, code)
}

// goes starts a command that goes on until something happens to it.
func (c *chain) goes() api.Run {
	c.t.Helper()
	run := c.start("echo up; sleep 600")
	c.until("the command on the device", func() bool {
		got, err := c.relay.Run(c.ctx, run.ID)
		return err == nil && got.State == wire.Running && got.Lines > 0 || err == nil && got.State == wire.Running
	})
	return run
}

func (c *chain) lost(run api.Run) {
	c.t.Helper()
	got := c.ended(c.relay, run.ID)
	if got.Outcome != wire.Lost || got.ExitCode != nil || got.Fault == nil || got.Fault.Hint == "" {
		c.t.Errorf("the command ended %+v with %+v, want lost, no exit code and what to do", got, got.Fault)
	}
}

func TestBench_states(t *testing.T) {
	c := startChain(t)
	for _, s := range []struct {
		fault  string
		state  wire.DeviceState
		remedy string
		code   wire.Code
	}{
		{"offline 4s", "offline", "cable", wire.DeviceOffline},
		{"unauthorized 4s", "unauthorized", "key prompt", wire.DeviceUnauthorized},
		{"no-permissions 4s", "no permissions", "udev", wire.DeviceOffline},
		{"recovery 4s", "recovery", "Reboot", wire.DeviceOffline},
		{"bootloader 4s", "bootloader", "fastboot", wire.DeviceOffline},
		{"sideload 4s", "sideload", "sideload", wire.DeviceOffline},
	} {
		t.Run(string(s.state), func(t *testing.T) {
			c.suffers(s.fault)
			c.sees("sim0001", s.state, s.remedy)
			c.refuses(s.code)
			c.works(neighbour)
			c.sees("sim0001", wire.DeviceReady, "")
			if out := c.shell("cat /data/local/tmp/refused 2>/dev/null | wc -l"); strings.TrimSpace(out) != "0" {
				t.Errorf("what was refused ran %s times", out)
			}
		})
	}
	t.Run("offline for ever, until it is reconnected", func(t *testing.T) {
		c.suffers("stuck")
		c.sees("sim0001", "offline", "reconnected")
		run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: neighbour, Command: "setprop debug.farbench.fault stuck"})
		c.must(err)
		c.ended(c.relay, run.ID)
		c.until("the neighbour away", func() bool { d, _ := c.device(neighbour); return d.State != wire.DeviceReady })
		c.sees("sim0001", wire.DeviceReady, "")
		c.works("sim0001")
		c.sees(neighbour, wire.DeviceReady, "") // over TCP: connected anew
		c.works(neighbour)
	})
}

func TestBench_adbServerKilled(t *testing.T) {
	t.Run("of the simulation", func(t *testing.T) {
		c := startChain(t)
		run := c.goes()
		c.suffers("server-restart 2s")
		c.sees("sim0001", wire.DeviceServerLost, "by itself")
		c.sees(neighbour, wire.DeviceServerLost, "by itself")
		c.refuses(wire.DeviceOffline)
		c.lost(run)
		c.sees("sim0001", wire.DeviceReady, "")
		c.sees(neighbour, wire.DeviceReady, "") // over TCP: it was connected again
		c.works("sim0001")
		c.works(neighbour)
	})
	t.Run("a real one", func(t *testing.T) {
		real := adbtest.StartReal(t)
		var first string
		c := startChainOn(t, func(sim *lab.Sim) string {
			for _, addr := range sim.ADBD {
				real.Connect(addr)
			}
			first = strings.NewReplacer(".", "-", ":", "-").Replace(sim.ADBD[0])
			return real.Addr()
		})
		run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: first, Command: "sleep 600"})
		c.must(err)
		c.until("the command on the device", func() bool {
			got, err := c.relay.Run(c.ctx, run.ID)
			return err == nil && got.State == wire.Running
		})
		real.Kill()
		c.sees(first, wire.DeviceServerLost, "by itself")
		c.lost(run)
		real.Resume()
		c.sees(first, wire.DeviceReady, "")
		c.works(first)
	})
	t.Run("one of another version is named", func(t *testing.T) {
		c := startChain(t)
		c.suffers("server-version 40")
		c.suffers("server-restart 100ms")
		c.until("the bench's reason", func() bool {
			b, err := c.relay.Bench(c.ctx, "demo")
			return err == nil && strings.Contains(b.Reason, "version 40")
		})
		c.sees("sim0001", wire.DeviceReady, "")
		c.works("sim0001") // and not killed
	})
}

func TestBench_reboot(t *testing.T) {
	c := startChain(t)
	before := c.shell("cat /proc/sys/kernel/random/boot_id")
	run := c.start("echo up; reboot; sleep 600")
	c.sees("sim0001", wire.DeviceRebooting, "booted")
	c.refuses(wire.DeviceOffline)
	c.lost(run)
	c.works(neighbour)
	c.sees("sim0001", wire.DeviceReady, "")
	if after := c.shell("cat /proc/sys/kernel/random/boot_id; getprop sys.boot_completed"); after == before+"\n1" || !strings.HasSuffix(after, "\n1") {
		t.Errorf("ready in boot %q, was in %q: want another one, completed", after, before)
	}
}

// root restarts adbd: what ran is lost, the device is not.
func TestBench_adbdRestarts(t *testing.T) {
	c := startChain(t)
	boot := c.shell("cat /proc/sys/kernel/random/boot_id")
	run := c.goes()
	root, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Act: &wire.Act{Kind: wire.ActRoot}})
	c.must(err)
	if got := c.ended(c.relay, root.ID); got.Outcome != wire.Exited || got.ExitCode == nil || *got.ExitCode != 0 {
		t.Errorf("root ended %+v with %+v", got, got.Fault)
	}
	c.lost(run)
	c.sees("sim0001", wire.DeviceReady, "")
	if out := c.shell("id -u; cat /proc/sys/kernel/random/boot_id"); out != "0\n"+boot {
		t.Errorf("it is %q, want root in the boot %s", out, boot)
	}
	c.works(neighbour)
}

func TestBench_frozen(t *testing.T) {
	c := startChain(t)
	run := c.goes()
	c.suffers("freeze")
	// Until the next sign of life is missed the device is listed as ready: an
	// open meets its deadline.
	late, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "echo late"})
	c.must(err)
	got := c.ended(c.relay, late.ID)
	if got.Outcome != wire.Lost || got.Fault == nil || got.Fault.Code != wire.OpenFailed || !strings.Contains(got.Fault.Hint, "frozen") {
		t.Errorf("an open on a frozen device ended %+v with %+v", got, got.Fault)
	}
	c.sees("sim0001", wire.DeviceNotAnswering, "power-cycle")
	c.refuses(wire.DeviceOffline)
	c.works(neighbour)
	status, err := c.relay.Do(c.ctx, http.MethodPost, "/api/v1/runs/"+run.ID+"/cancel", nil, nil)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("cancel: %d %v", status, err)
	}
	c.lost(run) // nobody can know whether it ended
}

func TestBench_duplicateSerials(t *testing.T) {
	c := startChain(t)
	c.suffers("serial 0000")
	first := "0000-usb-1-1"
	c.sees(first, wire.DeviceReady, "")
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: neighbour, Command: "setprop debug.farbench.fault 'serial 0000'"})
	c.must(err)
	c.ended(c.relay, run.ID)
	var second string
	// What left under another serial may be listed for a while: a command that it
	// lost on the way looks like a reboot.
	c.until("two devices that are both 0000", func() bool {
		b, err := c.relay.Bench(c.ctx, "demo")
		if err != nil {
			return false
		}
		ready := map[string]bool{}
		for _, d := range b.Devices {
			if d.Serial != "0000" || d.State != wire.DeviceReady {
				continue
			}
			if ready[d.ID] = true; d.ID != first {
				second = d.ID
			}
		}
		return len(ready) == 2 && ready[first]
	})
	for id, product := range map[string]string{first: "farbench_hu", second: "farbench_ic"} {
		run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: id, Command: "[ $(getprop ro.product.name) = " + product + " ]"})
		c.must(err)
		if got := c.ended(c.relay, run.ID); got.ExitCode == nil || *got.ExitCode != 0 {
			t.Errorf("%s is not %s: %+v", id, product, got)
		}
	}
}

func TestBench_hubReset(t *testing.T) {
	c := startChain(t)
	run := c.goes()
	began := time.Now()
	c.suffers("vanish 3s")
	gone := false
	c.until("the device ready again", func() bool {
		d, listed := c.device("sim0001")
		gone = gone || listed && d.State != wire.DeviceReady
		if !listed {
			t.Fatalf("it was called gone %v after it left", time.Since(began))
		}
		return gone && d.State == wire.DeviceReady
	})
	c.lost(run)
	c.works("sim0001")
}

func TestBench_storageFull(t *testing.T) {
	c := startChain(t)
	c.suffers("full")
	run := c.start("echo x > /data/local/tmp/x")
	if got := c.ended(c.relay, run.ID); got.Outcome != wire.Exited || got.ExitCode == nil || *got.ExitCode == 0 {
		t.Errorf("ended %+v", got)
	}
	if out := c.shell("echo x 2>&1 > /data/local/tmp/x"); !strings.Contains(out, "No space left on device") {
		t.Errorf("printed %q", out)
	}
	c.suffers("full off")
	c.works("sim0001")
}

func TestBench_logcatFlood(t *testing.T) {
	c := startChain(t)
	c.suffers("flood 50000")
	for name, q := range map[string]api.RunRequest{
		"as a command": {Command: "logcat -v threadtime"},
		"as an act":    {Act: &wire.Act{Kind: wire.ActLogcat}},
	} {
		t.Run(name, func(t *testing.T) {
			q.Bench, q.Device = "demo", "sim0001"
			run, err := c.relay.API.Start(c.ctx, q)
			c.must(err)
			l := lab.NewLedger(nil)
			done := make(chan struct{})
			go func() {
				defer close(done)
				lab.WatchLog(c.ctx, l, c.relay.API, run.ID)
			}()
			c.until("a hundred thousand lines", func() bool { return l.Last() > 100_000 })
			c.works("sim0001") // beside it
			c.works(neighbour)
			if status, err := c.relay.Do(c.ctx, http.MethodPost, "/api/v1/runs/"+run.ID+"/cancel", nil, nil); err != nil || status != http.StatusAccepted {
				t.Fatalf("cancel: %d %v", status, err)
			}
			<-done
			got := c.ended(c.relay, run.ID)
			if got.Outcome != wire.Cancelled {
				t.Errorf("ended %+v", got)
			}
			if missing := l.Missing(); missing != 0 {
				t.Errorf("%d lines are missing without a word, %d gaps", missing, len(l.Gaps()))
			}
		})
	}
	c.suffers("flood 0")
}
