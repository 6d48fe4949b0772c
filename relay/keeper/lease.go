package keeper

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

const leaseKey = "keeper"

// lease is held by one relay at a time. It ends by itself in the broker
// wire.LeaseFor after its last renewal; this side stops trusting it earlier.
type lease struct {
	mu    sync.Mutex // guards until
	until time.Time
}

func (l *lease) held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Before(l.until)
}

func (l *lease) set(until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = until
}

// keep takes the lease when it is free, renews it, and gives it back when ctx
// ends.
func (l *lease) keep(ctx context.Context, b *bridge.Bridge, log *slog.Logger) {
	const every = wire.LeaseFor / 5
	tick := time.NewTicker(every)
	defer tick.Stop()
	var rev uint64
	for {
		asked := time.Now()
		var err error
		if rev, err = renew(ctx, b, rev); err == nil {
			if !l.held() {
				log.Info("this relay keeps the history")
			}
			l.set(asked.Add(wire.LeaseFor / 2))
		} else {
			rev = 0
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			l.set(time.Time{})
			if rev != 0 {
				back, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
				defer cancel()
				_ = b.Leases().Delete(back, leaseKey, jetstream.LastRevision(rev)) // else it ends by itself
			}
			return
		}
	}
}

func renew(ctx context.Context, b *bridge.Bridge, rev uint64) (uint64, error) {
	if err := b.Ready(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, wire.LeaseFor/5)
	defer cancel()
	if rev == 0 {
		return b.Leases().Create(ctx, leaseKey, []byte(b.Relay()))
	}
	return b.Leases().Update(ctx, leaseKey, []byte(b.Relay()), rev)
}
