package runs

import (
	"context"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// How often a bench that is there is asked again about a run that goes on, and
// how many questions may be open at once.
const (
	askSilent  = 5 * time.Second
	askGoing   = time.Minute
	askAtOnce  = 8
	settleWait = 2 * time.Second
)

// BenchChanged is told when a bench's state changed: one that is back is asked
// at once about every run of it that goes on.
func (r *Runs) BenchChanged(b api.Bench) {
	if b.State != api.Online {
		return
	}
	r.mu.Lock()
	for id, e := range r.index.open {
		if e.claim.Bench == b.ID {
			delete(r.due, id)
		}
	}
	r.mu.Unlock()
	select {
	case r.settle <- struct{}{}:
	default:
	}
}

// settleAll marks silent runs as unknown and asks their benches.
func (r *Runs) settleAll(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	var jobs sync.WaitGroup
	defer jobs.Wait()
	slots := make(chan struct{}, askAtOnce) // full: what is due waits for the next tick
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.settle:
		}
		r.mu.Lock()
		unknown := r.index.tick(time.Now(), r.cfg.Wall())
		r.mu.Unlock()
		for _, id := range unknown {
			r.tell(id)
		}
		for _, claim := range r.takeDue() {
			select {
			case slots <- struct{}{}:
			default:
				r.mu.Lock()
				delete(r.due, claim.Run)
				r.mu.Unlock()
				continue
			}
			jobs.Go(func() {
				defer func() { <-slots }()
				r.ask(ctx, claim)
			})
		}
	}
}

// takeDue returns the runs whose bench is to be asked now, and notes when to
// ask again.
func (r *Runs) takeDue() (claims []wire.Claim) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.due {
		if r.index.open[id] == nil {
			delete(r.due, id)
		}
	}
	if !r.loaded {
		return nil
	}
	for id, e := range r.index.open {
		wait := askGoing
		if e.result == nil {
			if !e.silent(now) {
				continue
			}
			wait = askSilent
		}
		if at, ok := r.due[id]; ok && now.Before(at) {
			continue
		}
		if b, ok := r.cfg.Benches.Get(e.claim.Bench); !ok || b.State != api.Online {
			continue
		}
		r.due[id] = now.Add(wait)
		claims = append(claims, e.claim)
	}
	return claims
}

// ask settles a run: the agent says how it stands, or that it never saw the id
// and, since the start is void, never will.
func (r *Runs) ask(ctx context.Context, c wire.Claim) {
	ctx, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	a, err := r.cfg.Bridge.AskOnce(ctx, c.Bench, wire.CmdRequest(wire.VerbRun), func(relay, req string) any {
		return wire.Request{Relay: relay, Req: req, Run: c.Run, Device: c.Device}
	})
	if err == nil && a.Result != nil && a.Result.Run == c.Run {
		r.take(c.Bench, *a.Result)
	}
}
