package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/runs"
)

// largeLab is one in which much goes on.
type largeLab struct {
	Runs
	live []api.Run // newest first
}

func (l largeLab) Loaded() bool { return true }

func (l largeLab) List(_ context.Context, q runs.Query) (api.Runs, error) {
	return api.Runs{Runs: l.live[:min(len(l.live), q.Limit)]}, nil
}

func (l largeLab) Going(_ string, limit int) ([]api.Run, int, error) {
	n := min(len(l.live), limit)
	return l.live[:n:n], len(l.live) - n, nil
}

type largeBenches struct{ Benches }

func (largeBenches) Loaded() bool      { return true }
func (largeBenches) List() []api.Bench { return nil }

func TestSnapshot_OfALargeLabIsBounded(t *testing.T) {
	lab := largeLab{}
	for i := range 2000 {
		lab.live = append(lab.live, api.Run{
			ID: fmt.Sprintf("r%021d", i), Bench: fmt.Sprintf("bench-%d", i%100), Device: "sim0001", Command: strings.Repeat("x", 300),
			State: []wire.RunState{wire.Claimed, wire.Accepted, wire.Running, wire.Unknown}[i%4], By: "Ada Lovelace", ByID: "p00000000000000000000000", CreatedAt: time.Now().Add(-time.Duration(i) * time.Second),
		})
	}
	var parts api.Parts
	for i := range 5000 {
		parts.People = append(parts.People, api.Person{ID: fmt.Sprintf("p%023d", i), Name: fmt.Sprintf("Person %04d", i), Since: time.Now(), Tabs: 2, At: []api.Look{{Bench: "bench-1", Device: "sim0001", Since: time.Now()}}})
	}
	for bench := range 100 {
		notes := api.Notes{Bench: fmt.Sprint("bench-", bench)}
		for range 20 {
			notes.Notes = append(notes.Notes, api.Note{ID: wire.NewID("n"), Text: strings.Repeat("m", 1000)})
		}
		parts.Notes = append(parts.Notes, notes)
		held := api.Reservations{Bench: fmt.Sprint("bench-", bench)}
		for device := range 20 {
			held.Places = append(held.Places, api.Place{Device: fmt.Sprint("d", device), Holder: &api.User{ID: "p1", Name: "Ada"}, Queue: []api.Waiting{{Who: api.User{ID: "p2", Name: "Bob"}}}})
		}
		parts.Reservations = append(parts.Reservations, held)
	}
	g, err := New(Config{Hub: hub.New(), Benches: largeBenches{}, Runs: lab, Logger: slog.New(slog.DiscardHandler), Modules: []Maker{func(*Gateway) Module {
		return Module{Snapshot: func(_ context.Context, _ Room, into *api.Parts) error {
			into.People, into.Notes, into.Reservations = parts.People, parts.Notes, parts.Reservations
			return nil
		}}
	}}})
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := g.snapshot(t.Context(), Room{Prefix: RoomLab})
	if err != nil {
		t.Fatal(err)
	}
	got := d.(api.LabSnapshot)
	if want := (api.More{People: 4800, Runs: 1800, Reservations: 75, Notes: 90}); got.More == nil || got.More.People != want.People || got.More.Runs != want.Runs || got.More.Reservations != want.Reservations || got.More.Notes < want.Notes-5 {
		t.Errorf("more is %+v, expected about %+v", got.More, want)
	}
	if len(got.People) != shownPeople || len(got.Runs) != liveRuns || got.Runs[0].ID != lab.live[0].ID || got.Runs[liveRuns-1].ID != lab.live[liveRuns-1].ID {
		t.Errorf("%d people, %d runs from %s on", len(got.People), len(got.Runs), got.Runs[0].ID)
	}
	shown := size(t, got)
	people, going := size(t, api.Parts{People: parts.People}), 0
	for _, r := range lab.live {
		going += size(t, asListed(r))
	}
	t.Logf("5,000 people, 2,000 runs that go on, 100 benches with 20 notes and 20 reservations each: %d KiB shown of %d KiB (people %d, runs %d)",
		shown>>10, (people+going+size(t, parts.Notes)+size(t, parts.Reservations))>>10, people>>10, going>>10)
	if shown > 800<<10 {
		t.Errorf("a newcomer is sent %d bytes", shown)
	}
}

// A small lab is shown whole, and nothing is said of more.
func TestSnapshot_OfASmallLabIsWhole(t *testing.T) {
	lab := largeLab{live: []api.Run{{ID: "r2"}, {ID: "r1"}}}
	g, err := New(Config{Hub: hub.New(), Benches: largeBenches{}, Runs: lab, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := g.snapshot(t.Context(), Room{Prefix: RoomLab})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.(api.LabSnapshot); got.More != nil || len(got.Runs) != 2 {
		t.Errorf("%+v, more %+v", got.Runs, got.More)
	}
}

func size(t *testing.T, v any) int {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return len(body)
}
