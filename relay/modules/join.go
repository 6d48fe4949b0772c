package modules

import (
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/web"
)

// Join makes a relay: its core, and the web side that asks it and is told by it
// of changes. What a web side asks of the core is filled in here.
func Join(parts core.Config, face web.Config) (*core.Core, *web.Server, error) {
	var site *web.Server // set before the core runs
	parts.OnBench = func(b api.Bench) { site.BenchChanged(b) }
	parts.OnRun = func(r api.Run) { site.RunChanged(r) }
	parts.OnEvent = func(e *events.Event) { site.EventHeard(e) }
	c := core.New(parts)
	face.Logger, face.Ready, face.Now, face.Modules = parts.Logger, c.Ready, c.Now, Of(c)
	face.Benches, face.Runs, face.Reader, face.Sessions = c.Benches(), c.Runs(), c.Reader(), c.Sessions()
	face.Documents, face.Reservations, face.Jobs = c.Documents(), c.Books(), c.Jobs()
	face.Events, face.People, face.Crowd, face.Peers = c.Events(), c.People(), c.Crowd(), c.Peers()
	var err error
	site, err = web.New(face)
	return c, site, err
}
