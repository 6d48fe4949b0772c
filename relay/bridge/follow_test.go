package bridge

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestFollow_ReadsAnewAndOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Config{})
		ctx, cancel := context.WithCancel(t.Context())
		again := make(chan struct{})
		var began, reading, failures atomic.Int64
		read := func(ctx context.Context) error {
			if began.Add(1) == 2 {
				return errors.New("the store is away")
			}
			if reading.Add(1) > 1 {
				t.Error("two read at once")
			}
			<-ctx.Done()
			time.Sleep(time.Minute) // it ends when it can
			reading.Add(-1)
			return ctx.Err()
		}
		ended := make(chan error)
		go func() { ended <- b.Follow(ctx, again, read, func(error) { failures.Add(1) }) }()
		synctest.Wait()
		again <- struct{}{}
		time.Sleep(time.Minute)
		synctest.Wait()
		if began.Load() != 2 || failures.Load() != 1 {
			t.Errorf("it began %d times and failed %d", began.Load(), failures.Load())
		}
		time.Sleep(time.Second)
		synctest.Wait()
		b.mu.Lock() // as a new connection does
		close(b.changed)
		b.changed = make(chan struct{})
		b.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if began.Load() != 4 || failures.Load() != 1 {
			t.Errorf("it began %d times and failed %d", began.Load(), failures.Load())
		}
		cancel()
		if err := <-ended; err != context.Canceled || reading.Load() != 0 {
			t.Errorf("%v, and %d read", err, reading.Load())
		}
	})
}
