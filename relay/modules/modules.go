// Package modules lists what is plugged into farbench.v1: a line each. It joins
// the gateway's modules to the parts of the core that they stand on, and the core
// to its web side. What only puts a part of the core into frames stands here, a
// file each; it decides nothing.
package modules

import (
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/notes"
)

// Of makes the modules of a relay.
func Of(c *core.Core) []gateway.Maker {
	return []gateway.Maker{
		ofReservations(c.Books()),
		ofPresence(c.Crowd()),
		ofJobs(c.Jobs()),
		notes.Module(c.Documents(), c.Benches(), c.Now),
	}
}
