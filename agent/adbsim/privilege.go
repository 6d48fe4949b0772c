package adbsim

import (
	"context"
	"fmt"
	"io"
	"strconv"
)

// rootProperty says that adbd has the rights of root.
const rootProperty = "service.adb.root"

// privilege gives the services that change how adbd runs: each says in words
// what comes of it, and then some restart adbd.
func (d *Device) privilege(name, arg string) (opened, bool) {
	switch name {
	case "root":
		return d.says(d.becomeRoot), true
	case "unroot":
		return d.says(d.leaveRoot), true
	case "tcpip":
		return d.says(func() (string, bool) {
			port, err := strconv.ParseUint(arg, 10, 16)
			if err != nil || port == 0 {
				return "invalid port\n", false
			}
			d.machine.Props.Put("service.adb.tcp.port", arg)
			return fmt.Sprintf("restarting in TCP mode port: %d\n", port), true
		}), true
	case "usb":
		return d.says(func() (string, bool) {
			d.machine.Props.Put("service.adb.tcp.port", "")
			return "restarting in USB mode\n", true
		}), true
	case "remount":
		return d.says(func() (string, bool) { return d.remount(), false }), true
	case "disable-verity":
		return d.says(func() (string, bool) { return d.verity(false), false }), true
	case "enable-verity":
		return d.says(func() (string, bool) { return d.verity(true), false }), true
	}
	return nil, false
}

// says answers in words and restarts adbd where that is what comes of it, once
// the words have arrived.
func (d *Device) says(do func() (words string, restart bool)) opened {
	return func(_ context.Context, s io.ReadWriteCloser) {
		words, restart := do()
		_, _ = io.WriteString(s, words)
		halfClose(s, func() { _, _ = io.Copy(io.Discard, s) })
		if restart {
			d.later(d.restartADBD)
		}
	}
}

// restartADBD loses every stream and comes back as another transport; the
// device itself goes on.
func (d *Device) restartADBD(ctx context.Context) {
	if !d.bench.sleep(ctx, d.bench.bootTime/30) {
		return
	}
	d.mu.Lock()
	state, boot := d.state, d.boot
	if state == "" {
		d.mu.Unlock()
		return
	}
	d.state = ""
	d.lose()
	d.mu.Unlock()
	d.bench.notify()
	if d.bench.sleep(ctx, d.bench.bootTime/10) {
		d.came(boot, state)
	}
}

func (d *Device) isRoot() bool { return d.machine.Props.Get(rootProperty) == "1" }

func (d *Device) becomeRoot() (string, bool) {
	switch {
	case d.isRoot():
		return "adbd is already running as root\n", false
	case d.machine.Props.Get("ro.debuggable") != "1":
		return "adbd cannot run as root in production builds\n", false
	}
	d.machine.Props.Put(rootProperty, "1")
	d.machine.FS.Rights(true, false)
	return "restarting adbd as root\n", true
}

func (d *Device) leaveRoot() (string, bool) {
	if !d.isRoot() {
		return "adbd not running as root\n", false
	}
	d.machine.Props.Put(rootProperty, "0")
	d.machine.FS.Rights(false, false)
	return "restarting adbd as non root\n", true
}

func (d *Device) remount() string {
	switch {
	case !d.isRoot():
		return "Not running as root. Try \"adb root\" first.\n"
	case d.machine.Props.Get(verityProperty) != "disabled":
		return "dm_verity is enabled on the system partition.\nUse \"adb disable-verity\" to disable verity.\n" +
			"If you do not, remount may succeed, however, you will still not be able to write to these volumes.\nremount failed\n"
	}
	d.machine.FS.Rights(true, true)
	return "remount succeeded\n"
}

// verityProperty holds what the next boots do about dm-verity. It takes hold
// at once here: nothing else depends on it.
const verityProperty = "persist.sim.verity"

func (d *Device) verity(enable bool) string {
	word, property := "disabled", "disabled"
	if enable {
		word, property = "enabled", ""
	}
	switch {
	case !d.isRoot():
		return "verity cannot be disabled/enabled - not running as root\n"
	case d.machine.Props.Get(verityProperty) == property:
		return "verity is already " + word + "\n"
	}
	d.machine.Props.Put(verityProperty, property)
	return "Successfully " + word + " verity\nNow reboot your device for settings to take effect\n"
}

// SetDebuggable says whether the build lets adbd run as root: a production
// build does not.
func (d *Device) SetDebuggable(debuggable bool) {
	word := "0"
	if debuggable {
		word = "1"
	}
	d.machine.Props.Put("ro.debuggable", word)
}
