package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// maxRequest is the longest request that four hex digits can announce.
const maxRequest = 1<<16 - 1

// open connects and sends the requests one after another, each answered by
// OKAY, within OpenTimeout. What follows on the connection belongs to the
// caller, with no deadline set. The context governs the opening only.
func (c *Client) open(ctx context.Context, op string, requests ...string) (net.Conn, error) {
	return c.openOn(ctx, op, nil, requests...)
}

// openOn is open on a connection that is there already, if it is not nil. It
// belongs to openOn: an error closes it.
func (c *Client) openOn(ctx context.Context, op string, conn net.Conn, requests ...string) (net.Conn, error) {
	for _, r := range requests {
		if len(r) > maxRequest {
			if conn != nil {
				conn.Close()
			}
			return nil, &Error{
				Op: op, Code: wire.TooLarge, Message: fmt.Sprintf("a request of %d bytes, the adb server takes %d", len(r), maxRequest),
				Hint: "Send it as a script through stdin",
			}
		}
	}
	conn, err := c.bounded(ctx, conn, func(conn net.Conn) error {
		for _, r := range requests {
			// One write a request: the server reads length and text apart, and
			// Nagle would hold back the second of two small writes.
			if _, err := fmt.Fprintf(conn, "%04x%s", len(r), r); err != nil {
				return fmt.Errorf("sending: %w", err)
			}
			if err := readStatus(conn); err != nil {
				return answering(op, r, err)
			}
		}
		return nil
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w", op, ctx.Err())
		}
		return nil, c.explain(op, err)
	}
	return conn, nil
}

// openDevice opens a service of a device, on its spare connection where there
// is one. From there on it is like any other: once the service may have begun,
// nothing is tried twice.
func (c *Client) openDevice(ctx context.Context, op string, transportID int64, service string) (net.Conn, error) {
	requests := []string{selectTransport(transportID), service}
	conn := c.spares.take(transportID)
	if conn != nil {
		requests = requests[1:]
	}
	conn, err := c.openOn(ctx, op, conn, requests...)
	if err == nil {
		c.spares.want(transportID)
	}
	return conn, err
}

// answering is what an answer ran into: where a service of the device was asked
// for, it may have begun by then, unless the server itself says no.
func answering(op, request string, err error) error {
	if strings.HasPrefix(request, "host:") || errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if _, no := errors.AsType[refused](err); no {
		return err
	}
	if _, bad := errors.AsType[malformed](err); bad {
		return err
	}
	return &Error{
		Op: op, Code: wire.OpenFailed, Message: "the adb server hung up before it said whether it began",
		Hint: "Look at the device before you try again", Err: err,
	}
}

// ask sends one request and reads its answer, a block behind OKAY.
func (c *Client) ask(ctx context.Context, op, request string) (answer []byte, err error) {
	conn, err := c.bounded(ctx, nil, func(conn net.Conn) error {
		if _, err := fmt.Fprintf(conn, "%04x%s", len(request), request); err != nil {
			return fmt.Errorf("sending: %w", err)
		}
		if err := readStatus(conn); err != nil {
			return err
		}
		answer, err = readBlock(conn)
		return err
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w", op, ctx.Err())
		}
		return nil, c.explain(op, err)
	}
	conn.Close()
	return answer, nil
}

// bounded dials, unless it is given a connection, and does what is to be done
// on it, all of it within OpenTimeout and while ctx lasts.
func (c *Client) bounded(ctx context.Context, conn net.Conn, do func(net.Conn) error) (net.Conn, error) {
	until := time.Now().Add(c.OpenTimeout)
	if conn == nil {
		dialer := net.Dialer{Deadline: until}
		var err error
		if conn, err = dialer.DialContext(ctx, "tcp", c.addr); err != nil {
			return nil, err
		}
	}
	conn.SetDeadline(until)
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	acknowledgeAtOnce(conn)
	err := do(conn)
	if !stop() && err == nil {
		err = ctx.Err() // cancelled as it finished: its deadline may be set still
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	conn.SetDeadline(time.Time{})
	return conn, nil
}

// readStatus reads OKAY, or FAIL with its reason. The server may send OKAY and
// what follows it in one segment or in several: nothing is read ahead.
func readStatus(r io.Reader) error {
	var status [4]byte
	if _, err := io.ReadFull(r, status[:]); err != nil {
		return err
	}
	switch string(status[:]) {
	case "OKAY":
		return nil
	case "FAIL":
		reason, err := readBlock(r)
		if err != nil {
			return fmt.Errorf("reading why it failed: %w", err)
		}
		return refused(reason) // empty reasons occur
	}
	return malformed(fmt.Sprintf("status %q", status[:]))
}

// readBlock reads four hex digits of length and as many bytes.
func readBlock(r io.Reader) ([]byte, error) {
	var digits [4]byte
	if _, err := io.ReadFull(r, digits[:]); err != nil {
		return nil, err
	}
	length, err := parseLength(digits)
	if err != nil {
		return nil, err
	}
	block := make([]byte, length)
	if _, err := io.ReadFull(r, block); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return block, nil
}

// parseLength takes hex digits alone: no sign, no space, no underscore.
func parseLength(digits [4]byte) (int, error) {
	n := 0
	for _, d := range digits {
		switch {
		case d >= '0' && d <= '9':
			d -= '0'
		case d >= 'a' && d <= 'f':
			d -= 'a' - 10
		case d >= 'A' && d <= 'F':
			d -= 'A' - 10
		default:
			return 0, malformed(fmt.Sprintf("length %q", digits[:]))
		}
		n = n<<4 | int(d)
	}
	return n, nil
}
