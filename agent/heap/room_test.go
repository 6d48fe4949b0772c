package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

var passing = make([]byte, 64<<10)

// collections is how often the collector runs while so many MiB pass.
func collections(mib int) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range mib * 16 {
		passing = make([]byte, len(passing))
	}
	runtime.ReadMemStats(&after)
	return int(after.NumGC - before.NumGC)
}

// eventually lets garbage pass until the collector runs as often as wanted.
func eventually(t *testing.T, what string, wanted func(collections int) bool) {
	t.Helper()
	n := 0
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if n = collections(128); wanted(n) {
			return
		}
	}
	t.Fatalf("%s: %d collections for 128 MiB", what, n)
}

func TestGive_GarbageGathersWhileMuchPasses(t *testing.T) {
	debug.FreeOSMemory() // what other tests left
	end := give(64<<20, time.Hour)
	eventually(t, "much passes", func(n int) bool { return n <= 4 })
	end()
	debug.FreeOSMemory()
	if n := collections(512); n < 16 { // in the room 8
		t.Errorf("after its end %d collections for 512 MiB", n)
	}
}

func TestGive_WhatIsCalmBecomesSmallAgain(t *testing.T) {
	debug.FreeOSMemory() // what other tests left
	defer give(64<<20, 10*time.Millisecond)()
	eventually(t, "much passes", func(n int) bool { return n <= 4 })
	percent, held := 0, uint64(0)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if percent = debug.SetGCPercent(100); percent != 100 {
			debug.SetGCPercent(percent)
			continue
		}
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		if held = now.HeapSys - now.HeapReleased; held < 24<<20 {
			return
		}
	}
	t.Errorf("after a while without garbage the percentage is %d, and the process holds %d MiB", percent, held>>20)
}

func TestGive_LeavesMoreRoomAsItIs(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, percent := range []int{5000, -1} {
		debug.SetGCPercent(percent)
		end := give(64<<20, time.Hour)
		collections(512)
		if now := debug.SetGCPercent(percent); now != percent {
			t.Errorf("%d became %d", percent, now)
		}
		end()
		if now := debug.SetGCPercent(percent); now != percent {
			t.Errorf("%d was left at %d", percent, now)
		}
	}
}
