package adb

import (
	"context"
	"strings"
)

// maxProperties bounds what getprop may print; a device has some 60 KiB.
const maxProperties = 1 << 20

// Properties runs getprop on the device, within OpenTimeout.
func (c *Client) Properties(ctx context.Context, transportID int64) (map[string]string, error) {
	r, err := c.script(ctx, "reading properties", transportID, "getprop", c.OpenTimeout, maxProperties)
	if err != nil {
		return nil, err
	}
	return parseProperties(r.out), nil
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
