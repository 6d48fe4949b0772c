package keeper

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// overhead is what the store needs for a message beside its text: headers,
// subject and record.
const overhead = 128

// target is how far a bench that is over its share is cut back, in percent of
// it: cutting a little more makes cuts rare.
const target = 90

// weight is what a message takes of its bench's share: a bench may hide as much
// in headers as in text.
func weight(m bridge.Stored) int64 {
	headers := 0
	for name, values := range m.Header {
		for _, v := range values {
			headers += len(name) + len(v) + len(": \r\n")
		}
	}
	return m.Size + max(overhead, int64(headers))
}

var errLease = errors.New("the lease was lost in the middle")

// sweep counts what was stored since the last one and cuts what is too old or
// too much.
func (k *Keeper) sweep(ctx context.Context) error {
	seen, err := k.cfg.Bridge.Renew(ctx, wire.StreamRuns, k.ledger.seen)
	if err != nil {
		return err
	}
	if seen.Seq == 0 {
		k.ledger = newLedger()
	}
	k.ledger.seen = seen
	if err := k.count(ctx); err != nil {
		return err
	}
	if err := k.age(ctx); err != nil {
		return err
	}
	for bench, a := range k.ledger.benches {
		if err := k.bench(ctx, bench, a); err != nil {
			return fmt.Errorf("bench %s: %w", bench, err)
		}
	}
	return k.results(ctx)
}

// ended is when a run ended at the latest. The bench's clock says when it did,
// and may say the year 3000: then the claim and the run's own bounds count.
func ended(run api.Run) time.Time {
	const slack = 10 * time.Minute // between the relay's clock and the bench's, and to kill what does not end
	last := run.CreatedAt.Add(time.Duration(run.TimeoutS)*time.Second + slack)
	if run.EndedAt != nil && run.EndedAt.Before(last) {
		return *run.EndedAt
	}
	return last
}

func (k *Keeper) count(ctx context.Context) error {
	now := time.Now()
	scan := bridge.Scan{Stream: wire.StreamRuns, Subject: wire.HubRun("*", "*"), From: k.ledger.seen.Seq + 1, HeadersOnly: true}
	return k.cfg.Bridge.Each(ctx, scan, func(m bridge.Stored) bool {
		k.ledger.count(wire.BenchOf(m.Subject), wire.Leaf(m.Subject), weight(m), m.Seq, now)
		return k.lease.held()
	})
}

// age removes runs that are older than what is kept: first the mark, then the
// lines, the result and the claim.
func (k *Keeper) age(ctx context.Context) error {
	oldest := k.cfg.Wall().Add(-k.cfg.Limits.Age)
	for _, run := range k.cfg.Runs.All() {
		switch {
		case !run.CreatedAt.Before(oldest):
			return nil // they come oldest first
		case run.State == wire.Ended && ended(run).After(oldest):
			continue
		case run.State != wire.Ended && run.CreatedAt.Add(time.Duration(run.TimeoutS)*time.Second).After(oldest):
			continue
		}
		if err := k.cutAll(ctx, run); err != nil {
			return err
		}
		if err := k.cfg.Runs.Forget(ctx, run); err != nil {
			return err
		}
		if a := k.ledger.benches[run.Bench]; a != nil {
			a.cut(run.ID, 0, true)
		}
		k.log.Info("removed a run that is too old", "run", run.ID, "bench", run.Bench, "created", run.CreatedAt)
	}
	return nil
}

