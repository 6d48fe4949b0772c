package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
)

func TestStart_AsksWhileSomebodyIsAtTheBench(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, c, "b1")
	start := func(q api.RunRequest) error {
		q.Bench, q.Device = "b1", "d1"
		_, _, err := c.Runs().Start(t.Context(), q, tester)
		return err
	}
	if err := start(api.RunRequest{Command: "rm -rf /data"}); err != nil {
		t.Fatalf("without a flag: %v", err)
	}
	b.Flag = &wire.Flag{Note: "Grace swaps the harness", Since: time.Now()}
	b.Inventory()
	coretest.Eventually(t, "the relay knows the flag", func() bool {
		doc, _ := c.Benches().Get("b1")
		return doc.Flag != nil && doc.Flag.Note == "Grace swaps the harness"
	})
	open := func(confirmed bool, spec wire.SessionSpec) error {
		s, err := c.Sessions().Open(t.Context(), api.SessionRequest{Bench: "b1", Device: "d1", Stream: 1, Confirmed: confirmed, SessionSpec: spec}, tester, func([]byte, <-chan struct{}) error { return nil })
		if err == nil {
			s.Leave()
		}
		return err
	}
	b.Handle(func(b *coretest.Bench) {
		b.OnOther = func(subject string, _ wire.Request) *wire.Answer {
			if subject == wire.CmdRequest(wire.VerbSession) || subject == wire.CmdRequest(wire.VerbClock) {
				return &wire.Answer{}
			}
			return nil
		}
	})
	system := wire.SessionSpec{Kind: wire.SessionPush, Path: "/system/etc/hosts", Name: "hosts"}
	want(t, open(false, system), wire.ConfirmNeeded)
	want(t, open(false, wire.SessionSpec{Kind: wire.SessionInstall, Install: &wire.InstallSpec{APKs: []wire.APK{{Name: "a.apk", Size: 1}}}}), wire.ConfirmNeeded)
	want(t, open(true, system), "")
	want(t, open(false, wire.SessionSpec{Kind: wire.SessionPush, Path: "/data/local/tmp/", Name: "x"}), "")
	want(t, open(false, wire.SessionSpec{Kind: wire.SessionPull, Path: "/system/etc/hosts"}), "")
	sent := len(b.Starts())
	for name, q := range map[string]api.RunRequest{
		"a command":          {Command: "rm -rf /data"},
		"one in another":     {Command: "echo ok; sh -c 'reboot'"},
		"one after a pipe":   {Command: "ls /data | xargs rm -r"},
		"one in quotes":      {Command: "echo \"$(reboot)\""},
		"an act":             {Act: &wire.Act{Kind: wire.ActReboot}},
		"under a known name": {ID: "known", Command: "reboot"},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, start(q), wire.ConfirmNeeded)
		})
	}
	if n := len(b.Starts()); n != sent {
		t.Fatalf("%d starts reached the bench", n-sent)
	}
	err := start(api.RunRequest{Command: "reboot"})
	if err == nil || !strings.Contains(err.Error(), "Grace swaps the harness") {
		t.Errorf("does not say who is there: %v", err)
	}
	for _, q := range []api.RunRequest{
		{Command: "dumpsys alarm"},
		{Command: "echo 'rm -rf /data'"},
		{Command: "rm -rf /data", Confirmed: true},
		{ID: "known", Command: "reboot", Confirmed: true},
		{ID: "known", Command: "reboot"}, // asked again: the run as it stands
		{Act: &wire.Act{Kind: wire.ActReboot}, Confirmed: true},
	} {
		if err := start(q); err != nil {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

// A relay that has not heard of the flag gets as far as the agent, which asks. The
// answer comes through, and nothing is left of the run: it may be confirmed.
func TestStart_TheAgentAsksWhereTheRelayKnowsOfNoFlag(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, c, "b1")
	b.Handle(func(b *coretest.Bench) {
		accept := b.OnStart
		b.OnStart = func(s wire.Start) *wire.Answer {
			if s.Confirmed {
				return accept(s)
			}
			return &wire.Answer{Fault: &wire.Fault{Code: wire.ConfirmNeeded, Message: "somebody is at bench b1", Hint: "confirm it"}}
		}
	})
	q := api.RunRequest{ID: "r1", Bench: "b1", Device: "d1", Command: "reboot"}
	_, _, err := c.Runs().Start(t.Context(), q, tester)
	want(t, err, wire.ConfirmNeeded)
	if _, known := c.Runs().Peek("r1"); known {
		t.Error("a run is left behind")
	}
	q.Confirmed = true
	if _, first, err := c.Runs().Start(t.Context(), q, tester); err != nil || !first {
		t.Errorf("confirmed: first %v, %v", first, err)
	}
}
