package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Beat asks a device for a sign of life, within OpenTimeout: a frozen adbd is
// still listed as ready, and what is opened on it is never answered. It goes
// through the oldest shell there is, which every device has, and takes no
// spare from who works. Silent says whether an error means that the device did
// not answer; any other is the server's, or the device's word that it lives.
func (c *Client) Beat(ctx context.Context, transportID int64) error {
	const op = "asking for a sign of life"
	until := time.Now().Add(c.OpenTimeout)
	conn, err := c.open(ctx, op, selectTransport(transportID), "shell:echo alive")
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	conn.SetReadDeadline(until)
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", op, ctx.Err())
		}
		return c.explain(op, err)
	}
	return nil
}

// Silent says whether an error is a device's silence: it was asked, and nothing
// came within the time. A deadline of the caller's own context looks the same.
func Silent(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// Reconnect makes the server drop a device's connection and build it anew, as
// `adb reconnect` does: the remedy for one on USB that is stuck offline. It gets
// another transport id. One over TCP is forgotten by it (seen with version 41):
// Connect is its remedy.
func (c *Client) Reconnect(ctx context.Context, transportID int64) error {
	const op = "reconnecting a device"
	answer, err := c.ask(ctx, op, fmt.Sprintf("host-transport-id:%d:reconnect", transportID))
	if err != nil {
		return err
	}
	if text := strings.TrimSpace(string(answer)); !strings.HasPrefix(text, "reconnecting") && text != "done" {
		return &Error{Op: op, Code: wire.OpenFailed, Message: "the adb server says: " + cut(strings.ToValidUTF8(text, "\uFFFD"), 512), Hint: "Replug the device"}
	}
	return nil
}
