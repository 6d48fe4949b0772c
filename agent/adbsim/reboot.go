package adbsim

import (
	"context"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

// Where a reboot leads, in adb's words.
const (
	RebootSystem     = ""
	RebootRecovery   = "recovery"
	RebootBootloader = "bootloader"
	RebootFastboot   = "fastboot"
	RebootSideload   = "sideload"
)

// powerProperty is how Android's init is told to reboot: "reboot,MODE".
const powerProperty = "sys.powerctl"

// FirmwareProperty asks for another firmware: setprop debug.farbench.firmware
// 11600001 gives the device that build from its next boot on.
const FirmwareProperty = "debug.farbench.firmware"

// bootloaderTimes is how many boot times a bootloader waits for a fastboot,
// which nobody here speaks, before it goes on.
const bootloaderTimes = 20

// Reboot reboots the device into a mode, for a reason as ro.boot.bootreason
// words it. Everything is as after a power cut: streams are lost, processes
// gone, properties as they were built (but persist.*), the rights of root
// given back. It is away for the bench's BootTime, comes back as another
// transport with a new boot_id, and says a third of that time later that it
// has booted. Run carries it out.
func (d *Device) Reboot(mode, reason string) {
	d.later(func(ctx context.Context) { d.reboot(ctx, mode, reason, 0) })
}

// SetFirmware gives the device another build from its next boot on: another
// incremental version, and so another fingerprint, from the other slot.
func (d *Device) SetFirmware(incremental string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.nextFirmware = incremental
}

// later has Run do something that outlasts the stream which asks for it; false
// where too much waits for that already.
func (d *Device) later(do func(ctx context.Context)) bool {
	select {
	case d.bench.asked <- asked{device: d, do: do}:
		return true
	default: // as many wait already
		return false
	}
}

// powerChanged takes what init is told: "reboot", "reboot,recovery".
func (d *Device) powerChanged(value string) {
	if word, mode, _ := strings.Cut(value, ","); word == "reboot" {
		d.Reboot(mode, "reboot,"+reasonOf(mode, "shell"))
	}
}

func reasonOf(mode, otherwise string) string {
	if mode == RebootSystem {
		return otherwise
	}
	return mode
}

// reboot is a reboot from its beginning to its end. It gives up where another
// one, or a fault, came meanwhile.
func (d *Device) reboot(ctx context.Context, mode, reason string, away time.Duration) {
	d.drop("")
	mine := d.newBoot(mode, reason)
	d.bench.notify()
	if !d.bench.sleep(ctx, max(away, d.bench.bootTime)) {
		return
	}
	state := StateDevice
	switch mode {
	case RebootRecovery, RebootFastboot:
		state = StateRecovery
	case RebootSideload, "sideload-auto-reboot":
		state = StateSideload
	case RebootBootloader:
		state = StateBootloader
	}
	if !d.came(mine, state) && (state != StateDevice || !d.boots(mine)) {
		return // Android boots to its end whatever becomes of its cable
	}
	switch state {
	case StateDevice:
		if d.bench.sleep(ctx, d.bench.bootTime/3) {
			d.completed(mine)
		}
	case StateBootloader:
		if d.bench.sleep(ctx, bootloaderTimes*d.bench.bootTime) && d.boots(mine) {
			d.reboot(ctx, RebootSystem, "bootloader", 0)
		}
	}
}

// newBoot makes everything as it is at the beginning of a boot, and gives that
// boot's number.
func (d *Device) newBoot(mode, reason string) int {
	d.Thaw()
	d.mu.Lock()
	d.boot++
	mine := d.boot
	if d.nextFirmware != "" {
		d.firmware, d.nextFirmware = d.nextFirmware, ""
		d.otherSlot = !d.otherSlot
	}
	props := properties(d.model, d.machine.Props.Get("ro.serialno"))
	if d.firmware != "" {
		flash(props, d.firmware)
	}
	if d.otherSlot {
		props["ro.boot.slot_suffix"] = "_b"
	}
	d.mu.Unlock()
	props["ro.boot.bootreason"], props["sys.boot.reason"] = reason, reason
	props["sys.boot_completed"], props["dev.bootcomplete"] = "", ""
	props["init.svc.bootanim"] = "running"
	if mode != RebootSystem {
		props["ro.bootmode"] = mode
	}
	d.machine.FS.Rights(false, false)
	d.machine.Packages.Boot()
	d.machine.Props.Reset(props, func(name string) bool {
		return strings.HasPrefix(name, "persist.") || strings.HasPrefix(name, "sim.")
	})
	d.machine.Boot(d.machine.Now())
	return mine
}

// flash makes properties those of another build.
func flash(props map[string]string, incremental string) {
	before := props["ro.build.version.incremental"]
	for name, value := range props {
		if before != "" && strings.HasPrefix(name, "ro.") {
			props[name] = strings.ReplaceAll(value, before, incremental)
		}
	}
}

// boots says whether the boot is still the last one.
func (d *Device) boots(boot int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.boot == boot
}

// came connects the device again in a state, unless something else has
// happened to it since.
func (d *Device) came(boot int, state string) bool {
	if d.mu.Lock(); d.boot != boot || d.state != "" {
		d.mu.Unlock()
		return false
	}
	d.mu.Unlock()
	d.SetState(state)
	return true
}

// completed says that Android has booted.
func (d *Device) completed(boot int) {
	if !d.boots(boot) {
		return
	}
	d.machine.Props.Put("dev.bootcomplete", "1")
	d.machine.Props.Put("init.svc.bootanim", "stopped")
	d.machine.Props.Put("sys.boot_completed", "1")
	d.machine.Log.Write(logd.Entry{Buffer: logd.System, Priority: 'I', PID: 1104, TID: 1104, Tag: "SystemServiceManager", Message: "Starting phase 1000"})
}

// sleep waits by the bench's clock; false when ctx ended first.
func (b *Bench) sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-b.after(d):
		return true
	case <-ctx.Done():
		return false
	}
}
