package inventory

import (
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

func TestRoster_reboot(t *testing.T) {
	t.Run("asked for", func(t *testing.T) {
		c := newCourse(t)
		c.r.rebooting("a", c.now)
		c.want(wire.DeviceRebooting)
		c.pass(20 * time.Second) // it syncs its files
		c.want(wire.DeviceRebooting)
		c.leave()
		c.pass(3 * time.Minute)
		c.want(wire.DeviceRebooting)
		c.back("second", false)
		c.pass(20 * time.Second)
		c.want(wire.DeviceRebooting)
		c.boot.Completed = true
		c.pass(time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("asked for, and it passes through other states", func(t *testing.T) {
		c := newCourse(t)
		c.r.rebooting("a", c.now)
		c.pass(time.Second)
		for _, state := range []string{"offline", "", "offline", "connecting", "authorizing"} {
			c.state = state
			c.pass(time.Second)
			c.want(wire.DeviceRebooting)
		}
		c.back("second", true)
		c.pass(time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("asked for, on a transport that stays", func(t *testing.T) {
		c := newCourse(t)
		c.r.rebooting("a", c.now)
		c.state = "offline"
		c.pass(5 * time.Second)
		c.state, c.boot = "device", adb.Boot{ID: "second"}
		c.pass(time.Second)
		c.want(wire.DeviceRebooting)
		c.boot.Completed = true
		c.pass(time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("to the bootloader", func(t *testing.T) {
		c := newCourse(t)
		c.r.rebooting("a", c.now)
		c.leave()
		c.pass(10 * time.Second)
		c.transport, c.state = 2, "bootloader"
		c.pass(time.Second)
		c.want("bootloader")
		c.leave()
		c.pass(10 * time.Second)
		c.want(wire.DeviceRebooting)
		c.back("second", true)
		c.pass(time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("that does not come about", func(t *testing.T) {
		c := newCourse(t)
		c.r.rebooting("a", c.now)
		c.pass(leaveFor + time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("that it does not come back from", func(t *testing.T) {
		c := newCourse(t)
		c.r.rebooting("a", c.now)
		c.leave()
		c.pass(rebootFor + time.Second)
		c.want("")
	})
	t.Run("of a system that never says that it is up", func(t *testing.T) {
		c := newCourse(t)
		c.r.rebooting("a", c.now)
		c.leave()
		c.pass(10 * time.Second)
		c.back("second", false)
		c.pass(completeIn - time.Second)
		c.want(wire.DeviceRebooting)
		c.pass(3 * time.Second)
		c.want(wire.DeviceReady)
	})
	for name, lostFirst := range map[string]bool{"seen by a stream that is lost before the device": true, "seen by a stream that is lost after the device": false} {
		t.Run(name, func(t *testing.T) {
			c := newCourse(t)
			if lostFirst {
				c.r.streamLost(1, c.now)
				c.want(wire.DeviceReady)
				c.leave()
				c.pass(time.Second)
			} else {
				c.leave()
				c.pass(time.Second)
				c.r.streamLost(1, c.now)
			}
			c.want(wire.DeviceRebooting)
			c.pass(30 * time.Second)
			c.want(wire.DeviceRebooting)
			c.back("second", false)
			c.pass(time.Second)
			c.want(wire.DeviceRebooting)
			c.boot.Completed = true
			c.pass(time.Second)
			c.want(wire.DeviceReady)
		})
	}
	t.Run("that nobody saw", func(t *testing.T) {
		c := newCourse(t)
		c.leave()
		c.pass(3 * time.Second)
		c.back("second", false)
		c.pass(time.Second)
		c.want(wire.DeviceRebooting)
		c.boot.Completed = true
		c.pass(time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("that was none: a cable", func(t *testing.T) {
		c := newCourse(t)
		c.r.streamLost(1, c.now)
		c.leave()
		c.pass(2 * time.Second)
		c.want(wire.DeviceRebooting)
		c.back("first", true)
		c.pass(time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("of a device that was unplugged with a stream open", func(t *testing.T) {
		c := newCourse(t)
		c.r.streamLost(1, c.now)
		c.leave()
		c.pass(guessFor + time.Second)
		c.want("")
	})
	t.Run("seen by a stream, of a device that is offline before it leaves", func(t *testing.T) {
		c := newCourse(t)
		c.r.streamLost(1, c.now)
		c.state = "offline"
		c.pass(time.Second)
		c.leave()
		c.pass(time.Second)
		c.want(wire.DeviceRebooting)
	})
	t.Run("not made of a device on USB that is offline", func(t *testing.T) {
		c := newCourse(t)
		c.r.streamLost(1, c.now)
		c.state = "offline"
		c.pass(time.Second)
		c.want("offline")
	})
	t.Run("not made of a stream of another device, or of long ago", func(t *testing.T) {
		c := newCourse(t)
		c.r.streamLost(1, c.now.Add(-lostNear))
		c.r.streamLost(99, c.now)
		c.leave()
		c.pass(time.Second)
		c.want("offline")
	})
}
