package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// collections is how often the collector runs while so many bytes pass.
func collections(total int) uint32 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range total / len(passing) {
		passing = make([]byte, len(passing))
	}
	runtime.ReadMemStats(&after)
	return after.NumGC - before.NumGC
}

var passing = make([]byte, 64<<10)

func TestRoom_GarbageGathersWhileSomebodyIsInIt(t *testing.T) {
	runtime.GC()
	const total = 192 << 20
	without := collections(total)
	r := NewRoom(64 << 20)
	r.Enter()
	r.Enter()
	r.Leave()
	within := collections(total)
	r.Leave()
	after := collections(total)
	if within > 8 || without < 16 || after < 16 {
		t.Errorf("%d collections before, %d in the room, %d after it", without, within, after)
	}
}

func TestRoom_FollowsWhatLives(t *testing.T) {
	r := NewRoom(64 << 20)
	r.Enter()
	defer r.Leave()
	first := r.percent()
	kept := make([]byte, 48<<20)
	for deadline := time.Now().Add(10 * time.Second); r.percent() > 64*100/48; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("beside 48 MiB that live the percentage is %d, and was %d", r.percent(), first)
		}
	}
	runtime.KeepAlive(kept)
	if r.percent() < 100 {
		t.Errorf("the percentage is %d", r.percent())
	}
}

func TestRoom_LeavesWhatWasSet(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(5000))
	r := NewRoom(64 << 20)
	r.Enter()
	if p := debug.SetGCPercent(5000); p != 5000 {
		t.Errorf("more room than asked for became %d", p)
	}
	r.Leave()
	debug.SetGCPercent(-1)
	r.Enter()
	if p := debug.SetGCPercent(-1); p != -1 {
		t.Errorf("a collector that was off is at %d", p)
	}
	r.Leave()
	if p := debug.SetGCPercent(-1); p != -1 {
		t.Errorf("a collector that was off is left at %d", p)
	}
	(*Room)(nil).Enter()
	(*Room)(nil).Leave()
}

func (r *Room) percent() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set
}
