package adbsim

import (
	"fmt"
	"net"
	"strconv"
)

// The ports on which every adb server looks for emulators.
const firstPolled, lastPolled = 5555, 5585

// ListenADBD opens an adbd port for each device, from addr on, and gives their
// addresses in the order of the devices. With port 0 the system chooses each.
// Run serves them.
func (b *Bench) ListenADBD(addr string) ([]net.Addr, error) {
	host, portText, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listening as adbd: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, fmt.Errorf("listening as adbd: port %s: %w", portText, err)
	}
	if last := port + len(b.devices) - 1; port <= lastPolled && last >= firstPolled {
		return nil, fmt.Errorf("listening as adbd: ports %d to %d: every adb server polls %d to %d by itself; choose others", port, last, firstPolled, lastPolled)
	}
	var addrs []net.Addr
	for _, d := range b.devices {
		l, err := b.listen(net.JoinHostPort(host, strconv.Itoa(port)), d.serveADBD)
		if err != nil {
			return nil, fmt.Errorf("listening as adbd of %s: %w", d.Serial(), err)
		}
		addrs = append(addrs, l.Addr())
		if port != 0 {
			port++
		}
	}
	return addrs, nil
}
