package keeper

import (
	"context"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// How many results one sweep looks at, and how many it removes.
const (
	resultsAtOnce = 1000
	removedAtOnce = 100
)

// results removes the results of ids that nobody claimed: an agent writes one
// for whatever id it likes, and no run's end will ever remove it. Each stored
// result is looked at once, when it is old enough that its claim would be known.
func (k *Keeper) results(ctx context.Context) error {
	if time.Now().Before(k.resultsDue) {
		return nil
	}
	seen, err := k.cfg.Bridge.Renew(ctx, wire.StreamResults, k.resultsSeen)
	if err != nil {
		return err
	}
	old := k.cfg.Wall().Add(-k.cfg.Limits.Stray)
	var strays []bridge.Stored
	looked, last := 0, seen.Seq
	scan := bridge.Scan{Stream: wire.StreamResults, Subject: wire.HubResult("*", "*"), From: seen.Seq + 1, HeadersOnly: true}
	err = k.cfg.Bridge.Each(ctx, scan, func(m bridge.Stored) bool {
		if m.At.After(old) {
			return false
		}
		looked, last = looked+1, m.Seq
		if run, ok := k.cfg.Runs.Peek(wire.Leaf(m.Subject)); !ok || run.Bench != wire.BenchOf(m.Subject) {
			strays = append(strays, m)
		}
		return looked < resultsAtOnce && len(strays) < removedAtOnce
	})
	if err != nil {
		return err
	}
	for _, m := range strays {
		if err := k.removeResult(ctx, m); err != nil {
			return err
		}
	}
	seen.Seq = last
	k.resultsSeen = seen
	if looked < resultsAtOnce && len(strays) < removedAtOnce {
		k.resultsDue = time.Now().Add(k.cfg.Limits.Stray / 10)
	}
	return nil
}

func (k *Keeper) removeResult(ctx context.Context, m bridge.Stored) error {
	bench, run := wire.BenchOf(m.Subject), wire.Leaf(m.Subject)
	if !k.lease.held() {
		return errLease
	}
	if claimed, err := k.claimed(ctx, bench, run); err != nil || claimed {
		return err
	}
	// A younger result of the same id is not meant: it is looked at by itself.
	if err := k.cfg.Bridge.Purge(ctx, wire.StreamResults, m.Subject, m.Seq+1); err != nil {
		return fmt.Errorf("a result that nobody claimed: %w", err)
	}
	k.log.Info("removed a result that nobody claimed", "bench", bench, "run", run)
	return nil
}
