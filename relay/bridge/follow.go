package bridge

import (
	"context"
	"time"
)

// Follow lets read follow the store until ctx ends. Read is begun anew, once the
// last has ended, with each connection to the broker (what was missed in between
// must be read again), whenever again says so (nil: never), and a second after
// it failed, which failed is told of.
func (b *Bridge) Follow(ctx context.Context, again <-chan struct{}, read func(context.Context) error, failed func(error)) error {
	for {
		_, changed := b.Epoch()
		reading, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- read(reading) }()
		select {
		case <-ctx.Done():
		case <-changed:
		case <-again:
		case err := <-ended:
			ended <- err
			failed(err)
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
		stop()
		<-ended
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
