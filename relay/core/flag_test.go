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
