package daemon

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/flag"
	"github.com/farbench/farbench/agent/wire"
)

// stored waits until the store's inventory of the bench is as ok wants it.
func (h *hub) stored(what string, ok func(wire.State) bool) {
	h.t.Helper()
	wait(h.t, what, func() bool {
		var s wire.State
		m, err := must(h.js.Stream(h.t.Context(), wire.StreamBenches)).GetLastMsgForSubject(h.t.Context(), wire.UpState)
		return err == nil && json.Unmarshal(m.Data, &s) == nil && ok(s)
	})
}

func TestDaemon_TellsTheFlag(t *testing.T) {
	h := newHub(t)
	data := t.TempDir()
	if _, err := flag.Set(data, "Grace swaps the harness", time.Now()); err != nil {
		t.Fatal(err)
	}
	b := startBench(t, h, func(c *Config) { c.Data = data })
	h.stored("the flag, with the first inventory", func(s wire.State) bool {
		return len(s.Devices) > 0 && s.Flag != nil && s.Flag.Note == "Grace swaps the harness"
	})
	if err := flag.Clear(data); err != nil {
		t.Fatal(err)
	}
	h.stored("the flag taken away", func(s wire.State) bool { return s.Flag == nil && len(s.Devices) > 0 })
	if _, err := flag.Set(data, "again", time.Now()); err != nil {
		t.Fatal(err)
	}
	h.stored("the flag put up", func(s wire.State) bool { return s.Flag != nil && s.Flag.Note == "again" })
	life := h.clock().Life
	b.stop()
	startBench(t, h, func(c *Config) { c.Data = data })
	h.stored("the flag in the next life", func(s wire.State) bool {
		return s.Life != life && s.Flag != nil && s.Flag.Note == "again"
	})
}

// Once `flag on` has returned, nothing that was not confirmed and looks
// destructive begins, though the hub knows of no flag.
func TestDaemon_AsksForWhatARelayDidNot(t *testing.T) {
	h := newHub(t)
	data := t.TempDir()
	startBench(t, h, func(c *Config) { c.Data = data })
	f, err := flag.Set(data, "Grace swaps the harness", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	wait(t, "the agent has heard of the flag", func() bool { return flag.Heard(data, f) })
	session := func(confirmed bool, spec wire.SessionSpec) wire.Answer {
		return h.ask(wire.CmdRequest(wire.VerbSession), func(relay, req string) any {
			return wire.SessionOpen{Relay: relay, Req: req, Session: wire.NewID("s"), Stream: 1, Device: "sim0001", Confirmed: confirmed, SessionSpec: spec}
		})
	}
	act := func(kind wire.ActKind) func(*wire.Start) {
		return func(s *wire.Start) {
			s.Act = &wire.Act{Kind: kind, Package: map[wire.ActKind]string{wire.ActUninstall: "com.x"}[kind]}
		}
	}
	install := wire.SessionSpec{Kind: wire.SessionInstall, Install: &wire.InstallSpec{APKs: []wire.APK{{Name: "a.apk", Size: 1}}}}
	system := wire.SessionSpec{Kind: wire.SessionPush, Path: "/system/etc/hosts", Name: "hosts"}
	for name, answer := range map[string]wire.Answer{
		"a command":              h.start("r1", "rm -rf /data/app"),
		"reboot":                 h.start("r2", "", act(wire.ActReboot)),
		"root":                   h.start("r3", "", act(wire.ActRoot)),
		"remount":                h.start("r4", "", act(wire.ActRemount)),
		"uninstall":              h.start("r5", "", act(wire.ActUninstall)),
		"an install":             session(false, install),
		"a push into the system": session(false, system),
	} {
		if answer.Fault == nil || answer.Fault.Code != wire.ConfirmNeeded {
			t.Errorf("%s is answered %+v", name, answer)
		}
	}
	for name, answer := range map[string]wire.Answer{
		"what nobody is asked about": h.start("r6", "id"),
		"a confirmed command":        h.start("r1", "rm -rf /data/app", func(s *wire.Start) { s.Confirmed = true }),
		"an act that does no harm":   h.start("r7", "", act(wire.ActWait)),
		"a push into scratch":        session(false, wire.SessionSpec{Kind: wire.SessionPush, Path: "/data/local/tmp/", Name: "x"}),
		"a pull":                     session(false, wire.SessionSpec{Kind: wire.SessionPull, Path: "/system/build.prop"}),
		"a confirmed push":           session(true, system),
	} {
		if answer.Fault != nil {
			t.Errorf("%s is answered %v", name, answer.Fault)
		}
	}
}
