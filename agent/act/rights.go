package act

import (
	"context"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// restart has adbd restarted with other rights and waits until the bench lists
// the device as ready again.
func (d *doing) restart(ctx context.Context, as string, ask func(context.Context, int64) (adb.Restarted, error)) Ending {
	began := time.Now()
	d.say("asking adbd to restart %s", as)
	r, err := ask(ctx, d.device.TransportID)
	d.print(r.Said)
	switch {
	case err != nil:
		return lost(err)
	case !r.Restarted:
		return exited()
	}
	if _, ready := d.until(ctx, func(s seen) bool { return s.listed && s.State == d.device.State }); ready {
		d.say("adbd is back after %s", took(began))
	}
	return exited()
}

// privileged has adbd do what takes rights, and prints what it says.
func (d *doing) privileged(ctx context.Context, what string, ask func(context.Context, int64) (string, error)) Ending {
	d.say("%s", what)
	said, err := ask(ctx, d.device.TransportID)
	d.print(said)
	if err != nil {
		return lost(err)
	}
	return exited()
}

func (d *doing) verity(enabled bool) func(context.Context, int64) (string, error) {
	return func(ctx context.Context, id int64) (string, error) { return d.c.Client.Verity(ctx, id, enabled) }
}

// uninstall takes an app off the device.
func (d *doing) uninstall(ctx context.Context) Ending {
	d.say("uninstalling %s", d.act.Package)
	err := d.c.Client.Uninstall(ctx, d.device.TransportID, d.act.Package, adb.UninstallOptions{User: d.act.User, KeepData: d.act.Keep})
	if err != nil {
		return lost(err)
	}
	d.print("Success")
	return exited()
}

// print passes a line of the device's on.
func (d *doing) print(line string) {
	if line != "" {
		d.log.Print(wire.Out, []byte(line+"\n"))
	}
}
