package adb

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Lease is a port that leads to another one until its owner has enough of it:
// until Close, or until the context ends under which it was taken. It ends with
// the device's connection as well, which the server and adbd see to.
type Lease struct {
	// Local is on the side of the server, Remote on the device, both in adb's
	// words: "tcp:6100", "localabstract:name". The one that was "tcp:0" has the
	// port that was chosen.
	Local, Remote string
	// Reversed leads from the device to the server's side.
	Reversed bool

	client      *Client
	transportID int64
	serial      string
	ended       chan struct{}
	closing     sync.Once
	err         error
}

// Forward makes a port on the side of the server that leads to one on the
// device. A port that is taken stays its owner's.
func (c *Client) Forward(ctx context.Context, transportID int64, local, remote string) (*Lease, error) {
	return c.lease(ctx, "forwarding a port", &Lease{Local: local, Remote: remote, transportID: transportID})
}

// Reverse makes a port on the device that leads to one on the side of the
// server.
func (c *Client) Reverse(ctx context.Context, transportID int64, remote, local string) (*Lease, error) {
	return c.lease(ctx, "reversing a port", &Lease{Local: local, Remote: remote, Reversed: true, transportID: transportID})
}

func (c *Client) lease(ctx context.Context, op string, l *Lease) (*Lease, error) {
	for _, addr := range []string{l.Local, l.Remote} {
		if !isAddress(addr) {
			return nil, invalid(op, "Give tcp:PORT or localabstract:NAME", "%q is no address", addr)
		}
	}
	d, err := c.listed(ctx, op, l.transportID)
	if err != nil {
		return nil, err
	}
	l.client, l.serial, l.ended = c, d.Serial, make(chan struct{})
	before := l.entry()
	if c.Ledger != nil { // what is written down first is found again, whenever this process dies
		if err := c.Ledger.add(before); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
	}
	if err = l.open(ctx, op); err != nil {
		l.undo()
		if c.Ledger != nil {
			_ = c.Ledger.remove(before)
		}
		return nil, err
	}
	if after := l.entry(); c.Ledger != nil && after != before {
		if err := c.Ledger.replace(before, after); err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("%s: %w", op, err)
		}
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	return l, nil
}

// open asks for the lease, and learns the port where it was not named.
func (l *Lease) open(ctx context.Context, op string) error {
	if l.Reversed {
		return l.openReverse(ctx, op)
	}
	conn, err := l.client.open(ctx, op, fmt.Sprintf("host-transport-id:%d:forward:norebind:%s;%s", l.transportID, l.Local, l.Remote))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = l.client.bounded(ctx, conn, func(conn net.Conn) error {
		if err := readStatus(conn); err != nil { // the second one: the first was that of the request
			return err
		}
		if l.Local != "tcp:0" {
			return nil
		}
		port, err := readBlock(conn)
		if err != nil {
			return err
		}
		if n, err := strconv.ParseUint(string(port), 10, 16); err != nil || n == 0 {
			return malformed(fmt.Sprintf("port %q", cut(string(port), 16)))
		}
		l.Local = "tcp:" + string(port)
		return nil
	})
	if err != nil {
		return l.client.explain(op, err)
	}
	return nil
}

// undo ends what may have begun although its answer never came.
func (l *Lease) undo() {
	ctx, cancel := context.WithTimeout(context.Background(), min(l.client.OpenTimeout, cleanTime))
	defer cancel()
	_ = l.client.end(ctx, l.entry(), l.transportID)
}

// Close ends the lease; again, it waits until that is done. Where the port is
// another's by now, or the device is gone, there is nothing to end.
func (l *Lease) Close() error {
	l.closing.Do(func() {
		defer close(l.ended)
		ctx, cancel := context.WithTimeout(context.Background(), min(l.client.OpenTimeout, leaseTime))
		defer cancel()
		l.err = l.client.end(ctx, l.entry(), l.transportID)
		if l.client.Ledger != nil && l.err == nil {
			l.err = l.client.Ledger.remove(l.entry())
		}
	})
	<-l.ended
	return l.err
}

