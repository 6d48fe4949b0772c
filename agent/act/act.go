// Package act does what testers ask of a device that is no command of its
// shell: reboot it, wait for it, take an app off it, follow its log, change the
// rights of its adbd. An act goes on over what it does to the device: it finds
// it again under its id when it comes back under another transport.
//
// It knows the adb layer and the bench's list of devices; it knows neither runs
// nor NATS, and keeps no promise of theirs: who calls it does so once.
package act

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// Log is where an act tells what it does, by one goroutine. The first word of
// it says that the device is at work: what is refused before that has surely
// not begun.
type Log interface {
	// Say tells a remark of the agent, one line.
	Say(text string)
	// Print passes on what the device printed. It may wait, where the device
	// prints faster than its lines can leave.
	Print(stream wire.Stream, data []byte)
}

// Ending is how an act ended: Exited with Code 0 where it was done, and with
// Code 1 and a fault where the device did not do it. Refused has surely not
// begun; of Lost nobody knows.
type Ending struct {
	Outcome wire.Outcome
	Code    int
	Fault   *wire.Fault
}

// Config is what acts need.
type Config struct {
	Client *adb.Client
	// Device is the bench's device of an id as it is now.
	Device func(id string) (wire.Device, bool)
	// Changes gives a channel that is closed at the next change of the list of
	// devices: ask for it before Device.
	Changes func() <-chan struct{}
	// Rebooting, unless nil, hears of a device that has taken the request to
	// reboot.
	Rebooting func(id string)
	Logger    *slog.Logger
}

// Acts does acts; it is safe for use by several goroutines.
type Acts struct {
	c Config
}

// New makes them.
func New(c Config) *Acts { return &Acts{c} }

// Do does an act on a device until it is done or ctx ends. What it returns
// after ctx has ended is no ending.
func (a *Acts) Do(ctx context.Context, device wire.Device, act wire.Act, log Log) Ending {
	d := &doing{Acts: a, device: device, act: act, log: log}
	switch act.Kind {
	case wire.ActReboot:
		return d.reboot(ctx)
	case wire.ActWait:
		return d.wait(ctx)
	case wire.ActUninstall:
		return d.uninstall(ctx)
	case wire.ActLogcat:
		return d.logcat(ctx)
	case wire.ActRoot:
		return d.restart(ctx, "as root", a.c.Client.Root)
	case wire.ActUnroot:
		return d.restart(ctx, "without the rights of root", a.c.Client.Unroot)
	case wire.ActRemount:
		return d.privileged(ctx, "making the system's partitions writable", a.c.Client.Remount)
	case wire.ActDisableVerity:
		return d.privileged(ctx, "disabling verity", d.verity(false))
	case wire.ActEnableVerity:
		return d.privileged(ctx, "enabling verity", d.verity(true))
	}
	return refused(fmt.Errorf("this agent knows no act %q", act.Kind))
}

// doing is one act that goes on.
type doing struct {
	*Acts
	device wire.Device
	act    wire.Act
	log    Log
}

func (d *doing) say(format string, args ...any) { d.log.Say(fmt.Sprintf(format, args...)) }

func exited() Ending { return Ending{Outcome: wire.Exited} }

// failed is an act that was tried and did not come out.
func failed(message, hint string) Ending {
	return Ending{Outcome: wire.Exited, Code: 1, Fault: &wire.Fault{Code: wire.ActFailed, Message: message, Hint: hint}}
}

// refused is an act that has surely not begun.
func refused(err error) Ending {
	return Ending{Outcome: wire.Refused, Fault: faultOf(err)}
}

// asked is how an act ends whose one request to the device went wrong: where
// adb itself said no, or there is no adb, the device never heard of it.
func asked(err error) Ending {
	fault := faultOf(err)
	if known, ok := errors.AsType[*adb.Error](err); ok && (known.Err == nil || known.Code == wire.Unavailable) {
		return Ending{Outcome: wire.Refused, Fault: fault}
	}
	return Ending{Outcome: wire.Lost, Fault: fault}
}

// lost is how an act ends that went wrong after it had begun: a word of the
// device or of adb is an ending, and of a connection that broke nobody knows
// what came of it.
func lost(err error) Ending {
	if known, ok := errors.AsType[*adb.Error](err); ok && known.Err == nil && known.Code != wire.StreamLost {
		return Ending{Outcome: wire.Exited, Code: 1, Fault: known.Fault()}
	}
	return Ending{Outcome: wire.Lost, Fault: faultOf(err)}
}

func faultOf(err error) *wire.Fault {
	if known, ok := errors.AsType[*adb.Error](err); ok {
		return known.Fault()
	}
	return &wire.Fault{Code: wire.OpenFailed, Message: err.Error()}
}

// took is a time as people say it: 0.4 s, 23 s, 2 min 3 s.
func took(since time.Time) string { return spoken(time.Since(since)) }

func spoken(d time.Duration) string {
	switch seconds := int(d.Round(time.Second) / time.Second); {
	case d < 9950*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	default:
		return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
	}
}
