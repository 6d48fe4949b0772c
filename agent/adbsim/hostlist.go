package adbsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A selector says which device a request means.
type selector struct {
	serial string // or devpath, or "product:…", "model:…", "device:…"
	id     int64
}

var anyDevice = selector{}

func bySerial(serial string) selector { return selector{serial: serial} }

func byID(text string) selector {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		id = -1
	}
	return selector{id: id}
}

func (s selector) fits(d listed) bool {
	switch {
	case s.id != 0:
		return d.TransportID == s.id
	case s.serial == "":
		return true
	}
	return s.serial == d.Serial || s.serial == d.DevPath || s.serial == "product:"+d.model.product ||
		s.serial == "model:"+underscored(d.model.name) || s.serial == "device:"+d.model.device
}

// find gives the one device that fits and can be used, or adb's own words why
// there is none.
func (b *Bench) find(which selector) (listed, error) {
	d, err := b.findAny(which)
	if err == nil && d.State != StateDevice && d.State != StateRecovery && d.State != StateSideload {
		err = stateError(d.State)
	}
	return d, err
}

func (b *Bench) findAny(which selector) (listed, error) {
	var found []listed
	for _, d := range b.list() {
		if which.fits(d) {
			found = append(found, d)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1 && which.serial != "":
		return listed{}, fmt.Errorf("more than one device with serial %s", which.serial)
	case len(found) > 1:
		return listed{}, errors.New("more than one device/emulator")
	case which.id != 0:
		return listed{}, fmt.Errorf("no device with transport id '%d'", which.id)
	case which.serial != "":
		return listed{}, fmt.Errorf("device '%s' not found", which.serial)
	}
	return listed{}, errors.New("no devices/emulators found")
}

// refusal is an answer of adb's, to the letter.
type refusal string

func (r refusal) Error() string { return string(r) }

const unauthorized refusal = "device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\n" +
	"Try 'adb kill-server' if that seems wrong.\n" +
	"Otherwise check for a confirmation dialog on your device."

// stateError is what adb says instead of opening anything.
func stateError(state string) error {
	switch state {
	case "":
		return errors.New("device not found")
	case StateUnauthorized:
		return unauthorized
	case StateNoPermissions:
		return errors.New("insufficient permissions for device: user in plugdev group; are your udev rules wrong?\n" +
			"See [http://developer.android.com/tools/device.html] for more information")
	default:
		return errors.New("device " + state)
	}
}

// listText is the list of devices as adb writes it.
func (b *Bench) listText(long bool) string {
	var text strings.Builder
	for _, d := range b.list() {
		if !long {
			fmt.Fprintf(&text, "%s\t%s\n", d.Serial, d.State)
			continue
		}
		fmt.Fprintf(&text, "%-22s %s", d.Serial, d.State)
		if d.DevPath != "" {
			text.WriteString(" " + d.DevPath)
		}
		if d.State == StateDevice || d.State == StateRecovery {
			fmt.Fprintf(&text, " product:%s model:%s device:%s", d.model.product, underscored(d.model.name), d.model.device)
		}
		fmt.Fprintf(&text, " transport_id:%d\n", d.TransportID)
	}
	return text.String()
}

// underscored is how adb writes a model's name.
func underscored(name string) string { return strings.ReplaceAll(name, " ", "_") }

// track sends the list now and at every change, until the client leaves.
func (h *host) track(ctx context.Context, long bool) {
	ctx, cancel := context.WithCancel(ctx)
	gone := make(chan struct{})
	defer func() {
		cancel()
		_ = h.conn.Close()
		<-gone
	}()
	go func() { // nothing more is asked on this connection: the end is all there is to read
		defer close(gone)
		_, _ = io.Copy(io.Discard, h.conn)
		cancel()
	}()
	if okay(h.conn, "") != nil {
		return
	}
	last := "none"
	for {
		changed := h.bench.changes()
		if text := h.bench.listText(long); text != last {
			if _, lag := h.bench.host.says(); lag > 0 && last != "none" && pause(ctx, lag) != nil {
				return
			}
			if _, err := io.WriteString(h.conn, counted(text)); err != nil {
				return
			}
			last = text
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// waitFor answers once now and again when the device is in the wanted state.
func (h *host) waitFor(ctx context.Context, name string, which selector) {
	parts := strings.SplitN(name, "-", 4) // wait for TRANSPORT STATE
	if len(parts) != 4 {
		fail(h.conn, "unknown host service")
		return
	}
	want := parts[3]
	if okay(h.conn, "") != nil {
		return
	}
	for {
		changed := h.bench.changes()
		d, err := h.bench.findAny(which)
		if err == nil && (d.State == want || want == "any") || err != nil && want == "disconnect" {
			_ = okay(h.conn, "")
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
