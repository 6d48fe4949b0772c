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

// States that SetState and SetDeviceState take: adb's own words.
const (
	StateDevice       = "device"
	StateOffline      = "offline"
	StateUnauthorized = "unauthorized"
	StateRecovery     = "recovery"
	StateBootloader   = "bootloader"
	StateSideload     = "sideload"
)

// SetState changes the state of the device with this serial; it reports
// whether there is one. See Device.SetState.
func (b *Bench) SetState(serial, state string) bool {
	d := b.Device(serial)
	if d == nil {
		return false
	}
	d.SetState(state)
	return true
}

// SetState changes what adb says of the device. In any state but "device"
// nothing can be opened on it, and what was open is lost: its streams end
// without an exit packet and its processes are killed. From "" (vanished) it
// comes back with a new transport id.
func (d *Device) SetState(state string) {
	d.mu.Lock()
	was := d.state
	d.mu.Unlock()
	if was == state {
		return
	}
	switch {
	case was == StateDevice:
		d.drop(state)
	case was == "" || state == StateDevice:
		d.attach(state)
	default:
		d.mu.Lock()
		d.state = state
		d.mu.Unlock()
	}
	d.bench.notify()
}

// Vanish takes the device off the bench, as a pulled cable does. SetState
// brings it back.
func (d *Device) Vanish() { d.SetState("") }

func (d *Device) drop(state string) {
	d.mu.Lock()
	d.state = state
	lose := d.lose
	d.mu.Unlock()
	lose()
	d.machine.Halt()
}

// Freeze makes the device hang: it stays listed as "device", opens are never
// answered and open streams stand still, until Thaw.
func (d *Device) Freeze() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen == nil {
		d.frozen = make(chan struct{})
	}
}

// Thaw ends Freeze.
func (d *Device) Thaw() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen != nil {
		close(d.frozen)
		d.frozen = nil
	}
}

// FaultProperty is the system property by which a shell on the device asks for
// a fault: setprop debug.farbench.fault VALUE. "noexit" lets commands end
// without their exit packet, "" ends that. "cut N" ends the stream of the next
// push or pull after N bytes, "stall N" freezes the device there. "flood N"
// fills the log with N lines a second, "flood 0" ends that. "offline", "unauthorized",
// "recovery", "vanish", "freeze" and "reboot" happen to the device at once; a
// time behind them, as in "offline 5s", is when it comes back.
const FaultProperty = "debug.farbench.fault"

// asked is a fault that a shell on a device has asked for.
type asked struct {
	device *Device
	fault  string
	do     func(ctx context.Context) // in place of a fault, unless nil
}

// maxAsked bounds the faults that wait for Run; more are dropped.
const maxAsked = 16

func (d *Device) propertyChanged(name, value string) {
	switch name {
	case powerProperty:
		d.powerChanged(value)
	case FirmwareProperty:
		d.SetFirmware(value)
	}
	if name != FaultProperty || value == "" || value == "noexit" {
		return
	}
	word, rest, _ := strings.Cut(value, " ")
	if after, err := strconv.ParseInt(rest, 10, 64); err == nil && after >= 0 {
		switch word {
		case "cut":
			d.InterruptTransfer(after, nil)
			return
		case "stall":
			d.InterruptTransfer(after, (*Device).Freeze)
			return
		case "flood":
			d.FloodLog(int(min(after, logd.FloodRate)))
			return
		}
	}
	d.ask(value)
}

// interruption is what happens in the middle of a transfer.
type interruption struct {
	after int64 // bytes of content
	do    func(*Device)
}

// InterruptTransfer does something to the device once so many bytes of the
// next pushed or pulled file have passed: (*Device).Freeze, (*Device).Vanish.
// nil cuts the transfer's stream and leaves the device as it is.
func (d *Device) InterruptTransfer(after int64, do func(*Device)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.interrupt = &interruption{after, do}
}

// interrupted takes the interruption that the device's next transfer meets,
// nil for none.
func (d *Device) interrupted() *interruption {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.interrupt
	d.interrupt = nil
	return i
}

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
	var after time.Duration
	if rest != "" {
		var err error
		if after, err = time.ParseDuration(rest); err != nil {
			return fmt.Errorf("reading the time: %w", err)
		}
	}
	back := func() { d.SetState(StateDevice) }
	switch name {
	case StateOffline, StateUnauthorized, StateRecovery:
		d.SetState(name)
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
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-timer.C:
			back()
		case <-ctx.Done():
		}
	}
	return nil
}

// OmitExit makes commands end without their exit packet, as when the
// connection is lost at the last moment.
func (d *Device) OmitExit(omit bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noExit = omit
}

func (d *Device) omitsExit() bool {
	if d.machine.Props.Get(FaultProperty) == "noexit" {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.noExit
}

// SetFeatures says what the device's adbd offers, as on an older or a newer
// Android: "shell_v2,cmd". A real adb server asks when it connects.
func (d *Device) SetFeatures(features string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.features = features
}

func (d *Device) offers() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.features
}

// SetSerial gives the device another serial, also one that another device has
// (a vehicle lab where every unit reports "0000"). It reconnects.
func (d *Device) SetSerial(serial string) {
	d.drop("")
	d.mu.Lock()
	d.serial = serial
	d.mu.Unlock()
	d.machine.Props.Put("ro.serialno", serial)
	d.machine.Props.Put("ro.boot.serialno", serial)
	d.attach(StateDevice)
	d.bench.notify()
}
