package act

import (
	"context"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// wait waits until the device is what the act wants, however long its run may
// last.
func (d *doing) wait(ctx context.Context) Ending {
	began, before, want := time.Now(), d.look(), d.act.Waits()
	d.say("waiting for %s; the device is %s", want, before.words())
	switch want {
	case wire.WaitBoot:
		d.booted(ctx, "", began)
		return done()
	case wire.WaitDisconnect:
		if _, ok := d.until(ctx, 0, func(s seen) bool { return left(before)(s) || !s.listed || s.State == "offline" }); ok {
			d.say("the device left after %v", took(began))
		}
		return done()
	}
	now, ok := d.until(ctx, 0, func(s seen) bool { return s.listed && s.State == wire.DeviceState(want) })
	if ok {
		d.say("the device is %s after %v", now.State, took(began))
	}
	return done()
}
