package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core/coretest"
)

// relay starts a relay's events on a lab's broker.
func relay(t testing.TB, l *coretest.Lab, change ...func(*Events)) *Events {
	t.Helper()
	b := bridge.New(bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub"), Logger: coretest.Logger(t)})
	e := New(Config{Bridge: b, Logger: coretest.Logger(t)})
	for _, f := range change {
		f(e)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = b.Run(ctx) })
	running.Go(func() {
		if b.Await(ctx) == nil {
			_ = e.Run(ctx)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	coretest.Eventually(t, "the relay has read what there is", e.isLoaded)
	return e
}

// say publishes numbered events from first to last and waits for the store.
func say(t testing.TB, e *Events, room string, first, last int) (offsets []string) {
	t.Helper()
	return sayAs(t, e, room, "count", first, last)
}

func sayAs(t testing.TB, e *Events, room, ev string, first, last int) (offsets []string) {
	t.Helper()
	type answer struct {
		n   int
		o   string
		err error
	}
	answers := make(chan answer, last-first+1)
	offsets = make([]string, last-first+1)
	going := 0
	collect := func() {
		a := <-answers
		if a.err != nil {
			t.Fatalf("saying %d: %v", a.n, a.err)
		}
		offsets[a.n-first] = a.o
		going--
	}
	for n := first; n <= last; n++ {
		e.Publish(Draft{Room: room, Ev: ev, D: fmt.Appendf(nil, `{"n":%d}`, n)}, func(o string, err error) { answers <- answer{n, o, err} })
		for going++; going > 500; {
			collect()
		}
	}
	for going > 0 {
		collect()
	}
	return offsets
}

// ear is a follower that checks that numbered events come each once, in order.
type ear struct {
	t testing.TB

	mu     sync.Mutex // guards what follows
	next   int
	offset string
	gaps   []string
	to     string // of the last gap
	lags   int
	lives  int
	left   bool
	space  int           // events that still fit; -1: any number
	freed  chan struct{} // closed when there is more
	loose  bool          // after a gap the next number may be any
}

func newEar(t testing.TB, next int) *ear {
	return &ear{t: t, next: next, space: -1, freed: make(chan struct{})}
}

func (f *ear) Event(e *Event) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left {
		f.t.Error("an event came after Leave")
	}
	if f.space == 0 {
		return false
	}
	if f.space > 0 {
		f.space--
	}
	var d struct{ N int }
	if err := json.Unmarshal(e.D, &d); err != nil {
		f.t.Error(err)
	}
	if f.loose {
		f.next, f.loose = d.N, false
	}
	if d.N != f.next {
		f.t.Errorf("event %d came, expected %d (%d missing or doubled)", d.N, f.next, d.N-f.next)
	}
	f.next, f.offset = d.N+1, e.O
	return true
}

func (f *ear) Room(done <-chan struct{}) error {
	for {
		f.mu.Lock()
		free, freed := f.space != 0, f.freed
		f.mu.Unlock()
		if free {
			return nil
		}
		select {
		case <-freed:
		case <-done:
			return errors.New("gone")
		}
	}
}

func (f *ear) Gap(_, to, reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gaps, f.to, f.loose = append(f.gaps, reason), to, true
}

func (f *ear) Lag()  { f.mu.Lock(); defer f.mu.Unlock(); f.lags++ }
func (f *ear) Live() { f.mu.Lock(); defer f.mu.Unlock(); f.lives++ }

// free makes room for n more events, -1 for any number.
func (f *ear) free(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.space = n
	close(f.freed)
	f.freed = make(chan struct{})
}

func (f *ear) heard() int       { f.mu.Lock(); defer f.mu.Unlock(); return f.next - 1 }
func (f *ear) at() string       { f.mu.Lock(); defer f.mu.Unlock(); return f.offset }
func (f *ear) told() (l, g int) { f.mu.Lock(); defer f.mu.Unlock(); return f.lives, len(f.gaps) }

func (f *ear) all() []string { f.mu.Lock(); defer f.mu.Unlock(); return slices.Clone(f.gaps) }

// hears waits until the follower has heard event n and is live.
func hears(t testing.TB, f *ear, n int) {
	t.Helper()
	coretest.Eventually(t, fmt.Sprintf("event %d was heard (the last is %d)", n, f.heard()), func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.next-1 == n && f.lives > f.lags
	})
}

func join(t testing.TB, e *Events, room, from string, f *ear) Member {
	m := e.Join(room, from, f)
	t.Cleanup(func() {
		m.Leave()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.left = true
	})
	return m
}
