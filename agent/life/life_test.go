package life

import (
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

func TestLife_HasANameOfItsOwn(t *testing.T) {
	a, b := New(), New()
	if a.Name() == b.Name() || !wire.ValidID(a.Name()) {
		t.Fatalf("names %q and %q", a.Name(), b.Name())
	}
}

func TestLife_CountsFromItsStart(t *testing.T) {
	now := 40 * time.Hour
	l := WithClock(func() time.Duration { return now })
	if got := l.ClockMS(); got != 0 {
		t.Fatalf("a new life is %d ms old", got)
	}
	now += 1500 * time.Millisecond
	if got := l.ClockMS(); got != 1500 {
		t.Fatalf("got %d ms, want 1500", got)
	}
}

func TestLife_SystemClockNeverGoesBack(t *testing.T) {
	l := New()
	before := int64(0)
	for range 10_000 {
		now := l.ClockMS()
		if now < before {
			t.Fatalf("%d after %d", now, before)
		}
		before = now
	}
}
