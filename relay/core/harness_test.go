package core_test

import (
	"context"
	"errors"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reader"
)

// tester starts what a test starts.
var tester = api.User{ID: "tester", Name: "tester"}

// relay starts a relay's core and waits until it is ready.
func relay(t testing.TB, l *coretest.Lab, change ...func(*core.Config)) *core.Core {
	t.Helper()
	c, _ := relayUntil(t, l, change...)
	coretest.Eventually(t, "the relay is ready and loaded", func() bool {
		return c.Ready() == nil && c.Benches().Loaded() && c.Runs().Loaded()
	})
	return c
}

func relayUntil(t testing.TB, l *coretest.Lab, change ...func(*core.Config)) (c *core.Core, stop func()) {
	t.Helper()
	cfg := core.Config{
		Bridge: bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub")},
		Logger: coretest.Logger(t),
	}
	for _, f := range change {
		f(&cfg)
	}
	c = core.New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the relay ended with: %v", err)
		}
	}
	t.Cleanup(stop)
	return c, stop
}

func online(t *testing.T, c *core.Core, bench string) {
	t.Helper()
	coretest.Eventually(t, bench+" is online with a device", func() bool {
		b, ok := c.Benches().Get(bench)
		return ok && b.State == api.Online && len(b.Devices) > 0
	})
}

func start(t *testing.T, c *core.Core, q api.RunRequest) api.Run {
	t.Helper()
	if q.Bench == "" {
		q.Bench = "b1"
	}
	if q.Device == "" {
		q.Device = "d1"
	}
	if q.Command == "" && q.Check == "" {
		q.Command = "id"
	}
	run, _, err := c.Runs().Start(t.Context(), q, tester)
	if err != nil {
		t.Fatalf("starting: %v (%s)", err, code(err))
	}
	return run
}

func code(err error) wire.Code {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

func want(t *testing.T, err error, code_ wire.Code) {
	t.Helper()
	if code(err) != code_ {
		t.Errorf("the error is %q (%v), expected %q", code(err), err, code_)
	}
}

// follow follows in the background; wait gives Follow's error.
func follow(t *testing.T, c *core.Core, run string, from reader.From, f reader.Follower) (wait func() error, leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Reader().Follow(ctx, run, from, f) }()
	t.Cleanup(cancel)
	return func() error { return <-done }, cancel
}
