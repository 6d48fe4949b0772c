// Package modules lists what is plugged into farbench.v1: a line each. It joins
// the gateway's modules to the parts of the core that they stand on, and the core
// to its web side, and knows nothing of what they do.
package modules

import (
	"github.com/farbench/farbench/relay/attendance"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/desk"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/notes"
)

// Of makes the modules of a relay.
func Of(c *core.Core) []gateway.Maker {
	return []gateway.Maker{
		desk.Module(c.Books()),
		attendance.Module(c.Crowd()),
		ofJobs(c.Jobs()),
		notes.Module(c.Documents(), c.Benches(), c.Now),
	}
}
