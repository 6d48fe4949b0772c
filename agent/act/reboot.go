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
	leaving, done := context.WithTimeout(ctx, leaveWithin)
	defer done()
	switch _, gone := d.until(leaving, left(before)); {
	case !gone && ctx.Err() != nil:
		return d.rebootsAnyway()
	case !gone:
		return failed("the device did not leave within "+leaveWithin.String()+" after it was asked to reboot", "look at it; a frozen device needs its power cut")
	}
	d.say("the device left after %s", took(began))
	switch {
	case !d.act.Wait:
		return exited()
	case d.act.Mode == wire.RebootBootloader || d.act.Mode == wire.RebootFastboot:
		d.say("adb does not reach it there: fastboot does, on the bench PC")
		return exited()
	case d.act.Mode == wire.RebootAndroid:
		return d.boots(ctx, before, boot, began)
	}
	now, back := d.until(ctx, d.backAs())
	if !back {
		return d.rebootsAnyway()
	}
	d.say("back as %s after %s", now.State, took(began))
	return exited()
}

// backAs is the state in which the device is back from where it was sent.
func (d *doing) backAs() func(seen) bool {
	var want wire.DeviceState = "recovery"
	if d.act.Mode == wire.RebootSideload || d.act.Mode == wire.RebootSideloadAuto {
		want = "sideload"
	}
	return func(s seen) bool { return s.listed && s.State == want }
}

// rebootsAnyway is the end of a run that did not wait for the device's.
func (d *doing) rebootsAnyway() Ending {
	d.say("nobody waits for the device any more; it goes on rebooting")
	return Ending{}
}

// boots waits for another boot than before, telling the device's states
// meanwhile, and then until the bench lists the device as ready.
func (d *doing) boots(ctx context.Context, before seen, was adb.Boot, began time.Time) Ending {
	waiting, booted := context.WithCancel(ctx)
	type answer struct {
		boot adb.Boot
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		defer booted()
		_, boot, err := d.c.Client.WaitBooted(waiting, adb.Device{
			Serial: before.Serial, DevPath: before.DevPath, State: string(before.State), TransportID: before.TransportID,
		}, was)
		answered <- answer{boot, err}
	}()
	d.until(waiting, func(seen) bool { return false })
	a := <-answered
	if ctx.Err() != nil {
		return d.rebootsAnyway()
	}
	if a.err != nil {
		return lost(a.err)
	}
	if _, ready := d.until(ctx, seen.ready); !ready {
		return d.rebootsAnyway()
	}
	d.tellBoot(a.boot, was.ID, began)
	return exited()
}

func (d *doing) tellBoot(boot adb.Boot, before string, began time.Time) {
	switch {
	case boot.ID == "":
		d.say("booted after %s", took(began))
	case before == "":
		d.say("booted after %s: boot id %s", took(began), boot.ID)
	default:
		d.say("booted after %s: new boot id %s", took(began), boot.ID)
	}
}
