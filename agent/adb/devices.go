package adb

import (
	"context"
	"strconv"
	"strings"
)

// Device is one line of the server's long list. State is adb's own word and
// may hold spaces ("no permissions (…)"). TransportID changes on each new
// connection of the device; Serial need not be unique, DevPath is where it is
// plugged in ("usb:1-4", empty for TCP).
type Device struct {
	Serial, DevPath, State string
	Product, Model, Name   string
	TransportID            int64
}

// Devices asks the server for its list.
func (c *Client) Devices(ctx context.Context) ([]Device, error) {
	list, err := c.ask(ctx, "listing devices", "host:devices-l")
	if err != nil {
		return nil, err
	}
	return parseDevices(string(list)), nil
}

// parseDevices reads the long list; it passes over lines that are none.
func parseDevices(list string) []Device {
	var devices []Device
	for line := range strings.Lines(list) {
		if d, ok := parseDevice(strings.TrimRight(line, "\r\n")); ok {
			devices = append(devices, d)
		}
	}
	return devices
}

// noSerial is what the server writes for a device without one.
const noSerial = "(no serial number)"

// parseDevice reads "serial state[ devpath][ product:x model:x device:x]
// transport_id:n" from its end, because the state may hold spaces.
func parseDevice(line string) (d Device, ok bool) {
	rest, id, found := cutLast(line, " transport_id:")
	if !found {
		return d, false
	}
	var err error
	if d.TransportID, err = strconv.ParseInt(id, 10, 64); err != nil {
		return d, false
	}
	for _, attribute := range []struct {
		mark string
		to   *string
	}{{" device:", &d.Name}, {" model:", &d.Model}, {" product:", &d.Product}} {
		if before, value, found := cutLast(rest, attribute.mark); found {
			rest, *attribute.to = before, value
		}
	}
	if after, found := strings.CutPrefix(rest, noSerial); found {
		d.Serial, rest = noSerial, after
	} else if d.Serial, rest, found = strings.Cut(rest, " "); !found {
		return d, false
	}
	d.State, d.DevPath = splitState(strings.TrimSpace(rest))
	return d, d.Serial != "" && d.State != ""
}

// splitState parts a state from the devpath behind it. All states are one word
// but "no permissions", whose text ends in ']' where the devpath follows.
func splitState(s string) (state, devpath string) {
	if strings.HasPrefix(s, "no permissions") {
		if i := strings.LastIndexByte(s, ']'); i >= 0 {
			return s[:i+1], strings.TrimSpace(s[i+1:])
		}
		if before, path, found := cutLast(s, " usb:"); found {
			return before, "usb:" + path
		}
		return s, ""
	}
	state, devpath, _ = strings.Cut(s, " ")
	return state, strings.TrimSpace(devpath)
}

func cutLast(s, mark string) (before, after string, found bool) {
	if i := strings.LastIndex(s, mark); i >= 0 {
		return s[:i], s[i+len(mark):], true
	}
	return s, "", false
}
