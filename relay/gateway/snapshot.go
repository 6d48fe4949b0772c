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

// snapshot is a room as it stands: what benches and runs know of it, and each
// module's part.
func (g *Gateway) snapshot(ctx context.Context, r Room) (d any, offset string, err error) {
	parts := api.NewParts()
	if g.cfg.Events != nil {
		said, err := g.cfg.Events.Snapshot(ctx, r.Name())
		if err != nil {
			return nil, "", err
		}
		offset, parts.O = said.Offset, said.Offset
		parts.Messages = append(parts.Messages, said.Messages...)
		if r.Prefix == RoomUser {
			parts.Notices = append(parts.Notices, said.Notices...)
		}
	}
	for _, m := range g.modules.list {
		if m.Snapshot != nil {
			if err := m.Snapshot(ctx, r, &parts); err != nil {
				return nil, "", err
			}
		}
	}
	d, err = g.within(ctx, r, parts)
	return d, offset, err
}

func (g *Gateway) within(ctx context.Context, r Room, parts api.Parts) (any, error) {
	switch r.Prefix {
	case RoomUser:
		return api.UserSnapshot{Parts: parts}, nil
	case RoomBench:
		b, err := g.bench(r.ID)
		if err != nil {
			return nil, err
		}
		if !g.cfg.Runs.Loaded() {
			return nil, Loading
		}
		list, err := g.recent(ctx, r.ID)
		return api.BenchSnapshot{Bench: b, Runs: list, Parts: parts}, err
	}
	if !g.cfg.Benches.Loaded() || !g.cfg.Runs.Loaded() {
		return nil, Loading
	}
	list, err := g.recent(ctx, "")
	return api.LabSnapshot{Benches: g.List(), Runs: list, Parts: parts}, err
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
	for _, room := range []string{RoomLab, RoomBench + bench} {
		g.hub.Publish(room, key, func() hub.Frame {
			return frameOf(api.Frame{T: "pub", Room: room, Ev: ev, D: d()})
		})
	}
}
