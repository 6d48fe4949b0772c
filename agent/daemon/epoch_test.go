package daemon

import (
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

func (h *hub) epochs(devices map[string]wire.Drive) wire.Answer {
	h.t.Helper()
	return h.ask(wire.CmdRequest(wire.VerbEpochs), func(relay, req string) any {
		return wire.Epochs{Relay: relay, Req: req, Devices: devices}
	})
}

func under(epoch int64) func(*wire.Start) {
	return func(s *wire.Start) { s.Drive = wire.Drive{Epoch: epoch, Held: true} }
}

// What stands on an older reservation than the agent knows of is refused, and
// recorded: commands, acts, cancels and sessions, over the agent's lives.
func TestDaemon_RefusesAnOlderEpoch(t *testing.T) {
	h := newHub(t)
	data := t.TempDir()
	in := func(c *Config) { c.Data = data }
	b := startBench(t, h, in)
	h.start("ada", "sleep 60", under(7))
	h.running("ada")
	if a := h.epochs(map[string]wire.Drive{"sim0001": {Epoch: 8, Held: true}}); a.Fault != nil || a.Epochs["sim0001"].Epoch != 8 {
		t.Fatalf("answer %+v", a)
	}
	refused(t, h.start("late", "echo late", under(7)), wire.EpochOld)
	if r := h.result("late"); r.Outcome != wire.Refused || r.Fault.Code != wire.EpochOld {
		t.Fatalf("stored %+v", r)
	}
	refused(t, h.start("act", "", under(7), func(s *wire.Start) { s.Act = &wire.Act{Kind: wire.ActReboot} }), wire.EpochOld)
	refused(t, h.start("none", "echo none"), wire.EpochOld)
	if a := h.cancel("ada"); a.Fault == nil || a.Fault.Code != wire.EpochOld {
		t.Fatalf("cancelled by nobody: %+v", a)
	}
	open := func(epoch int64) wire.Answer {
		return h.ask(wire.CmdRequest(wire.VerbSession), func(relay, req string) any {
			return wire.SessionOpen{
				Relay: relay, Req: req, Session: wire.NewID("s"), Stream: 1, Device: "sim0001", Drive: wire.Drive{Epoch: epoch, Held: true},
				SessionSpec: wire.SessionSpec{Kind: wire.SessionPull, Path: "/system/build.prop"},
			}
		})
	}
	if a := open(7); a.Fault == nil || a.Fault.Code != wire.EpochOld {
		t.Fatalf("session %+v", a)
	}
	if a := open(8); a.Fault != nil {
		t.Fatalf("session %+v", a)
	}
	if a := h.start("eve", "echo eve", under(8)); a.Result == nil || a.Result.State != wire.Accepted {
		t.Fatalf("answer %+v", a)
	}
	if r := h.result("eve"); r.Outcome != wire.Exited {
		t.Fatalf("stored %+v", r)
	}
	b.stop()
	startBench(t, h, in)
	refused(t, h.start("later", "echo later", under(7)), wire.EpochOld)
	// A bench that missed the change learns it from the next driver's start.
	if a := h.start("next", "echo next", under(9)); a.Result == nil || a.Result.State != wire.Accepted {
		t.Fatalf("answer %+v", a)
	}
	refused(t, h.start("latest", "echo latest", under(8)), wire.EpochOld)
}
