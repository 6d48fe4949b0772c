package faults

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// crowdSize is how many tabs there are: a thousand, 300 under the race detector,
// or as many as FARBENCH_CROWD says.
func crowdSize() int {
	if n, err := strconv.Atoi(os.Getenv("FARBENCH_CROWD")); err == nil && n > 0 {
		return n
	}
	if lab.UnderRace {
		return 300
	}
	return 1000
}

// tickFor says events, a few at a time, until going is closed, and returns how
// many in all.
func tickFor(ctx context.Context, t *testing.T, base string, going <-chan struct{}) (said int64) {
	ticker, err := lab.NewTicker(ctx, base)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer ticker.Close()
	beat := time.NewTicker(100 * time.Millisecond)
	defer beat.Stop()
	for {
		select {
		case <-going:
			return said
		case <-ctx.Done():
			return said
		case <-beat.C:
		}
		if err := ticker.Say(3, ""); err != nil {
			t.Errorf("saying an event: %v", err)
			return said
		}
		said += 3
	}
}

// A relay is killed under a thousand tabs, each in the room lab and in a run's.
// All of them come back at once, half of them to the other relay and half to
// the same one as soon as it runs again: each has every line and every event,
// once.
func TestFault_AThousandTabsComeBackAtOnce(t *testing.T) {
	c := startChain(t)
	other, err := lab.StartRelay(built, c.broker.Addr)
	c.must(err)
	t.Cleanup(func() { other.Kill() })
	timeout := 300
	// It prints until it finds the mark that says that the tabs are back.
	command := `i=0; while [ ! -e /data/local/tmp/back ]; do i=$((i+1)); seq $((i*10+1)) $((i*10+10)); sleep 0.1; done; echo done`
	run, err := other.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: command, TimeoutS: &timeout})
	c.must(err)

	var welcome, live lab.Tally
	var moved atomic.Bool // half of the tabs go to the other relay
	tabs := make([]*lab.Tab, crowdSize())
	ctx, leave := context.WithCancel(c.ctx)
	defer leave()
	var staying sync.WaitGroup
	for i := range tabs {
		tab := &lab.Tab{Run: run.ID, Ticks: 1 << 40, Welcome: &welcome, Live: &live}
		tab.Base = func() string {
			if moved.Load() && i%2 == 0 {
				return other.Base
			}
			return c.relay.Base
		}
		tabs[i] = tab
		staying.Go(func() { tab.Stay(ctx) })
	}
	c.until("all tabs in their rooms", func() bool {
		for _, tab := range tabs {
			if !tab.Joined() {
				return false
			}
		}
		return true
	})
	going := make(chan struct{})
	said := make(chan int64, 1)
	go func() { said <- tickFor(c.ctx, t, other.Base, going) }()
	everyone := func(tick, line int64) func() bool {
		return func() bool {
			for _, tab := range tabs {
				if gotTick, gotLine := tab.Has(); gotTick < tick || gotLine < line {
					return false
				}
			}
			return true
		}
	}
	c.until("first events and lines at every tab", everyone(5, 50))

	welcome.Begin()
	live.Begin()
	moved.Store(true)
	killed := time.Now()
	c.relay.Kill()
	c.must(c.relay.Start())
	up := time.Now()
	c.until("every tab live again", func() bool { n, _, _ := live.Is(); return n >= len(tabs) })
	_, first, last := welcome.Is()
	_, _, all := live.Is()
	t.Logf("%d tabs came back at once: the relay was ready again %.0f ms after its kill; %.0f accepted a second by two relays, the last %.0f ms after the kill; all live in both rooms after %.0f ms",
		len(tabs), ms(up.Sub(killed)), float64(len(tabs))/last.Sub(first).Seconds(), ms(last.Sub(killed)), ms(all.Sub(killed)))

	close(going)
	n := <-said
	c.shell("touch /data/local/tmp/back")
	c.until("every event at every tab", everyone(n, 0))
	c.until("the run's end", func() bool { r, err := other.Run(c.ctx, run.ID); return err == nil && r.Outcome != "" })
	r, err := other.Run(c.ctx, run.ID)
	c.must(err)
	c.until("every line at every tab", everyone(n, r.Lines))
	leave()
	staying.Wait()
	wrong, conns := 0, 0
	for i, tab := range tabs {
		if err := tab.Wrong(); err != nil {
			if wrong++; wrong <= 5 {
				t.Errorf("tab %d: %v", i, err)
			}
		}
		tick, line := tab.Has()
		if tick != n || line != r.Lines {
			t.Errorf("tab %d has %d events of %d and %d lines of %d", i, tick, n, line, r.Lines)
		}
		conns += tab.Conns()
	}
	t.Logf("%d tabs with a loss or a double; each has %d events and %d lines, over %d connections", wrong, n, r.Lines, conns)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// A tab that stops reading costs the others next to nothing, and loses nothing:
