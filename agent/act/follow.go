package act

import (
	"context"
	"strings"

	"github.com/farbench/farbench/agent/wire"
)

// seen is the device as it is now.
type seen struct {
	wire.Device
	listed bool
}

func (d *doing) look() seen {
	now, listed := d.c.Device(d.device.ID)
	return seen{now, listed}
}

// ready says that commands run on it.
func (s seen) ready() bool { return s.listed && s.State == wire.DeviceReady }

// words is the device's state as people say it.
func (s seen) words() string {
	switch {
	case !s.listed:
		return "not listed"
	case s.Reason != "" && !strings.EqualFold(s.Reason, string(s.State)):
		return string(s.State) + " (" + s.Reason + ")"
	}
	return string(s.State)
}

// until waits until the device is as wanted, and tells each of its states on
// the way. ok is false where ctx ended first.
func (d *doing) until(ctx context.Context, wanted func(seen) bool) (s seen, ok bool) {
	told := ""
	for {
		changed := d.c.Changes()
		s = d.look()
		if wanted(s) {
			return s, true
		}
		if words := s.words(); words != told {
			known := d.act.Kind == wire.ActReboot && words == string(wire.DeviceRebooting)
			if told != "" && !known {
				d.say("the device is %s", words)
			}
			told = words
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return s, false
		}
	}
}

// left says whether the device is gone from the connection that it had.
func left(before seen) func(seen) bool {
	return func(now seen) bool {
		// One that was told to reboot and has not gone yet counts as rebooting.
		state := now.State != before.State && now.State != wire.DeviceRebooting
		return !now.listed || now.TransportID != before.TransportID || state
	}
}
