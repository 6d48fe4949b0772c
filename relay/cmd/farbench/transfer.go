package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/farbench/farbench/agent/heap"
	"github.com/farbench/farbench/agent/session"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/client"
)

// transfer is files on their way between this PC and a device.
type transfer struct {
	relay *client.Client
	bulk  *client.Bulk
	show  *showing
}

// refusedError is a transfer that never began.
type refusedError struct{ err error }

func (r *refusedError) Error() string { return r.err.Error() }
func (r *refusedError) Unwrap() error { return r.err }

// transferring connects, does the transfers and says how they ended. An
// interrupt ends them at once; the bench takes away what is half done.
func transferring(around *surroundings, isJSON bool, waitingFor string, do func(context.Context, *transfer) error) error {
	ctx, stop := signal.NotifyContext(around.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	waiting := spin(around.err, waitingFor)
	defer waiting.stop()
	defer heap.Give(heap.Usual)()
	show := &showing{around: around, isJSON: isJSON, before: waiting.stop}
	defer show.clear()
	relay, err := around.relay(client.Config{})
	var bulk *client.Bulk
	if err == nil {
		bulk, err = relay.Bulk(ctx)
	}
	if err != nil {
		return show.failed(ctx, &refusedError{err})
	}
	defer bulk.Close()
	return show.failed(ctx, do(ctx, &transfer{relay, bulk, show}))
}

// open ends a session when ctx ends; the function it returns, when it is done.
func (t *transfer) open(ctx context.Context, stream *session.Stream) (done func() bool) {
	return context.AfterFunc(ctx, func() {
		stream.Close(wire.SessionEnd{Fault: &wire.Fault{Code: wire.Cancelling, Message: "cancelled"}})
	})
}

// ended says how one transfer ended. moved is what is known of it here, where
// that is more.
func (t *transfer) ended(end wire.SessionEnd, moved *wire.Moved) error {
	if moved == nil {
		moved = end.Moved
	}
	if moved != nil {
		for _, s := range moved.Skipped {
			t.show.skipped(s.Path, s.Reason)
		}
	}
	if end.Fault != nil {
		return end.Fault
	}
	if moved == nil {
		moved = &wire.Moved{}
	}
	return t.show.end(moved)
}

// failed says what went wrong, and chooses the exit code: refused is what never
// began, lost what was cut, and 1 what the device or this PC said no to.
func (s *showing) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	s.clear()
	speak(err, "")
	var fault *wire.Fault
	var refused *refusedError
	var wrong *usageError
	if errors.As(err, &wrong) {
		return err
	}
	if ctx.Err() != nil {
		fmt.Fprintln(s.around.err, "farbench: cancelled")
		return exit(exitCancelled)
	}
	exitWith := 1
	switch known := errors.As(err, &fault); {
	case errors.As(err, &refused):
		exitWith = exitRefused
	case known && isPlace(fault.Code):
		exitWith = exitRefused
	case known && isLost(fault.Code):
		exitWith = exitLost
	}
	if s.isJSON {
		if fault == nil {
			fault = &wire.Fault{Code: wire.Unavailable, Message: err.Error(), Hint: hintOf(err)}
		}
		if err := printJSON(s.around.out, event{Event: "end", Fault: fault}); err != nil {
			return err
		}
	}
	code(err, s.around.err)
	return exit(exitWith)
}

// isPlace says whether a fault is about where to, so that nothing began.
func isPlace(code wire.Code) bool {
	switch code {
	case wire.BenchUnknown, wire.DeviceUnknown, wire.BenchOffline, wire.DeviceUnauthorized:
		return true
	}
	return false
}

// isLost says whether a fault is a link or device that went away in the middle.
func isLost(code wire.Code) bool {
	switch code {
	case wire.LinkLost, wire.StreamLost, wire.AgentStopped, wire.DeviceOffline, wire.Stalled, wire.BadFrame:
		return true
	}
	return false
}
