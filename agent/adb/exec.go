package adb

import (
	"context"
	"net"
)

// ExecOut starts a command and gives what it prints, byte by byte as it is:
// stdout and stderr in one, no exit code, so that nobody can tell an end from
// a loss. It is what every adbd knows; where shell v2 is there Shell tells
// more. The context governs the opening only; Close ends the command.
func (c *Client) ExecOut(ctx context.Context, transportID int64, command string) (*Output, error) {
	conn, err := c.openDevice(ctx, "opening exec-out", transportID, "exec:"+command)
	if err != nil {
		return nil, err
	}
	return &Output{conn: conn, hurry: quickAck(conn)}, nil
}

// Output is an io.ReadCloser of a command's output. One goroutine reads; any
// may close.
type Output struct {
	conn  net.Conn
	hurry func()
}

// Read gives what is there; io.EOF is the end, of whatever kind.
func (o *Output) Read(p []byte) (int, error) {
	n, err := o.conn.Read(p)
	if o.hurry != nil && n > 0 && n < readSize/2 {
		o.hurry()
	}
	return n, err
}

// Close ends the stream, and with SIGHUP the command. It unblocks Read.
func (o *Output) Close() error { return o.conn.Close() }
