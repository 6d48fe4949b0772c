package adb

import (
	"context"
	"time"
)

// WaitBooted waits until a device that was told to reboot has booted: it is
// listed as ready, says so, and its boot is another one than before. Where the
// boot before is not known, it has to come under another transport than was. A
// device that the server reaches at an address is connected again. It waits as
// long as ctx lasts.
func (c *Client) WaitBooted(ctx context.Context, was Device, before Boot) (Device, Boot, error) {
	reach := reaching{client: c, device: was, tried: time.Now()}
	var boot Boot
	d, err := c.until(ctx, func(devices []Device) (Device, bool) {
		d, ready := reach.find(ctx, devices)
		if !ready || before.ID == "" && !reach.left {
			return d, false
		}
		var err error
		if boot, err = c.Boot(ctx, d.TransportID); err != nil { // it may be on its way down, or up
			return d, false
		}
		return d, boot.Completed && (before.ID == "" || boot.ID != "" && boot.ID != before.ID)
	})
	return d, boot, err
}
