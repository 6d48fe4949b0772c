package core_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/keeper"
	"github.com/farbench/farbench/relay/reader"
)

func keep(limits keeper.Limits) func(*core.Config) {
	return func(cfg *core.Config) {
		limits.Every = 20 * time.Millisecond
		cfg.Keep = limits
	}
}

func TestKeeper_CutsAFloodAndNobodyElse(t *testing.T) {
	l := coretest.New(t)
	b, quiet := l.NewBench("b1"), l.NewBench("b2")
	c := relay(t, l, keep(keeper.Limits{BytesPerBench: 400_000}))
	b.Arrive()
	quiet.Arrive()
	online(t, c, "b1")
	online(t, c, "b2")
	other := start(t, c, api.RunRequest{Bench: "b2"})
	quiet.Lines(other.ID, 1, 1000)
	quiet.Ended(other.ID, 1000)
	var ids []string
	for i := range 4 { // each about 220 kB
		run := start(t, c, api.RunRequest{ID: fmt.Sprintf("flood-%d", i)})
		ids = append(ids, run.ID)
		for n := range int64(100) {
			b.Lines(run.ID, 1+n*100, 100)
		}
		b.Ended(run.ID, 10000)
	}
	coretest.Eventually(t, "the oldest two are cut", func() bool {
		first, _ := c.Runs().Peek(ids[0])
		second, _ := c.Runs().Peek(ids[1])
		return first.KeptFrom == 10001 && second.KeptFrom > 1
	})
	for who, c := range map[string]*core.Core{"the same relay": c, "another": relay(t, l, keep(keeper.Limits{}))} {
		for i, id := range ids {
			f := coretest.NewFollower(t, 1)
			if err := c.Reader().Follow(t.Context(), id, reader.From{}, f); err != nil {
				t.Fatal(err)
			}
			run, _ := c.Runs().Peek(id)
			cut := max(run.KeptFrom-1, 0)
			if who == "the same relay" && f.Gaps() == "[]" {
				cut = 0 // its memory still has them
			}
			if f.Lines() != 10000-cut || (cut > 0) != strings.HasPrefix(f.Gaps(), "[1-") || (i == 3 && cut > 0) {
				t.Errorf("%s, %s: kept from %d, %d lines, gaps %s", who, id, run.KeptFrom, f.Lines(), f.Gaps())
			}
		}
		f := coretest.NewFollower(t, 1)
		if err := c.Reader().Follow(t.Context(), other.ID, reader.From{}, f); err != nil || f.Lines() != 1000 {
			t.Errorf("%s, the quiet bench: %d lines, %v", who, f.Lines(), err)
		}
	}
}

func TestKeeper_ReaderInTheMiddleOfACut(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l, keep(keeper.Limits{BytesPerBench: 300_000}))
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	f := coretest.NewFollower(t, 1)
	f.Narrow(5)
	wait, _ := follow(t, c, run.ID, reader.From{}, f)
	for n := range int64(400) {
		b.Lines(run.ID, 1+n*100, 100) // about 900 kB, of a run that goes on
	}
	coretest.Eventually(t, "it is cut", func() bool { got, _ := c.Runs().Peek(run.ID); return got.KeptFrom > 15000 })
	late := coretest.NewFollower(t, 1)
	waitLate, _ := follow(t, relay(t, l), run.ID, reader.From{}, late)
	b.Ended(run.ID, 40000)
	if err := waitLate(); err != nil || !strings.HasPrefix(late.Gaps(), "[1-") || late.Next() != 40001 {
		t.Errorf("next %d, gaps %s, %v", late.Next(), late.Gaps(), err)
	}
	f.Free(-1)
	if err := wait(); err != nil || f.Next() != 40001 {
		t.Errorf("next %d, gaps %s, %v", f.Next(), f.Gaps(), err)
	}
}

func TestKeeper_RemovesOldRunsAndStrays(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	first, stop := relayUntil(t, l)
	coretest.Eventually(t, "ready", func() bool { return first.Ready() == nil && first.Runs().Loaded() })
	b.Arrive()
	online(t, first, "b1")
	old := start(t, first, api.RunRequest{ID: "old"})
	b.Lines(old.ID, 1, 10)
	// Its bench's clock is off by centuries: that keeps nothing.
	zero, future := 0, time.Now().AddDate(900, 0, 0)
	b.Result(wire.Result{Run: old.ID, Rev: 9, Device: "d1", State: wire.Ended, Outcome: wire.Exited, ExitCode: &zero, Lines: 10, EndedAt: &future})
	b.Lines("stray", 1, 10)
	for i := range 250 { // more than one sweep removes
		b.Ended(fmt.Sprint("stray-", i), 1)
	}
	b2 := l.NewBench("b2")
	b2.Ended(old.ID, 1) // of another bench's run
	stop()
	c := relay(t, l, keep(keeper.Limits{Age: time.Hour, Stray: time.Millisecond}), func(cfg *core.Config) {
		cfg.Wall = func() time.Time { return time.Now().Add(2 * time.Hour) }
	})
	fresh := start(t, c, api.RunRequest{ID: "fresh"})
	b.Lines(fresh.ID, 1, 10)
	b.Ended(fresh.ID, 10)
	coretest.Eventually(t, "the old run is gone", func() bool {
		_, err := c.Runs().Get(t.Context(), "old")
		return code(err) == wire.NotFound
	})
	hub := coretest.Store(t, l)
	coretest.Eventually(t, "only the fresh run's lines are stored", func() bool {
		return fmt.Sprint(hub.Subjects(wire.StreamRuns)) == "[hub.b1.run.fresh]"
	})
	coretest.Eventually(t, "only the fresh run's result is stored", func() bool {
		return fmt.Sprint(hub.Subjects(wire.StreamResults)) == "[hub.b1.result.fresh]"
	})
}

func TestKeeper_OneAtATime(t *testing.T) {
	l := coretest.New(t)
	first, stop := relayUntil(t, l)
	coretest.Eventually(t, "ready", func() bool { return first.Ready() == nil })
	hub := coretest.Store(t, l)
	coretest.Eventually(t, "one keeps", func() bool { return hub.Value(wire.BucketLeases, "keeper") != "" })
	holder := hub.Value(wire.BucketLeases, "keeper")
	relay(t, l)
	if got := hub.Value(wire.BucketLeases, "keeper"); got != holder {
		t.Errorf("%s took the lease of %s", got, holder)
	}
	stop()
	coretest.Eventually(t, "the other takes over", func() bool {
		got := hub.Value(wire.BucketLeases, "keeper")
		return got != "" && got != holder
	})
}
