// Package heap gives the garbage collector room while much passes through a
// process that keeps little. Files that go by as messages of 64 KiB are garbage
// the moment they are sent; beside a few MiB that live, the runtime would
// collect every 64 messages, and spend half of a transfer's time on that.
//
// It knows nothing of what passes.
package heap

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// Room lets so many bytes of garbage gather before they are collected, while
// anybody is in it; or as many as live, where that is more. A process has one,
// since it has one collector. A nil Room changes nothing.
type Room struct {
	bytes uint64

	mu      sync.Mutex // guards what follows
	users   int
	watched bool // the next collection will be told
	normal  int  // the percentage while nobody is in it
	set     int  // the one that holds
}

// Transfers is the room for files that pass.
const Transfers = 32 << 20

// NewRoom makes one, with nobody in it.
func NewRoom(bytes uint64) *Room { return &Room{bytes: bytes} }

// Enter takes part in the room until Leave.
func (r *Room) Enter() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.users++; r.users > 1 {
		return
	}
	r.normal = debug.SetGCPercent(100)
	r.set = 100
	r.fit()
	if !r.watched {
		r.watch()
	}
}

// Leave ends an Enter.
func (r *Room) Leave() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.users--; r.users == 0 {
		debug.SetGCPercent(r.normal)
	}
}

// leastLive is what the runtime counts as living at least.
const leastLive = 4 << 20

// fit makes a percentage of the bytes: after a collection another part lives.
// mu is held.
func (r *Room) fit() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := int(min(r.bytes*100/max(live[0].Value.Uint64(), leastLive), math.MaxInt32))
	if r.normal < 0 {
		percent = r.normal // whoever has ended collecting wants that
	}
	if percent = max(percent, r.normal); percent != r.set {
		debug.SetGCPercent(percent)
		r.set = percent
	}
}

// sentinel is garbage of which the runtime tells: then it has collected.
type sentinel struct{ _ *sentinel }

// watch fits the percentage after each collection; mu is held.
func (r *Room) watch() {
	r.watched = true
	runtime.AddCleanup(&sentinel{}, func(r *Room) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.watched = false
		if r.users > 0 {
			r.fit()
			r.watch()
		}
	}, r)
}
