package adb

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// motion is how an operation shows that it goes on.
type motion struct {
	steps atomic.Int64 // grows with whatever passes
	// away is set while it is not the device that is waited for, but the one
	// who gives or takes the bytes.
	away atomic.Bool
}

// elsewhere does what does not depend on the device.
func (m *motion) elsewhere(do func()) {
	m.away.Store(true)
	do()
	m.steps.Add(1)
	m.away.Store(false)
}

// guard breaks off what goes on over conn when ctx ends, or when nothing has
// moved for so long. What was written may still be on its way in somebody's
// buffers: look, unless nil, then asks the device how far it is, and as long
// as that grows the operation lives. end ends the guard and says why it broke
// off, if it did.
func (m *motion) guard(ctx context.Context, conn net.Conn, within time.Duration, look func(context.Context) int64) (end func() error) {
	watching, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		err := m.watch(ctx, watching, within, look)
		if err != nil {
			conn.SetDeadline(time.Unix(1, 0))
		}
		ended <- err
	}()
	return func() error {
		cancel()
		return <-ended
	}
}

func (m *motion) watch(ctx, watching context.Context, within time.Duration, look func(context.Context) int64) error {
	tick := time.NewTicker(max(within/8, time.Millisecond))
	defer tick.Stop()
	since, steps, far := time.Now(), m.steps.Load(), int64(-1)
	for {
		select {
		case <-watching.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if now := m.steps.Load(); now != steps || m.away.Load() {
			since, steps = time.Now(), now
			continue
		}
		still := time.Since(since)
		if still >= within/2 && look != nil {
			looking, cancel := context.WithTimeout(watching, within/2)
			n := look(looking)
			cancel()
			if n > far {
				since, far = time.Now(), n
				continue
			}
			still = time.Since(since)
		}
		if still >= within && m.steps.Load() == steps {
			return &Error{
				Op: "transferring", Code: wire.Stalled, Message: fmt.Sprintf("nothing moved for %v", within),
				Hint: "The device may be frozen or its cable loose: look at it, reboot it",
			}
		}
	}
}
