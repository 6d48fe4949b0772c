package inventory

import (
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// entry is one device, listed or just gone.
type entry struct {
	listed adb.Device // as the server last had it
	gone   time.Time  // since when it is not listed; zero while it is
	since  time.Time  // since when it is in listed's state
	device wire.Device

	// severed is until when the loss of the adb server explains why the device
	// is not ready; zero: it does not.
	severed time.Time
	reboot  *reboot   // nil: it is not rebooting
	lost    time.Time // when a stream of it was lost last

	boot     string // the boot that it is known to be in
	unproven bool   // it came back and may have booted meanwhile: to be asked

	asking int64 // transport id of the errand under way, 0 for none
	asked  int64 // transport id whose properties were read
	failed int   // times in a row that reading them failed
	retry  time.Time
	beat   time.Time // when to ask for a sign of life
	silent bool      // none came the last time

	stuck   int       // times that it was reconnected while offline
	revive  time.Time // not before
	mending bool      // a reconnect is under way
}

// ready says that adb lists the device as ready.
func (e *entry) ready() bool { return e.gone.IsZero() && e.listed.State == string(wire.DeviceReady) }

// passing are the states that a device goes through on its way to ready.
var passing = map[string]bool{"offline": true, "connecting": true, "authorizing": true}

// rests says that the device is in a state that it does not leave by itself:
// what it is in tells more than how it came there.
func (e *entry) rests() bool { return e.gone.IsZero() && !e.ready() && !passing[e.listed.State] }

// What is said of a device where adb has no word for it.
const (
	goneReason    = "Left adb a moment ago"
	goneHint      = "Check its cable and power, and the hub between"
	severedReason = "The bench's adb server is restarting"
	severedHint   = "Wait a moment: the device is taken back by itself"
	silentReason  = "adb lists it as ready, but it answers nothing"
	silentHint    = "It may be frozen: power-cycle it at the bench if it does not come back"
	lookReason    = "Back a moment ago: looking whether it has booted"
	lookHint      = "Wait a moment"
	rebootReason  = "Rebooting"
	rebootHint    = "Wait until it has booted: it is still yours"
	guessReason   = "Left adb in the middle of a stream: it seems to be rebooting"
	guessHint     = "Wait until it has booted; if it does not come back, check its cable and power"
	bootReason    = "Booting: adb is up, the system is not yet"
)

// show makes the device as testers see it.
func (e *entry) show(id, unauthorized string) {
	d := describe(id, e.listed, e.device.Properties)
	if unauthorized != "" && (d.State == "unauthorized" || d.State == "authorizing") {
		d.Hint = unauthorized
	}
	say := func(state wire.DeviceState, reason, hint string) {
		d.State, d.Reason, d.Hint = state, reason, hint
	}
	switch {
	case !e.severed.IsZero() && !e.rests() && !(e.ready() && !e.unproven):
		say(wire.DeviceServerLost, severedReason, severedHint)
	case e.reboot != nil && !e.rests():
		say(wire.DeviceRebooting, rebootReason, rebootHint)
		switch {
		case e.ready() && e.reboot.left:
			d.Reason = bootReason
		case !e.reboot.asked:
			d.Reason, d.Hint = guessReason, guessHint
		}
	case !e.gone.IsZero():
		say("offline", goneReason, goneHint)
	case e.ready() && e.silent:
		say(wire.DeviceNotAnswering, silentReason, silentHint)
	case e.ready() && e.unproven:
		say("offline", lookReason, lookHint)
		if was := e.device; was.State != "" && was.State != wire.DeviceReady { // for the moment it takes to look
			say(was.State, was.Reason, was.Hint)
		}
	}
	if !e.gone.IsZero() || e.reboot != nil && passing[e.listed.State] {
		d.TransportID = 0 // it has no connection: whoever had one has lost it
	}
	e.device = d
}
