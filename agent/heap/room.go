// Package heap gives the garbage collector room while much passes through a
// process that keeps little. What goes by as messages of 64 KiB or as lines is
// garbage the moment it is sent; beside a few MiB that live, the runtime would
// collect every 4 MiB and spend half of the work on that.
//
// It knows nothing of what passes.
package heap

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Usual is the room that our programs give.
const Usual = 32 << 20

// Two collections within often mean that much passes. The room is given up when
// there was none for calm: then the process is as small as before.
const (
	often = 100 * time.Millisecond
	calm  = 5 * time.Second
)

// Give lets so many bytes of garbage gather before they are collected, or as
// many as live where that is more, whenever much passes; until end is called.
// A process does this once, since it has one collector. Where the environment
// gives it more room (GOGC), that stays.
func Give(bytes uint64) (end func()) { return give(bytes, calm) }

func give(bytes uint64, calm time.Duration) (end func()) {
	normal := debug.SetGCPercent(100)
	debug.SetGCPercent(normal)
	if normal < 0 {
		return func() {} // who has ended collecting wants that
	}
	r := &room{bytes: bytes, calm: calm, normal: normal, set: normal, collected: make(chan struct{}, 1), over: make(chan struct{}), ended: make(chan struct{})}
	go r.keep()
	return func() {
		close(r.over)
		<-r.ended
	}
}

// room is kept by one goroutine.
type room struct {
	bytes       uint64
	calm        time.Duration
	normal, set int           // the percentage without it, and the one that holds
	collected   chan struct{} // 1: that it was; a second word adds nothing
	over, ended chan struct{}
}

func (r *room) keep() {
	defer close(r.ended)
	defer func() { debug.SetGCPercent(r.normal) }()
	quiet := time.NewTimer(r.calm)
	defer quiet.Stop()
	var last time.Time
	wide := false
	r.watch()
	for {
		select {
		case <-r.over:
			return
		case <-r.collected:
			r.watch()
			now := time.Now()
			if wide = wide || now.Sub(last) < often; wide {
				r.fit()
				quiet.Reset(r.calm)
			}
			last = now
		case <-quiet.C:
			if wide {
				wide = false
				r.change(r.normal)
				debug.FreeOSMemory() // who rests makes no garbage, and would keep it for minutes
			}
		}
	}
}

// sentinel is garbage of whose end the runtime tells: then it has collected.
type sentinel struct{ _ *sentinel }

func (r *room) watch() {
	runtime.AddCleanup(&sentinel{}, func(collected chan struct{}) {
		select {
		case collected <- struct{}{}:
		default:
		}
	}, r.collected)
}

// leastLive is what the runtime counts as living at least.
const leastLive = 4 << 20

// fit makes a percentage of the bytes: after each collection another part
// lives.
func (r *room) fit() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	r.change(max(r.normal, int(min(r.bytes*100/max(live[0].Value.Uint64(), leastLive), math.MaxInt32))))
}

// change sets another percentage, which stops the process for a moment: not for
// a small difference.
func (r *room) change(percent int) {
	if near := r.set / 8; percent != r.normal && percent > r.set-near && percent < r.set+near || percent == r.set {
		return
	}
	debug.SetGCPercent(percent)
	r.set = percent
}
