package gateway

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/runs"
)

const (
	// newestRuns is how many runs a snapshot shows, liveRuns how many that go on;
	// listCommand how much of a command a list does.
	newestRuns  = 50
	liveRuns    = 200
	listCommand = 200

	// A newcomer is shown so many people, places with those who wait for them, and
	// so much of notes: what is more says so, and is asked for by who wants it.
	shownPeople = 200
	shownPlaces = 1000
	shownNotes  = 256 << 10
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
	var more api.More
	bound(&parts, &more)
	d, err = g.within(ctx, r, &parts, &more)
	return d, offset, err
}

// bound leaves out of a lab's parts what a newcomer need not be told at once. A
// bench's document is whole or not there.
func bound(parts *api.Parts, more *api.More) {
	if more.People = max(0, len(parts.People)-shownPeople); more.People > 0 {
		parts.People = parts.People[:shownPeople]
	}
	parts.Reservations, more.Reservations = fitting(parts.Reservations, shownPlaces, func(r api.Reservations) (size int) {
		for _, p := range r.Places {
			size += 1 + len(p.Queue) + len(p.Asks)
		}
		return size
	})
	parts.Notes, more.Notes = fitting(parts.Notes, shownNotes, func(n api.Notes) (size int) {
		for _, note := range n.Notes {
			size += 200 + len(note.Text)
		}
		return size
	})
}

// fitting is as much of a list as fits into room, one at least.
func fitting[T any](list []T, room int, size func(T) int) (shown []T, more int) {
	for i, one := range list {
		if room -= size(one); room < 0 && i > 0 {
			return list[:i], len(list) - i
		}
	}
	return list, 0
}

func (g *Gateway) within(ctx context.Context, r Room, parts *api.Parts, more *api.More) (any, error) {
	var list []api.Run
	if r.Prefix != RoomUser {
		if !g.cfg.Runs.Loaded() {
			return nil, Loading
		}
		var err error
		if list, more.Runs, err = g.recent(ctx, r.ID); err != nil {
			return nil, err
		}
	}
	if *more != (api.More{}) {
		parts.More = more
	}
	switch r.Prefix {
	case RoomUser:
		return api.UserSnapshot{Parts: *parts}, nil
	case RoomBench:
		b, err := g.bench(r.ID)
		return api.BenchSnapshot{Bench: b, Runs: list, Parts: *parts}, err
	}
	if !g.cfg.Benches.Loaded() {
		return nil, Loading
	}
	return api.LabSnapshot{Benches: g.List(), Runs: list, Parts: *parts}, nil
}

// recent lists the newest runs and the newest that go on, newest first, each once.
func (g *Gateway) recent(ctx context.Context, bench string) (list []api.Run, more int, err error) {
	going, more, err := g.cfg.Runs.Going(bench, liveRuns)
	if err != nil {
		return nil, 0, err
	}
	page, err := g.cfg.Runs.List(ctx, runs.Query{Bench: bench, Limit: newestRuns})
	if err != nil {
		return nil, 0, err
	}
	list = []api.Run{}
	seen := make(map[string]bool)
	for _, r := range append(going, page.Runs...) {
		if !seen[r.ID] {
			seen[r.ID] = true
			list = append(list, asListed(r))
		}
	}
	slices.SortStableFunc(list, func(a, b api.Run) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list, more, nil
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
