package adb

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Features are what a device's adbd offers, in adb's own words: "shell_v2",
// "stat_v2". An old one offers none.
type Features []string

// Has says whether a feature is offered.
func (f Features) Has(name string) bool { return slices.Contains(f, name) }

// Features asks what a device offers.
func (c *Client) Features(ctx context.Context, transportID int64) (Features, error) {
	list, err := c.ask(ctx, "asking what the device offers", fmt.Sprintf("host-transport-id:%d:features", transportID))
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(list), func(r rune) bool { return r == ',' }), nil
}
