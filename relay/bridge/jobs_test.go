package bridge

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestJobs_NothingStartsAfterTheEnd(t *testing.T) {
	var jobs Jobs
	var started, ended atomic.Int64
	var callbacks sync.WaitGroup
	for range 8 {
		callbacks.Go(func() {
			for range 1000 {
				jobs.Go(func() { started.Add(1); ended.Add(1) })
			}
		})
	}
	jobs.End()
	if at := started.Load(); at != ended.Load() {
		t.Errorf("%d jobs began before the end and %d ended", at, ended.Load())
	}
	at := started.Load()
	callbacks.Wait()
	if now := started.Load(); now != at {
		t.Errorf("%d jobs began after the end", now-at)
	}
}