// bench cuts one bench back to its share, and what nobody claimed for long.
func (k *Keeper) bench(ctx context.Context, bench string, a *account) error {
	var all []standing
	claimed := map[string]api.Run{}
	for id, t := range a.runs {
		s := standing{run: id, stray: true, at: t.since}
		if run, ok := k.cfg.Runs.Peek(id); ok && run.Bench == bench {
			s.stray, s.going, s.at = false, run.State != wire.Ended, run.CreatedAt
			if run.State == wire.Ended {
				s.at = ended(run)
			}
			claimed[id] = run
		}
		all = append(all, s)
	}
	order(all)
	share := k.cfg.Limits.BytesPerBench
	over := a.bytes > share
	for _, s := range all {
		excess := a.bytes - share*target/100
		tooMuch := over && excess > 0
		if !tooMuch && (!s.stray || time.Since(s.at) < k.cfg.Limits.Stray) {
			continue
		}
		if !k.lease.held() {
			return errLease
		}
		var err error
		switch t := a.runs[s.run]; {
		case s.stray:
			if claimed, err := k.claimed(ctx, bench, s.run); err != nil {
				return err
			} else if claimed {
				continue
			}
			err = k.cfg.Bridge.Purge(ctx, wire.StreamRuns, wire.HubRun(bench, s.run), 0)
			excess = t.bytes
		case s.going || t.bytes > excess:
			excess, err = k.cutOldest(ctx, claimed[s.run], excess)
		default:
			err = k.cutAll(ctx, claimed[s.run])
			excess = t.bytes
		}
		if err != nil {
			return err
		}
		k.log.Info("cut a run's history", "bench", bench, "run", s.run, "bytes", excess, "left", a.bytes-excess)
		a.cut(s.run, excess, excess >= a.runs[s.run].bytes)
	}
	return nil
}

// claimed looks past the index whether a run is this bench's: its claim may be
// younger than what the index has heard.
func (k *Keeper) claimed(ctx context.Context, bench, id string) (bool, error) {
	if !wire.ValidID(id) {
		return false, nil
	}
	run, err := k.cfg.Runs.Get(ctx, id)
	var fault *wire.Fault
	if errors.As(err, &fault) && fault.Code == wire.NotFound {
		return false, nil
	}
	return err == nil && run.Bench == bench, err
}

// cutAll removes every line of a run.
func (k *Keeper) cutAll(ctx context.Context, run api.Run) error {
	if !k.lease.held() {
		return errLease
	}
	keptFrom := run.Lines + 1
	if run.State != wire.Ended { // its number of lines is not known: none that is stored is kept
		last, ok, err := k.cfg.Bridge.Last(ctx, wire.StreamRuns, wire.HubRun(run.Bench, run.ID))
		if err != nil {
			return err
		} else if !ok {
			return nil
		}
		_, keptFrom = numbers(last)
		keptFrom++
	} else if run.Lines == 0 {
		return nil
	}
	if err := k.cfg.Runs.Mark(ctx, run.ID, keptFrom); err != nil {
		return err
	}
	return k.cfg.Bridge.Purge(ctx, wire.StreamRuns, wire.HubRun(run.Bench, run.ID), 0)
}

// cutOldest removes a run's oldest blocks, bytes of them or a little more. The
// mark stands behind the last line that any removed block holds: so every line
// from the mark on is still there, whatever order the blocks were stored in.
func (k *Keeper) cutOldest(ctx context.Context, run api.Run, bytes int64) (cut int64, err error) {
	subject := wire.HubRun(run.Bench, run.ID)
	var keptFrom int64 = 1
	var before uint64 // the first sequence that stays
	scan := bridge.Scan{Stream: wire.StreamRuns, Subject: subject, HeadersOnly: true}
	err = k.cfg.Bridge.Each(ctx, scan, func(m bridge.Stored) bool {
		if cut >= bytes {
			return false
		}
		_, last := numbers(m)
		keptFrom, before = max(keptFrom, last+1), m.Seq+1
		cut += weight(m)
		return true
	})
	if err != nil || before == 0 {
		return 0, err
	}
	if !k.lease.held() {
		return 0, errLease
	}
	if err := k.cfg.Runs.Mark(ctx, run.ID, keptFrom); err != nil {
		return 0, err
	}
	return cut, k.cfg.Bridge.Purge(ctx, wire.StreamRuns, subject, before)
}

// numbers reads a block's lines from its headers; a gap of unknown length
// counts as its first line.
func numbers(m bridge.Stored) (first, last int64) {
	first, _ = strconv.ParseInt(m.Header.Get(wire.HeaderFirst), 10, 64)
	last, err := strconv.ParseInt(m.Header.Get(wire.HeaderLast), 10, 64)
	if err != nil || last < first {
		last = first
	}
	return first, last
}
