package benches

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// How often each bench is asked for the round trip to it, how many questions
// are on their way at once, and how long an answer may take to count.
const (
	rttEvery  = 10 * time.Second
	rttAtOnce = 16
	rttLimit  = 3 * time.Second
)

// roundTrip is the time from this relay to an agent and back. The best of the
// last few counts: one question that waited behind a flood is no news.
type roundTrip struct {
	due  time.Time
	last [3]time.Duration // zero: not asked yet
	told *float64         // ms, as people see it; nil before the first answer
}

// take adds a measurement. It reports whether people see a change: one of at
// least a fifth and 2 ms, so that rooms do not stir for nothing.
func (r *roundTrip) take(took time.Duration) bool {
	copy(r.last[1:], r.last[:2])
	r.last[0] = max(took, 1)
	best := r.last[0]
	for _, d := range r.last {
		if d > 0 {
			best = min(best, d)
		}
	}
	ms := math.Round(best.Seconds()*1e4) / 10
	if r.told != nil {
		if change := math.Abs(ms - *r.told); change < 2 || change < *r.told/5 {
			return false
		}
	}
	r.told = &ms // a new one: documents that were given hold the old
	return true
}

// dueFor returns the benches to be asked now, those that wait longest first,
// and notes when to ask them next: spread, so that benches which came together
// are not asked together for ever.
func (k *book) dueFor(at time.Time, most int) []string {
	var due []string
	for id, b := range k.benches {
		switch {
		case !b.online:
		case b.rtt.due.IsZero():
			b.rtt.due = at.Add(rand.N(time.Second))
		case !at.Before(b.rtt.due):
			due = append(due, id)
		}
	}
	slices.SortFunc(due, func(x, y string) int { return k.benches[x].rtt.due.Compare(k.benches[y].rtt.due) })
	due = due[:min(len(due), most)]
	for _, id := range due {
		k.benches[id].rtt.due = at.Add(rttEvery*9/10 + rand.N(rttEvery/5))
	}
	return due
}

// measure asks the benches that are online, in turn, until ctx ends. An answer
// is no beat: whether a bench is there is told by its own beats.
func (b *Benches) measure(ctx context.Context) {
	var jobs sync.WaitGroup
	defer jobs.Wait()
	slots := make(chan struct{}, rttAtOnce) // as many questions are on their way
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if b.cfg.Bridge.Ready() != nil {
			continue
		}
		b.mu.Lock()
		due := b.book.dueFor(time.Now(), rttAtOnce-len(slots))
		b.mu.Unlock()
		for _, id := range due {
			slots <- struct{}{}
			jobs.Go(func() {
				defer func() { <-slots }()
				b.askRTT(ctx, id)
			})
		}
	}
}

func (b *Benches) askRTT(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, rttLimit)
	defer cancel()
	began := time.Now()
	if _, err := b.cfg.Bridge.AskClock(ctx, id); err != nil {
		return
	}
	took := time.Since(began)
	b.change(id, func(k *book) bool {
		known := k.benches[id]
		return known != nil && known.online && known.rtt.take(took)
	})
}
