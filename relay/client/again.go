package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// MayHelp says whether asking again may bring another answer: the relay could
// not be reached, or asked for it.
func MayHelp(err error) bool {
	var fault *wire.Fault
	var away *Unreachable
	switch {
	case errors.As(err, &fault):
		return fault.Retry
	case errors.As(err, &away):
		return !errors.Is(err, context.Canceled)
	}
	return false
}

// failedToDial says whether a request surely never left: nobody listened.
func failedToDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// pause waits before the next try, longer each time and never the same, so that
// many clients of a relay that comes back do not arrive at once.
func pause(ctx context.Context, try int) error {
	most := min(250*time.Millisecond<<min(try, 5), 5*time.Second)
	select {
	case <-time.After(most/4 + rand.N(most)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
