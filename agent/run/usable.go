package run

import "github.com/farbench/farbench/agent/wire"

// NotReady says why work other than a run cannot begin on a device now; nil: it
// can.
func NotReady(id string, d wire.Device, known bool) *wire.Fault {
	return notReady(wire.Start{Device: id}, d, known)
}
