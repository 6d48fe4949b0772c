package adbsim

import (
	"fmt"
	"net"
	"strings"
)

// overTCP says whether the host server has the device by its address.
func (d *Device) overTCP() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, _, err := net.SplitHostPort(d.serial)
	return err == nil && d.devPath == ""
}

// connect answers `adb connect`: OKAY, whatever comes of it.
func (b *Bench) connect(addr string) string {
	d := b.Device(addr)
	if d == nil || !d.overTCP() {
		return "failed to connect to '" + addr + "': this bench is simulated"
	}
	d.mu.Lock()
	away, known := d.state == "", !d.forgotten
	d.mu.Unlock()
	switch {
	case away:
		return "failed to connect to '" + addr + "': Connection refused"
	case known:
		return "already connected to " + addr
	}
	d.unstick()
	d.renew(false)
	b.notify()
	return "connected to " + addr
}

// disconnect forgets a TCP device, or all of them.
func (b *Bench) disconnect(addr string) (string, error) {
	done := "disconnected everything"
	if addr != "" {
		d := b.Device(addr)
		if d == nil || !d.overTCP() {
			return "", fmt.Errorf("no such device '%s'", addr)
		}
		d.renew(true)
		done = "disconnected " + addr
	} else {
		for _, d := range b.devices {
			if d.overTCP() {
				d.renew(true)
			}
		}
	}
	b.notify()
	return done, nil
}

// reconnect drops a device's connection and builds it anew, which helps one
// that is stuck.
func (b *Bench) reconnect(d listed) string {
	d.unstick()
	d.renew(false)
	b.notify()
	return "reconnecting " + d.Serial + " [" + d.State + "]\n"
}

// unstick ends what only a new connection mends.
func (d *Device) unstick() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stuck {
		d.stuck, d.state = false, StateDevice
	}
}

func (b *Bench) reconnectOffline() string {
	var said strings.Builder
	for _, d := range b.list() {
		if d.State == StateOffline {
			b.reconnect(d)
			said.WriteString("reconnecting " + d.Serial + "\n")
		}
	}
	if said.Len() == 0 {
		return "done"
	}
	return said.String()
}

// renew gives a device that is there another connection of the same state, or
// none (forgotten) until `adb connect`: its streams end, and who runs on it
// meets a hangup.
func (d *Device) renew(forgotten bool) {
	id := d.bench.newTransportID()
	d.mu.Lock()
	lose := d.lose
	d.forgotten = forgotten
	if d.state != "" {
		d.transportID = id
		d.connection, d.lose = newConnection()
	}
	resume := d.state == StateDevice
	d.mu.Unlock()
	lose()
	if resume {
		d.machine.Resume()
	}
}
