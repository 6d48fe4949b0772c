package hub

import (
	"sync/atomic"
	"time"
)

// Busy counts how long connections had something to write: from the first frame
// of an empty queue until nothing waits.
type Busy struct {
	Count   uint64
	Sum     time.Duration
	Buckets map[float64]uint64 // seconds → how many took at most that
}

// busyBounds are the buckets.
var busyBounds = [...]time.Duration{
	100 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 5 * time.Millisecond, 25 * time.Millisecond,
	100 * time.Millisecond, 500 * time.Millisecond, 2500 * time.Millisecond, 10 * time.Second,
}

// busy is counted by the writers, without a lock.
type busy struct {
	within [len(busyBounds) + 1]atomic.Uint64 // each those beyond the bound before
	sum    atomic.Int64
}

func (b *busy) observe(took time.Duration) {
	at := 0
	for at < len(busyBounds) && took > busyBounds[at] {
		at++
	}
	b.within[at].Add(1)
	b.sum.Add(int64(took))
}

func (b *busy) read() Busy {
	out := Busy{Sum: time.Duration(b.sum.Load()), Buckets: make(map[float64]uint64, len(busyBounds))}
	for i := range b.within {
		out.Count += b.within[i].Load()
		if i < len(busyBounds) {
			out.Buckets[busyBounds[i].Seconds()] = out.Count
		}
	}
	return out
}
