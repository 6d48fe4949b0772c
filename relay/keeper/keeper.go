// Package keeper cuts history: by age, and by bytes per bench, so that one
// bench's flood evicts nobody else's lines. One relay at a time does it, by a
// lease in KV. What it cuts it first records on the run (kept_from), so that a
// reader shows a gap and never waits for lines that are gone.
//
// It counts from the headers of what is stored (ledger.go) and reads no line.
package keeper

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/runs"
)

// Limits say how much history is kept; zero fields take the defaults.
type Limits struct {
	Age           time.Duration // of runs; default 30 days
	BytesPerBench int64         // of lines; default 8 GiB
	Every         time.Duration // between two looks; default 5 s
	Stray         time.Duration // how long lines and results without a claim may lie; default 10 min
}

func (l Limits) withDefaults() Limits {
	if l.Age == 0 {
		l.Age = 30 * 24 * time.Hour
	}
	if l.BytesPerBench == 0 {
		l.BytesPerBench = 8 << 30
	}
	if l.Every == 0 {
		l.Every = 5 * time.Second
	}
	if l.Stray == 0 {
		l.Stray = 10 * time.Minute
	}
	return l
}

// Config joins the keeper to the store. Age is measured by Wall against the
// claims' own times: days, where a clock's seconds do not matter.
type Config struct {
	Bridge *bridge.Bridge
	Runs   *runs.Runs
	Limits Limits
	Logger *slog.Logger
	Wall   func() time.Time
}

// Keeper cuts while it holds the lease.
type Keeper struct {
	cfg    Config
	log    *slog.Logger
	ledger *ledger
	lease  lease

	resultsSeen bridge.Mark // up to where results were looked at
	resultsDue  time.Time   // when they are next
}

// New makes a keeper; Run lets it work.
func New(cfg Config) *Keeper {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Wall == nil {
		cfg.Wall = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Keeper{cfg: cfg, log: cfg.Logger, ledger: newLedger()}
}

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	if err := k.cfg.Bridge.Await(ctx); err != nil {
		return err
	}
	var jobs sync.WaitGroup
	defer jobs.Wait()
	jobs.Go(func() { k.lease.keep(ctx, k.cfg.Bridge, k.log) })
	tick := time.NewTicker(k.cfg.Limits.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if !k.lease.held() || k.cfg.Bridge.Ready() != nil || !k.cfg.Runs.Loaded() {
			k.ledger = newLedger() // another may cut: what was counted is worth nothing
			continue
		}
		if err := k.sweep(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("cutting history, trying again", "err", err)
			k.ledger = newLedger()
		}
	}
}