// it lags, or its connection is closed as too slow, and it goes on where it
// was.
func TestFault_AStalledTabSlowsNobody(t *testing.T) {
	const watchers, rounds = 20, 3
	lines := int64(200_000)
	if lab.UnderRace {
		lines = 100_000
	}
	c := startChain(t)
	took := map[bool]time.Duration{}
	for round := range 2 * rounds {
		stalling := round%2 == 1
		took[stalling] += floodTabs(c, watchers, lines, stalling)
	}
	t.Logf("%d tabs got %d lines of 130 B in %.0f ms, and beside a stalled one in %.0f ms: %.2f of the throughput",
		watchers, lines, ms(took[false]/rounds), ms(took[true]/rounds), took[false].Seconds()/took[true].Seconds())
}

// floodTabs floods tabs with a run's lines and says how long it took until all
// had its end, but for the one that stalls: that one reads when they have.
func floodTabs(c *chain, watchers int, lines int64, stalling bool) time.Duration {
	c.t.Helper()
	timeout := 120
	hold := "/data/local/tmp/go"
	c.shell("rm -f " + hold)
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{
		Bench: "demo", Device: "sim0001", TimeoutS: &timeout,
		Command: fmt.Sprintf("while [ ! -e %s ]; do sleep 0.05; done; floodlines %d 130", hold, lines),
	})
	c.must(err)
	ctx, leave := context.WithCancel(c.ctx)
	defer leave()
	gate := make(chan struct{})
	tabs := make([]*lab.Tab, watchers)
	if stalling {
		tabs = append(tabs, nil)
	}
	var staying sync.WaitGroup
	for i := range tabs {
		tabs[i] = &lab.Tab{Run: run.ID, Base: func() string { return c.relay.Base }}
		if i == watchers {
			tabs[i].Gate = gate
		}
		staying.Go(func() { tabs[i].Stay(ctx) })
	}
	c.until("all tabs in their rooms", func() bool {
		return !slices.ContainsFunc(tabs, func(tab *lab.Tab) bool { return !tab.Joined() })
	})
	began := time.Now()
	_, err = c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "touch " + hold})
	c.must(err)
	all := func(tabs []*lab.Tab) func() bool {
		return func() bool { return !slices.ContainsFunc(tabs, func(tab *lab.Tab) bool { return !tab.Ended() }) }
	}
	c.until("the end at every tab that reads", all(tabs[:watchers]))
	took := time.Since(began)
	if stalling {
		if _, line := tabs[watchers].Has(); line >= lines {
			c.t.Errorf("the stalled tab has read %d lines", line)
		}
	}
	close(gate)
	c.until("the end at every tab", all(tabs))
	leave()
	staying.Wait()
	for i, tab := range tabs {
		_, line := tab.Has()
		if err := tab.Wrong(); err != nil || line < lines {
			c.t.Errorf("tab %d has %d lines of %d: %v", i, line, lines, err)
		}
	}
	if stalling {
		c.t.Logf("the stalled tab was told of %d pauses and connected %d times", tabs[watchers].Lags(), tabs[watchers].Conns())
	}
	return took
}
