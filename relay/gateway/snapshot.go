package gateway

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/runs"
)

const (
	// newestRuns is how many ended runs a snapshot shows, liveRuns how many of
	// each state that goes on; listCommand how much of a command a list does.
	newestRuns  = 50
	liveRuns    = 500
	listCommand = 200
)

func (g *Gateway) snapshot(ctx context.Context, bench string) (any, error) {
	if !g.cfg.Benches.Loaded() || !g.cfg.Runs.Loaded() {
		if _, ok := g.cfg.Benches.Get(bench); bench == "" || !ok || !g.cfg.Runs.Loaded() {
			return nil, Loading
		}
	}
	if bench == "" {
		list, err := g.recent(ctx, "")
		return api.LabSnapshot{Benches: g.List(), Runs: list, People: []api.Person{}}, err
	}
	b, ok := g.cfg.Benches.Get(bench)
	if !ok {
		return nil, &wire.Fault{Code: wire.NotFound, Message: "there is no bench " + bench, Hint: "GET /api/v1/benches lists them"}
	}
	list, err := g.recent(ctx, bench)
	return api.BenchSnapshot{Bench: whole(b), Runs: list, People: []api.Person{}}, err
}

// recent lists the runs that go on and the newest, newest first, each once.
func (g *Gateway) recent(ctx context.Context, bench string) ([]api.Run, error) {
	list := []api.Run{}
	seen := make(map[string]bool)
	for _, state := range []wire.RunState{"", wire.Claimed, wire.Accepted, wire.Running, wire.Unknown} {
		limit := liveRuns
		if state == "" {
			limit = newestRuns
		}
		page, err := g.cfg.Runs.List(ctx, runs.Query{Bench: bench, State: string(state), Limit: limit})
		if err != nil {
			return nil, err
		}
		for _, r := range page.Runs {
			if !seen[r.ID] {
				seen[r.ID] = true
				list = append(list, asListed(r))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b api.Run) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list, nil
}

func asListed(r api.Run) api.Run {
	if len(r.Command) > listCommand {
		n := 0
		for at := range r.Command {
			if n++; n > listCommand {
				r.Command = r.Command[:at]
				break
			}
		}
	}
	return r
}

// BenchChanged tells the rooms of a bench that it changed.
func (g *Gateway) BenchChanged(b api.Bench) {
	g.publish("bench", "bench:"+b.ID, sync.OnceValue(func() []byte { d, _ := json.Marshal(whole(b)); return d }), b.ID)
}

// RunChanged tells the rooms of a run's bench that it changed.
func (g *Gateway) RunChanged(r api.Run) {
	g.publish("run", "run:"+r.ID, sync.OnceValue(func() []byte { d, _ := json.Marshal(asListed(r)); return d }), r.Bench)
}

func (g *Gateway) publish(ev, key string, d func() []byte, bench string) {
	for _, room := range []string{roomLab, prefixRoom + bench} {
		g.hub.Publish(room, key, func() hub.Frame {
			return frameOf(api.Frame{T: "pub", Room: room, Ev: ev, D: d()})
		})
	}
}
