package bridge

import (
	"context"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// brokerClock is what the broker's clock said at a moment of this process's
// steady clock. No wall clock of a relay goes into it.
type brokerClock struct {
	said time.Time
	at   time.Time // with its monotonic reading
}

// Now is the broker's clock, the same for all relays but for the time that an
// answer takes; zero before Await has returned. It is read again every few
// seconds, so a relay whose machine slept is soon right.
func (b *Bridge) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.clock.said.IsZero() {
		return time.Time{}
	}
	return b.clock.said.Add(time.Since(b.clock.at)).UTC()
}

// readClock asks the broker for its clock. The answer counts from when it was
// asked, so Now may be ahead by the way there and back, and a reading that took
// long is not kept over one that did not.
func (b *Bridge) readClock(ctx context.Context) error {
	asked := time.Now()
	stream, err := b.js.Stream(ctx, "KV_"+wire.BucketReservations)
	if err != nil {
		return fmt.Errorf("asking the broker for its clock: %w", err)
	}
	took := time.Since(asked)
	said := stream.CachedInfo().TimeStamp
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.clock.said.IsZero() || took < 100*time.Millisecond || time.Since(b.clock.at) > time.Minute {
		b.clock = brokerClock{said: said.Round(0), at: asked.Add(took / 2)}
	}
	return nil
}
