package adb

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// ran is what a short script printed, and how it ended.
type ran struct {
	out, err string
	exit     byte
}

// script runs a few lines of shell on the device to their end, which has to
// come within the time given. Of either output limit bytes are kept.
func (c *Client) script(ctx context.Context, op string, transportID int64, text string, within time.Duration, limit int) (r ran, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	shell, err := c.Shell(ctx, transportID, text)
	if err != nil {
		return r, err
	}
	defer shell.Close()
	shell.lost = c.look
	defer context.AfterFunc(ctx, func() { shell.conn.SetDeadline(time.Unix(1, 0)) })()

	var out, errs bytes.Buffer
	for exited := false; !exited; {
		err := shell.Read(func(id Packet, data []byte) {
			switch id {
			case Stdout:
				out.Write(data[:min(len(data), limit-out.Len())])
			case Stderr:
				errs.Write(data[:min(len(data), limit-errs.Len())])
			case Exit:
				r.exit, exited = data[0], true
			}
		})
		if err == io.EOF && !exited {
			return r, &Error{Op: op, Code: wire.StreamLost, Message: "the stream ended without an exit packet", Hint: "The device may be rebooting"}
		}
		if err != nil && !exited {
			return r, c.explain(op, err)
		}
	}
	r.out, r.err = out.String(), errs.String()
	return r, nil
}

// quoted is s as one word of a device's shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
