package act

import (
	"context"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

const (
	// leaveWithin is how long a device may take to go down: it ends its services
	// first.
	leaveWithin = time.Minute
	// bootAskWithin bounds the question which boot goes on before a reboot: a
	// device that hardly answers is rebooted nevertheless.
	bootAskWithin = 3 * time.Second
)

// reboot asks for it once and never again, whatever comes of it.
func (d *doing) reboot(ctx context.Context) Ending {
	before := d.look()
	var boot adb.Boot
	if before.ready() {
		asking, done := context.WithTimeout(ctx, bootAskWithin)
		boot, _ = d.c.Client.Boot(asking, before.TransportID) // unknown: the device must be seen to leave
		done()
	}
	began := time.Now()
	if err := d.c.Client.Reboot(ctx, before.TransportID, string(d.act.Mode)); err != nil {
		if ctx.Err() != nil {
			d.say("nobody knows whether the device heard of the reboot: look at it")
		}
		return asked(err)
	}
	if d.c.Rebooting != nil {
		d.c.Rebooting(d.device.ID)
	}
	d.say("the device reboots")
	now, gone := d.until(ctx, leaveWithin, left(before))
	switch {
	case !gone && ctx.Err() != nil:
		return d.rebootsAnyway()
	case !gone:
		return failed("the device did not leave within "+leaveWithin.String()+" after it was asked to reboot", "look at it; a frozen device needs its power cut")
	}
	d.say("the device left after %v", took(began))
	switch {
	case !d.act.Wait:
		return done()
	case d.act.Mode == wire.RebootBootloader || d.act.Mode == wire.RebootFastboot:
		d.say("adb does not reach it there: fastboot does, on the bench PC")
		return done()
	}
	if now, gone = d.until(ctx, 0, d.backAs()); !gone {
		return d.rebootsAnyway()
	}
	d.say("back as %s after %v", now.State, took(began))
	if d.act.Mode != wire.RebootAndroid {
		return done()
	}
	if !d.booted(ctx, boot.ID, began) {
		return d.rebootsAnyway()
	}
	return done()
}

// backAs is the state in which the device is back.
func (d *doing) backAs() func(seen) bool {
	want := wire.DeviceReady
	switch d.act.Mode {
	case wire.RebootRecovery:
		want = "recovery"
	case wire.RebootSideload, wire.RebootSideloadAuto:
		want = "sideload"
	}
	return func(s seen) bool { return s.listed && s.State == want }
}

// rebootsAnyway is the end of a run that did not wait for the device's.
func (d *doing) rebootsAnyway() Ending {
	d.say("nobody waits for the device any more; it goes on rebooting")
	return Ending{}
}

// Waits between two looks at a boot: it takes some ten seconds.
const (
	lookSoon = 100 * time.Millisecond
	lookLate = time.Second
)

// booted waits until the device says that it has booted, with another boot id
// than before where that one is known. False: ctx ended first.
func (d *doing) booted(ctx context.Context, before string, began time.Time) bool {
	told := false
	for wait := lookSoon; ; wait = min(2*wait, lookLate) {
		now, ready := d.until(ctx, 0, seen.ready)
		if !ready {
			return false
		}
		changed := d.c.Changes()
		boot, err := d.c.Client.Boot(ctx, now.TransportID)
		switch {
		case err != nil: // it left again, or is not that far
		case boot.Completed && (before == "" || boot.ID == "" || boot.ID != before):
			d.tellBoot(boot, before, began)
			return true
		case boot.Completed && !told:
			d.say("the boot id is the same as before: it has not rebooted yet")
			told = true
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
		timer.Stop()
	}
}

func (d *doing) tellBoot(boot adb.Boot, before string, began time.Time) {
	switch {
	case boot.ID == "":
		d.say("booted after %v", took(began))
	case before == "":
		d.say("booted after %v: boot id %s", took(began), boot.ID)
	default:
		d.say("booted after %v: new boot id %s", took(began), boot.ID)
	}
}
