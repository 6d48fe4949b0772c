package daemon

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// begin starts an act.
func (h *hub) begin(id string, act wire.Act, change ...func(*wire.Start)) wire.Answer {
	h.t.Helper()
	return h.start(id, "", append(change, func(s *wire.Start) { s.Act = &act })...)
}

// remarks are a run's sys lines.
func (h *hub) remarks(id string) string {
	h.t.Helper()
	var said []string
	for _, l := range h.log(id).lines {
		if l.Stream == wire.Sys {
			said = append(said, string(l.Bytes))
		}
	}
	return strings.Join(said, "\n")
}

func (h *hub) says(id, what string) {
	h.t.Helper()
	wait(h.t, id+" to say "+what, func() bool { return strings.Contains(h.remarks(id), what) })
}

func (h *hub) bootID() string {
	h.t.Helper()
	return strings.TrimSpace(h.shell(wire.NewID("b"), "cat /proc/sys/kernel/random/boot_id"))
}

func TestDaemon_RebootsInMidCommand(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	before := h.bootID()
	h.start("command", "echo before; sleep 600")
	h.running("command")
	h.begin("reboot", wire.Act{Kind: wire.ActReboot, Wait: true})
	if r := h.result("command"); r.Outcome != wire.Lost || r.ExitCode != nil || r.Fault == nil || r.Fault.Code != wire.StreamLost {
		t.Errorf("the command: %+v, %+v", r, r.Fault)
	}
	r := h.result("reboot")
	if r.Outcome != wire.Exited || r.ExitCode == nil || *r.ExitCode != 0 || r.Bytes != 0 {
		t.Fatalf("the reboot: %+v, %+v; it said:\n%s", r, r.Fault, h.remarks("reboot"))
	}
	after := h.bootID()
	if after == before || !strings.Contains(h.remarks("reboot"), "new boot id "+after) {
		t.Errorf("boot id %s, before %s; it said:\n%s", after, before, h.remarks("reboot"))
	}
	if out := h.shell("after", "echo back"); out != "back\n" {
		t.Errorf("the device says %q", out)
	}
}

// A reboot above all: whoever asks again learns what became of it.
func TestDaemon_DoesAnActOnce(t *testing.T) {
	h := newHub(t)
	data := t.TempDir()
	in := func(c *Config) { c.Data = data }
	b := startBench(t, h, in)
	act := wire.Act{Kind: wire.ActReboot, Wait: true}
	for range 20 {
		if a := h.begin("once", act); a.Result == nil || a.Result.Run != "once" {
			t.Fatalf("answer %+v", a)
		}
	}
	h.result("once")
	boot := h.bootID()
	for range 20 {
		if a := h.begin("once", act); a.Result == nil || a.Result.Outcome != wire.Exited {
			t.Fatalf("answer %+v", a)
		}
	}
	if n := strings.Count(h.remarks("once"), "the device reboots"); n != 1 {
		t.Errorf("it said %d times that it reboots:\n%s", n, h.remarks("once"))
	}
	if h.bootID() != boot {
		t.Error("the device rebooted again")
	}
	b.stop()
	startBench(t, h, in)
	if a := h.begin("once", act); a.Result == nil || a.Result.Outcome != wire.Exited {
		t.Errorf("the next life answers %+v", a)
	}
}

func TestDaemon_EndsAnAct(t *testing.T) {
	h := newHub(t)
	b := startBench(t, h)
	recovery := wire.Act{Kind: wire.ActWait, For: wire.WaitRecovery}
	t.Run("cancel", func(t *testing.T) {
		h.begin("wait", recovery)
		h.says("wait", "waiting for recovery")
		if a := h.cancel("wait"); a.Result == nil {
			t.Fatalf("answer %+v", a)
		}
		if r := h.result("wait"); r.Outcome != wire.Cancelled || r.ExitCode != nil || r.Fault != nil {
			t.Errorf("result %+v, %+v", r, r.Fault)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		h.begin("late", recovery, func(s *wire.Start) { s.TimeoutS = 1 })
		if r := h.result("late"); r.Outcome != wire.TimedOut || r.ExitCode != nil {
			t.Errorf("result %+v, %+v", r, r.Fault)
		}
	})
	t.Run("a moment that has passed", func(t *testing.T) {
		boot := h.bootID()
		a := h.begin("void", wire.Act{Kind: wire.ActReboot}, func(s *wire.Start) { s.VoidAt = h.clock().ClockMS })
		refused(t, a, wire.TooLate)
		if h.bootID() != boot {
			t.Error("it rebooted")
		}
	})
	t.Run("no act, and beside a command", func(t *testing.T) {
		for id, change := range map[string]func(*wire.Start){
			"kind":    func(s *wire.Start) { s.Act.Kind = "format" },
			"command": func(s *wire.Start) { s.Command = "true" },
			"field":   func(s *wire.Start) { s.Act.Package = "a.b" },
		} {
			a := h.start("bad-"+id, "", func(s *wire.Start) { s.Act = &wire.Act{Kind: wire.ActWait}; change(s) })
			if a.Fault == nil || a.Fault.Code != wire.Invalid {
				t.Errorf("%s: answer %+v", id, a)
			}
		}
	})
	t.Run("a device that cannot", func(t *testing.T) {
		b.simBench.SetState("SIM0001", "unauthorized")
		wait(t, "its state", func() bool { d, _ := b.devices.Device("sim0001"); return d.State == "unauthorized" })
		refused(t, h.begin("unauthorized", wire.Act{Kind: wire.ActReboot}), wire.DeviceUnauthorized)
		refused(t, h.begin("nosuch", wire.Act{Kind: wire.ActReboot}, func(s *wire.Start) { s.Device = "nosuch" }), wire.DeviceUnknown)
	})
	t.Run("the agent stops", func(t *testing.T) {
		h.begin("going", wire.Act{Kind: wire.ActWait}, func(s *wire.Start) { s.Device = "nosuch" })
		h.says("going", "not listed")
		began := time.Now()
		b.stop()
		if took := time.Since(began); took > 9*time.Second {
			t.Errorf("took %v", took)
		}
		if r := h.result("going"); r.Outcome != wire.Cancelled || r.Fault == nil || r.Fault.Code != wire.AgentStopped {
			t.Errorf("result %+v, %+v", r, r.Fault)
		}
	})
}
