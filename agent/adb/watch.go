package adb

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"
)

// Watch tells of every change of the server's list, for ever: it returns when
// ctx ends. changed is called with each new list, and with the error each time
// that the server cannot be asked or its tracker ended, as it does when the
// server is killed; never twice at once.
//
// There is one source of truth, the long list. What may change it (a word of
// the server's tracker, a shell that was lost) and the clock only say when to
// ask: so an older list never replaces a newer one.
func (c *Client) Watch(ctx context.Context, changed func([]Device, error)) error {
	var keeping sync.WaitGroup
	defer keeping.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	keeping.Go(func() { c.keepSpares(ctx) })
	w := watch{client: c, changed: changed}
	for failed := 0; ; failed++ {
		listed, err := w.connected(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if listed {
			failed = 0 // the server was there: look again soon
		}
		if _, babble := errors.AsType[malformed](err); !listed || !babble { // a list can be had
			w.known = false
			changed(nil, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryAfter(failed)):
		}
	}
}

// retryAfter doubles from 100 ms to 5 s and takes off up to half, so that the
// benches of a lab do not ask in step.
func retryAfter(failed int) time.Duration {
	d := min(100*time.Millisecond<<min(failed, 10), 5*time.Second)
	return d - rand.N(d/2)
}

type watch struct {
	client  *Client
	changed func([]Device, error)
	last    []Device
	known   bool // last was told and still holds
}

// connected watches while one tracker lasts. listed says whether the server
// gave its list at least once.
func (w *watch) connected(ctx context.Context) (listed bool, err error) {
	const op = "watching devices"
	// The short tracker is as old as adb and speaks on the same occasions as
	// the long one; what it says is not looked at.
	tracker, err := w.client.open(ctx, op, "host:track-devices")
	if err != nil {
		return false, err
	}
	hints := make(chan struct{}, 1) // full: a look is due anyway
	ended := make(chan error, 1)
	go func() { ended <- readHints(tracker, hints) }()
	defer func() {
		tracker.Close()
		if ended != nil {
			<-ended
		}
	}()

	poll := time.NewTicker(w.client.PollEvery)
	defer poll.Stop()
	for {
		devices, err := w.client.Devices(ctx)
		if err != nil {
			return listed, err
		}
		listed = true
		w.tell(devices)
		select {
		case <-ctx.Done():
			return listed, ctx.Err()
		case err := <-ended:
			ended = nil
			return listed, w.client.explain(op, err)
		case <-hints:
		case <-w.client.lost:
		case <-poll.C:
		}
	}
}

func (w *watch) tell(devices []Device) {
	if w.known && slices.Equal(devices, w.last) {
		return
	}
	w.last, w.known = devices, true
	w.client.spares.drop(func(id int64, _ time.Time) bool {
		return slices.ContainsFunc(devices, func(d Device) bool { return d.TransportID == id })
	})
	w.changed(slices.Clone(devices), nil)
}

// readHints reads the tracker until it ends.
func readHints(tracker net.Conn, hints chan<- struct{}) error {
	for {
		if _, err := readBlock(tracker); err != nil {
			return err
		}
		select {
		case hints <- struct{}{}:
		default:
		}
	}
}
