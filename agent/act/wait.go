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
		d.booted(ctx, began)
		return exited()
	case wire.WaitDisconnect:
		if _, ok := d.until(ctx, func(s seen) bool { return left(before)(s) || !s.listed || s.State == "offline" }); ok {
			d.say("the device left after %s", took(began))
		}
		return exited()
	}
	now, ok := d.until(ctx, func(s seen) bool { return s.listed && s.State == wire.DeviceState(want) })
	if ok {
		d.say("the device is %s after %s", now.State, took(began))
	}
	return exited()
}

// Waits between two looks at a boot: it takes some ten seconds.
const (
	lookSoon = 100 * time.Millisecond
	lookLate = time.Second
)

// booted waits until the device says that it has booted, or ctx ends.
func (d *doing) booted(ctx context.Context, began time.Time) {
	for wait := lookSoon; ; wait = min(2*wait, lookLate) {
		now, ready := d.until(ctx, seen.ready)
		if !ready {
			return
		}
		changed := d.c.Changes()
		boot, err := d.c.Client.Boot(ctx, now.TransportID)
		if err == nil && boot.Completed {
			d.tellBoot(boot, "", began)
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}
