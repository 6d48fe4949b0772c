package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// All returns every run of the index, oldest first.
func (r *Runs) All() []api.Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]api.Run, 0, len(r.index.order))
	for _, e := range r.index.order {
		all = append(all, e.doc())
	}
	return all
}

// Starters are the ids of those whose runs go on.
func (r *Runs) Starters() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for _, e := range r.index.open {
		if e.claim.ByID != "" {
			list = append(list, e.claim.ByID)
		}
	}
	return list
}

// Going lists the newest runs that go on, of a bench ("": of all), newest first,
// their commands cut, and says how many more there are.
func (r *Runs) Going(bench string, limit int) (list []api.Run, more int, err error) {
	r.mu.Lock()
	if !r.loaded {
		r.mu.Unlock()
		return nil, 0, unavailable("this relay is still reading the list of runs")
	}
	list, more = r.index.going(bench, limit)
	r.mu.Unlock()
	for i := range list {
		r.link(&list[i])
	}
	return list, more, nil
}

func (x *index) going(bench string, limit int) (list []api.Run, more int) {
	var open []*entry
	for _, e := range x.open {
		if bench == "" || e.claim.Bench == bench {
			open = append(open, e)
		}
	}
	slices.SortFunc(open, func(a, b *entry) int { return compare(b, a) })
	more = max(0, len(open)-limit)
	for _, e := range open[:len(open)-more] {
		list = append(list, e.doc())
	}
	return list, more
}

// Mark records on a run's claim that the lines before keptFrom are about to be
// cut. It never moves back.
func (r *Runs) Mark(ctx context.Context, id string, keptFrom int64) error {
	kv := r.cfg.Bridge.Runs()
	for range 5 {
		entry, err := kv.Get(ctx, id)
		if err != nil {
			return fmt.Errorf("reading the claim of run %s: %w", id, err)
		}
		claim, err := parseClaim(entry)
		if err != nil {
			return fmt.Errorf("reading the claim of run %s: %w", id, err)
		}
		if claim.KeptFrom >= keptFrom {
			return nil
		}
		claim.KeptFrom = keptFrom
		value, err := json.Marshal(claim)
		if err != nil {
			return err
		}
		rev, err := kv.Update(ctx, id, value, entry.Revision())
		switch {
		case err == nil:
			r.change(id, func(x *index) bool { return x.claim(claim, rev, time.Now()) })
			return nil
		case !errors.Is(err, jetstream.ErrKeyRevisionMismatch):
			return fmt.Errorf("marking run %s as cut: %w", id, err)
		}
	}
	return fmt.Errorf("marking run %s as cut: another relay writes it, too", id)
}

// Forget removes a run's result and claim; its lines are the keeper's.
func (r *Runs) Forget(ctx context.Context, run api.Run) error {
	if err := r.cfg.Bridge.Purge(ctx, wire.StreamResults, wire.HubResult(run.Bench, run.ID), 0); err != nil {
		return err
	}
	err := r.cfg.Bridge.Runs().Purge(ctx, run.ID, jetstream.PurgeTTL(bridge.MarkerTTL))
	if err != nil {
		return fmt.Errorf("removing the claim of run %s: %w", run.ID, err)
	}
	r.removed(run.ID)
	return nil
}
