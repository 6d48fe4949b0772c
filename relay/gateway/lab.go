package gateway

import (
	"context"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Loading says that the relay has just begun, NoRun that a run is not there.
var (
	Loading = &wire.Fault{Code: wire.Unavailable, Message: "the relay is still reading what the benches told", Hint: "ask again in a second", Retry: true}
	NoRun   = &wire.Fault{Code: wire.NotFound, Message: "there is no such run", Hint: "GET /api/v1/runs lists them"}
)

// FindRun finds a run. A malformed id never reaches a subject.
func (g *Gateway) FindRun(ctx context.Context, id string) (api.Run, error) {
	if !wire.ValidID(id) {
		return api.Run{}, NoRun
	}
	return g.cfg.Runs.Get(ctx, id)
}

// bench finds a bench. While the relay reads what the benches told, one that is
// not there may yet turn up.
func (g *Gateway) bench(id string) (api.Bench, error) {
	b, ok := g.cfg.Benches.Get(id)
	switch {
	case ok:
		return whole(b), nil
	case !g.cfg.Benches.Loaded():
		return b, Loading
	}
	return b, &wire.Fault{Code: wire.NotFound, Message: "there is no bench " + id, Hint: "GET /api/v1/benches lists them"}
}

// List is the benches, with empty lists where there is nothing: never null.
func (g *Gateway) List() []api.Bench {
	list := g.cfg.Benches.List()
	if list == nil {
		list = []api.Bench{}
	}
	for i := range list {
		list[i] = whole(list[i])
	}
	return list
}

func whole(b api.Bench) api.Bench {
	if b.Devices == nil {
		b.Devices = []wire.Device{}
	}
	if b.Labels == nil {
		b.Labels = []string{}
	}
	return b
}
