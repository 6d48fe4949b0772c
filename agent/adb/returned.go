package adb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

const (
	// lookEvery is how often the list is asked for while a device is waited for.
	lookEvery = 100 * time.Millisecond
	// reachEvery is how often a TCP device that is away is connected again: the
	// server itself tries every ten seconds, and only for a minute.
	reachEvery = time.Second
)

// overTCP says whether the server reaches the device at an address.
func (d Device) overTCP() bool {
	_, port, err := net.SplitHostPort(d.Serial)
	return err == nil && port != "" && d.DevPath == ""
}

// same says whether two entries of a list are one device: where serials repeat
// the place tells them apart, and a TCP device has no place.
func (d Device) same(other Device) bool {
	return d.Serial == other.Serial && d.DevPath == other.DevPath
}

// listed is the device that the server knows by this transport.
func (c *Client) listed(ctx context.Context, op string, transportID int64) (Device, error) {
	devices, err := c.Devices(ctx)
	if err != nil {
		return Device{}, err
	}
	for _, d := range devices {
		if d.TransportID == transportID {
			return d, nil
		}
	}
	return Device{}, &Error{
		Op: op, Code: wire.DeviceOffline, Message: "the device is no longer connected", Hint: "It may be rebooting: wait until it is listed again",
	}
}

// returned waits until services open again on a device whose adbd has hung up.
// Its transport says nothing: for a time the server still lists the old one as
// ready, and a TCP device may keep its number.
func (c *Client) returned(ctx context.Context, was Device) (Device, error) {
	reach := reaching{client: c, device: was, tried: time.Now()}
	return c.until(ctx, func(devices []Device) (Device, bool) {
		d, ready := reach.find(ctx, devices)
		if !ready {
			return d, false
		}
		conn, err := c.openDevice(ctx, "looking for the device", d.TransportID, "sync:")
		if err != nil {
			return d, false
		}
		conn.Close()
		return d, true
	})
}

// reaching is a device that is waited for. One that the server reaches at an
// address is connected again while it is away.
type reaching struct {
	client *Client
	device Device
	tried  time.Time
	left   bool // it was not ready once, or is another transport
}

// find finds the device in a list, and says whether it is ready.
func (r *reaching) find(ctx context.Context, devices []Device) (Device, bool) {
	there := Device{}
	for _, d := range devices {
		if d.same(r.device) {
			there = d
		}
		if d.same(r.device) && d.State == string(wire.DeviceReady) {
			r.left = r.left || d.TransportID != r.device.TransportID
			return d, true
		}
	}
	r.left = true
	if r.device.overTCP() && (there.State == "" || there.State == "offline") && time.Since(r.tried) > reachEvery {
		_ = r.client.Disconnect(ctx, r.device.Serial) // it calls an offline one "already connected"
		_ = r.client.Connect(ctx, r.device.Serial)    // fails while it boots
		r.tried = time.Now()
	}
	return there, false
}

// until asks for the list until it is as wanted, or ctx ends. A server that
// cannot be asked may be restarting: it is asked again.
func (c *Client) until(ctx context.Context, wanted func([]Device) (Device, bool)) (Device, error) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		devices, err := c.Devices(ctx)
		if err == nil {
			if d, ok := wanted(devices); ok {
				return d, nil
			}
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return Device{}, waited(ctx)
		}
	}
}

// waited is why a wait ended before what it was for.
func waited(ctx context.Context) error {
	if known, ok := errors.AsType[*Error](context.Cause(ctx)); ok {
		return known
	}
	return fmt.Errorf("waiting for the device: %w", ctx.Err())
}
