package adbsim

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

// FaultProperty is the system property by which a shell on the device asks for
// a fault: setprop debug.farbench.fault 'WORD [ARGUMENT]'.
//
// Of the device: "offline", "unauthorized", "no-permissions", "recovery",
// "bootloader", "sideload", "vanish", "freeze", "stuck" and "reboot" happen at
// once; a time behind them, as in "offline 5s", is when it comes back. "cut N" ends the stream of the next push or pull after
// N bytes, "stall N" freezes the device there. "noexit" lets commands end
// without their exit packet. "slow N" lets N bytes a second through, "flood N"
// fills the log with N lines a second: 0 ends both. "full", "noise" begin and
// "full off", "noise off" end. "install CODE" fails installs, "serial S" gives
// it another serial. "" ends noexit. "authorize SERIAL" is for another device
// of the bench: one that is unauthorized has no shell to say so.
//
// Of the bench's host server: "server-restart 2s", "server-version 40",
// "late-tracker 12s", "split" and "split off", "cut-replies N" (-1 ends that).
const FaultProperty = "debug.farbench.fault"

// faultWords are the faults that are brought about in the shell's own moment.
var faultWords = map[string]func(d *Device, rest string) error{
	"":       func(*Device, string) error { return nil },
	"noexit": func(*Device, string) error { return nil }, // asked for where commands end
	"cut":    number(func(d *Device, n int64) { d.InterruptTransfer(n, nil) }),
	"stall":  number(func(d *Device, n int64) { d.InterruptTransfer(n, (*Device).Freeze) }),
	"flood":  number(func(d *Device, n int64) { d.FloodLog(int(min(max(n, 0), logd.FloodRate))) }),
	"slow":   number((*Device).SlowLink),
	"full":   onOff((*Device).FillStorage),
	"noise":  onOff((*Device).Noise),
	// An unauthorized device has no shell: its neighbour's speaks for it.
	"authorize": func(d *Device, serial string) error {
		if !d.bench.SetState(serial, StateDevice) {
			return fmt.Errorf("there is no device %q", serial)
		}
		return nil
	},
	"install": func(d *Device, code string) error {
		d.FailInstalls(code)
		return nil
	},
	"server-version": number(func(d *Device, n int64) { d.bench.SetServerVersion(int(n)) }),
	"split":          onOff(func(d *Device, on bool) { d.bench.SplitReplies(on) }),
	"cut-replies":    number(func(d *Device, n int64) { d.bench.CutReplies(n) }),
	"late-tracker":   duration(func(d *Device, lag time.Duration) { d.bench.DelayTracker(lag) }),
	"server-restart": duration(func(d *Device, away time.Duration) { d.bench.RestartServer(away) }),
}

func number(do func(*Device, int64)) func(*Device, string) error {
	return func(d *Device, rest string) error {
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return fmt.Errorf("reading the number: %w", err)
		}
		do(d, n)
		return nil
	}
}

func onOff(do func(*Device, bool)) func(*Device, string) error {
	return func(d *Device, rest string) error {
		if rest != "" && rest != "on" && rest != "off" {
			return fmt.Errorf("%q is neither on nor off", rest)
		}
		do(d, rest != "off")
		return nil
	}
}

func duration(do func(*Device, time.Duration)) func(*Device, string) error {
	return func(d *Device, rest string) error {
		after, err := time.ParseDuration(rest)
		if err != nil {
			return fmt.Errorf("reading the time: %w", err)
		}
		do(d, after)
		return nil
	}
}

func (d *Device) propertyChanged(name, value string) {
	switch name {
	case powerProperty:
		d.powerChanged(value)
	case FirmwareProperty:
		d.SetFirmware(value)
	}
	if name != FaultProperty {
		return
	}
	word, rest, _ := strings.Cut(value, " ")
	do, known := faultWords[word]
	if !known {
		d.ask(value)
		return
	}
	if err := do(d, rest); err != nil {
		d.bench.log.Warn("a fault asked for from a shell", "device", d.Serial(), "fault", value, "error", err)
	}
}

// asked is a fault that a shell on a device has asked for and that Run brings
// about: it may end that shell.
type asked struct {
	device *Device
	fault  string
	do     func(ctx context.Context) // in place of a fault, unless nil
}

// maxAsked bounds the faults that wait for Run; more are dropped.
const maxAsked = 16

func (d *Device) ask(fault string) {
	select {
	case d.bench.asked <- asked{device: d, fault: fault}:
	default:
	}
}

// carryOut brings about the faults asked for from shells, until ctx ends.
func (b *Bench) carryOut(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-b.asked:
			running.Go(func() {
				if a.do != nil {
					a.do(ctx)
					return
				}
				if err := a.device.suffer(ctx, a.fault); err != nil {
					b.log.Warn("a fault asked for from a shell", "device", a.device.Serial(), "error", err)
				}
			})
		}
	}
}

func (d *Device) suffer(ctx context.Context, fault string) error {
	name, rest, _ := strings.Cut(fault, " ")
	if name == "serial" {
		if rest == "" || len(rest) > 64 || strings.ContainsAny(rest, " \t\n\x00") {
			return fmt.Errorf("%q is no serial", rest)
		}
		d.SetSerial(rest)
		return nil
	}
	var after time.Duration
	if rest != "" {
		var err error
		if after, err = time.ParseDuration(rest); err != nil {
			return fmt.Errorf("reading the time: %w", err)
		}
	}
	back := func() { d.SetState(StateDevice) }
	switch name {
	case StateOffline, StateUnauthorized, StateRecovery, StateBootloader, StateSideload:
		d.SetState(name)
	case "no-permissions":
		d.SetState(StateNoPermissions)
	case "stuck":
		d.Stick()
	case "vanish":
		d.Vanish()
	case "freeze":
		d.Freeze()
		back = d.Thaw
	case "reboot":
		d.reboot(ctx, RebootSystem, "reboot,userrequested", after)
		return nil
	default:
		return fmt.Errorf("%q is no fault", name)
	}
	if after > 0 {
		select {
		case <-d.bench.after(after):
			back()
		case <-ctx.Done():
		}
	}
	return nil
}
