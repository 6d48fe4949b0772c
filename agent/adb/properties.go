package adb

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// maxProperties bounds what getprop may print; a device has some 60 KiB.
const maxProperties = 1 << 20

// Properties runs getprop on the device, within OpenTimeout.
func (c *Client) Properties(ctx context.Context, transportID int64) (map[string]string, error) {
	const op = "reading properties"
	ctx, cancel := context.WithTimeout(ctx, c.OpenTimeout)
	defer cancel()
	shell, err := c.Shell(ctx, transportID, "getprop")
	if err != nil {
		return nil, err
	}
	defer shell.Close()
	defer context.AfterFunc(ctx, func() { shell.conn.SetDeadline(time.Unix(1, 0)) })()

	var out bytes.Buffer
	exited := false
	for !exited {
		err := shell.Read(func(id Packet, data []byte) {
			switch id {
			case Stdout:
				out.Write(data[:min(len(data), maxProperties-out.Len())])
			case Exit:
				exited = true
			}
		})
		if err == io.EOF && !exited {
			return nil, &Error{Op: op, Code: wire.StreamLost, Message: "the stream ended without an exit packet", Hint: "The device may be rebooting"}
		}
		if err != nil && !exited {
			return nil, c.explain(op, err)
		}
	}
	return parseProperties(out.String()), nil
}

// parseProperties reads "[key]: [value]" lines; a value may span lines.
func parseProperties(listing string) map[string]string {
	properties := make(map[string]string)
	for listing != "" {
		entry := listing
		if end := strings.Index(listing, "]\n["); end >= 0 {
			entry, listing = listing[:end+1], listing[end+2:]
		} else {
			listing = ""
		}
		key, value, found := strings.Cut(strings.TrimRight(entry, "\r\n"), "]: [")
		if key, bracket := strings.CutPrefix(key, "["); found && bracket {
			properties[key] = strings.TrimSuffix(value, "]")
		}
	}
	return properties
}
