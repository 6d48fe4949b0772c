package spool

import (
	"testing"
	"time"
)

// after drives a pace for some seconds over a link of this rate and delay.
func after(rate float64, rtt time.Duration, seconds int) int {
	var p pace
	p.restart()
	now := time.Unix(0, 0)
	p.look(now)
	for range seconds * 10 {
		now = now.Add(100 * time.Millisecond)
		sent := min(rate, float64(p.window)/rtt.Seconds()) / 10
		p.answered(int(sent), rtt)
		p.look(now)
	}
	return p.window
}

func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		rate      float64
		rtt       time.Duration
		low, high int
	}{
		"a broker near by":       {300e6, 300 * time.Microsecond, minWindow, minWindow},
		"a fast line far away":   {100e6, 50 * time.Millisecond, maxWindow, maxWindow},
		"a slow line far away":   {1e6, 50 * time.Millisecond, minWindow, minWindow},
		"a middling line abroad": {10e6, 80 * time.Millisecond, 1_500_000, 1_700_000},
	} {
		if got := after(c.rate, c.rtt, 5); got < c.low || got > c.high {
			t.Errorf("%s: a window of %d, want %d to %d", name, got, c.low, c.high)
		}
	}
	if p := (pace{fixed: 77}); true {
		p.restart()
		p.look(time.Now())
		if p.window != 77 {
			t.Errorf("a configured window became %d", p.window)
		}
	}
}