// leaseTime bounds the end of a lease.
const leaseTime = 5 * time.Second

// Done is closed when the lease has ended by Close or by its context.
func (l *Lease) Done() <-chan struct{} { return l.ended }

// end ends what an entry names, if it is there.
func (c *Client) end(ctx context.Context, e leased, transportID int64) error {
	const op = "ending a forward"
	there, err := c.holds(ctx, e, transportID)
	if err != nil || !there {
		if known, ok := asError(err); ok && (known.Code == wire.DeviceOffline || known.Code == wire.DeviceUnknown) {
			return nil // it went with the device
		}
		return err
	}
	var conn net.Conn
	if e.Reversed {
		conn, err = c.openDevice(ctx, op, transportID, "reverse:killforward:"+e.Remote)
	} else {
		conn, err = c.open(ctx, op, fmt.Sprintf("host-transport-id:%d:killforward:%s", transportID, e.Local))
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err = c.bounded(ctx, conn, func(conn net.Conn) error { return readStatus(conn) }); err != nil {
		return c.explain(op, err)
	}
	return nil
}

// holds says whether the server or the device has a port as the entry has it.
func (c *Client) holds(ctx context.Context, e leased, transportID int64) (bool, error) {
	if e.Reversed {
		list, err := c.Reverses(ctx, transportID)
		return slices.Contains(list, Forward{Local: e.Local, Remote: e.Remote}), err
	}
	list, err := c.Forwards(ctx)
	return slices.Contains(list, Forward{Serial: e.Serial, Local: e.Local, Remote: e.Remote}), err
}

// maxReverses bounds what a device lists, in bytes.
const maxReverses = 64 << 10

// Reverses lists the ports of a device that lead to the server's side. Serial
// is empty: the device has another word for that.
func (c *Client) Reverses(ctx context.Context, transportID int64) ([]Forward, error) {
	const op = "listing reverses"
	conn, err := c.openDevice(ctx, op, transportID, "reverse:list-forward")
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var text []byte
	_, err = c.bounded(ctx, conn, func(conn net.Conn) error {
		text, err = io.ReadAll(io.LimitReader(conn, maxReverses))
		return err
	})
	if err == nil {
		text, err = afterLength(text)
	}
	if err != nil {
		return nil, c.explain(op, err)
	}
	return parseReverses(string(text)), nil
}

// afterLength takes off the length, before which some adbd say OKAY once more.
func afterLength(text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("OKAY"))
	if bytes.HasPrefix(text, []byte("FAIL")) {
		return nil, refused(text[min(len(text), 8):])
	}
	if len(text) < 4 {
		return nil, malformed(fmt.Sprintf("list %q", text))
	}
	n, err := parseLength([4]byte(text))
	if err == nil && n != len(text)-4 {
		err = malformed(fmt.Sprintf("a list of %d bytes, it says %d", len(text)-4, n))
	}
	return text[4:], err
}

// parseReverses reads "WORD REMOTE LOCAL" lines and passes over others.
func parseReverses(text string) []Forward {
	var list []Forward
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 3 && isAddress(fields[1]) && isAddress(fields[2]) {
			list = append(list, Forward{Remote: fields[1], Local: fields[2]})
		}
	}
	return list
}

// isAddress says whether adb may mean this by an address.
func isAddress(addr string) bool {
	kind, name, _ := strings.Cut(addr, ":")
	switch kind {
	case "tcp":
		port, err := strconv.ParseUint(name, 10, 16)
		return err == nil && strconv.FormatUint(port, 10) == name
	case "local", "localabstract", "localreserved", "localfilesystem", "jdwp", "vsock":
		return name != "" && len(name) <= 1024 && !strings.ContainsAny(name, "; \t\r\n\x00")
	}
	return false
}
