package act_test

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

func TestReboot(t *testing.T) {
	t.Run("ends when the device has left", func(t *testing.T) {
		b := newBench(t, time.Hour)
		g := b.begin(wire.Act{Kind: wire.ActReboot})
		g.exits(0)
		if !strings.Contains(g.text(), "the device left") {
			t.Errorf("said:\n%s", g.text())
		}
	})
	t.Run("waits for another boot id", func(t *testing.T) {
		b := newBench(t, 50*time.Millisecond)
		before := b.bootID()
		g := b.begin(wire.Act{Kind: wire.ActReboot, Wait: true})
		g.exits(0)
		for _, words := range []string{"the device left", "the device is rebooting (Booting", "new boot id " + b.bootID()} {
			if !strings.Contains(g.text(), words) {
				t.Errorf("%q is missing in:\n%s", words, g.text())
			}
		}
		if b.bootID() == before {
			t.Error("the device has not rebooted")
		}
	})
	t.Run("leads to recovery, and from there back to Android", func(t *testing.T) {
		b := newBench(t, 100*time.Millisecond)
		g := b.begin(wire.Act{Kind: wire.ActReboot, Mode: wire.RebootRecovery, Wait: true})
		g.exits(0)
		g.says("back as recovery")
		if d, _ := b.devices.Device(b.id); d.State != "recovery" {
			t.Fatalf("the device is %s", d.State)
		}
		g = b.begin(wire.Act{Kind: wire.ActReboot, Wait: true})
		g.exits(0)
		g.says("booted after")
	})
	t.Run("leads to the bootloader, where adb does not wait", func(t *testing.T) {
		b := newBench(t, 100*time.Millisecond)
		g := b.begin(wire.Act{Kind: wire.ActReboot, Mode: wire.RebootBootloader, Wait: true})
		g.exits(0)
		g.says("fastboot does")
	})
	t.Run("cancelled, says that the device goes on", func(t *testing.T) {
		b := newBench(t, time.Hour)
		g := b.begin(wire.Act{Kind: wire.ActReboot, Wait: true})
		g.says("the device left")
		g.cancel()
		g.end()
		g.says("it goes on rebooting")
	})
	t.Run("of a frozen device is lost, not refused", func(t *testing.T) {
		b := newBench(t, time.Hour, func(c *adb.Client) { c.OpenTimeout = time.Second })
		b.device.Freeze()
		g := b.begin(wire.Act{Kind: wire.ActReboot})
		if e := g.end(); e.Outcome != wire.Lost || e.Fault == nil || g.text() != "" {
			t.Errorf("ended as %+v, said:\n%s", e, g.text())
		}
	})
	t.Run("of a device that has just gone is refused", func(t *testing.T) {
		b := newBench(t, time.Hour)
		d, _ := b.devices.Device(b.id)
		b.stale = &d
		b.device.Vanish()
		g := b.begin(wire.Act{Kind: wire.ActReboot})
		if e := g.end(); e.Outcome != wire.Refused || e.Fault == nil || g.text() != "" {
			t.Errorf("ended as %+v, said:\n%s", e, g.text())
		}
	})
}

func TestWait(t *testing.T) {
	t.Run("for a device that has booted ends at once", func(t *testing.T) {
		b := newBench(t, time.Hour)
		g := b.begin(wire.Act{Kind: wire.ActWait})
		g.exits(0)
		g.says("booted after")
	})
	t.Run("for a device that is not listed", func(t *testing.T) {
		b := newBench(t, time.Hour)
		b.device.Vanish()
		b.until("its end", func() bool { _, listed := b.devices.Device(b.id); return !listed })
		g := b.begin(wire.Act{Kind: wire.ActWait})
		g.says("not listed")
		b.device.SetState("device")
		g.exits(0)
	})
	t.Run("goes on until the device says that it has booted", func(t *testing.T) {
		b := newBench(t, time.Hour)
		b.sh("setprop sys.boot_completed 0")
		g := b.begin(wire.Act{Kind: wire.ActWait})
		g.says("waiting for boot")
		b.sh("setprop sys.boot_completed 1")
		g.exits(0)
	})
	t.Run("for its leaving", func(t *testing.T) {
		b := newBench(t, time.Hour)
		g := b.begin(wire.Act{Kind: wire.ActWait, For: wire.WaitDisconnect})
		g.says("waiting for disconnect")
		b.device.Vanish()
		g.exits(0)
	})
	t.Run("for another state, and tells those on the way", func(t *testing.T) {
		b := newBench(t, time.Hour)
		g := b.begin(wire.Act{Kind: wire.ActWait, For: wire.WaitRecovery})
		g.says("waiting for recovery")
		b.device.SetState("unauthorized")
		g.says("the device is unauthorized")
		b.device.SetState("recovery")
		g.exits(0)
	})
	t.Run("ends with its context", func(t *testing.T) {
		b := newBench(t, time.Hour)
		g := b.begin(wire.Act{Kind: wire.ActWait, For: wire.WaitRecovery})
		g.says("waiting for recovery")
		g.cancel()
		g.end()
	})
}
