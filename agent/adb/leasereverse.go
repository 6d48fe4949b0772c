package adb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"

	"github.com/farbench/farbench/agent/wire"
)

// A server of the platform tools 29 and newer ends itself ("disallowed connect")
// when a device opens a connection that no reverse of its notes leads to, and
// with it goes all that the bench does. It takes its notes from what it passes
// on: by the device's port as it was asked for, and none where there is one
// already and norebind is asked. So
//   - tcp:0 is never asked for: the second one of a device would not be noted.
//     The port is chosen here;
//   - a note behind which the device has no port, since adbd has restarted, is
//     taken away first.

// Ports that a device chooses itself for what it opens begin at 32768.
const (
	lowestReverse  = 20_000
	highestReverse = 32_000
	// reverseTries bounds the search for a port that is free on the device.
	reverseTries = 8
)

// openReverse asks the device for its port of the lease.
func (l *Lease) openReverse(ctx context.Context, op string) error {
	list, err := l.client.Reverses(ctx, l.transportID)
	if err != nil {
		return err
	}
	held := func(port string) bool {
		return slices.ContainsFunc(list, func(f Forward) bool { return f.Remote == port })
	}
	if l.Remote != "tcp:0" {
		return l.askReverse(ctx, op, held(l.Remote))
	}
	for range reverseTries {
		l.Remote = fmt.Sprintf("tcp:%d", lowestReverse+rand.IntN(highestReverse-lowestReverse))
		if held(l.Remote) {
			continue
		}
		err = l.askReverse(ctx, op, false)
		if known, ok := asError(err); !ok || known.Code != wire.Conflict {
			return err
		}
	}
	return &Error{
		Op: op, Code: wire.Conflict, Message: fmt.Sprintf("%d ports of the device were in use", reverseTries),
		Hint: "Name a port that is free on the device", Err: err,
	}
}

// askReverse asks for one port; held says that the device has it already, for
// which it will refuse.
func (l *Lease) askReverse(ctx context.Context, op string, held bool) error {
	if !held {
		// The device says that it has no such port. The server has heard it.
		if err := l.reverseService(ctx, op, "killforward:"+l.Remote); err != nil && ctx.Err() != nil {
			return err
		}
	}
	return l.reverseService(ctx, op, "forward:norebind:"+l.Remote+";"+l.Local)
}

// reverseService asks the device's adbd about its ports: the first status is
// that of the stream, the second its answer.
func (l *Lease) reverseService(ctx context.Context, op, request string) error {
	conn, err := l.client.openDevice(ctx, op, l.transportID, "reverse:"+request)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err = l.client.bounded(ctx, conn, func(conn net.Conn) error { return readStatus(conn) }); err != nil {
		return l.client.explain(op, err)
	}
	return nil
}
