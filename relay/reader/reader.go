// Package reader delivers a run's lines to its followers: every line once, in
// order, live and replayed alike. A block is taken only if it begins at the
// follower's next line; what it has is dropped, what is ahead sends it back to
// replay. A hole that stays is shown as a gap.
package reader

import (
	"context"
	"log/slog"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Runs is what the reader asks about runs.
type Runs interface {
	Get(ctx context.Context, id string) (api.Run, error)
	Peek(id string) (api.Run, bool)
}

// Config joins the reader to the broker and the runs.
type Config struct {
	Bridge *bridge.Bridge
	Runs   Runs
	Logger *slog.Logger
}

// From is where a follower begins: at a line (0 means 1), or behind an offset.
type From struct {
	Line   int64
	Offset string
}

// Reader reads runs for any number of followers.
type Reader struct {
	cfg Config
}

// New makes a reader; Run lets it work.
func New(cfg Config) *Reader { return &Reader{cfg: cfg} }

// Run works until ctx ends.
func (r *Reader) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Follow hands a run's lines to f, stored and live, and blocks until the
// follower is gone, ctx ends or End was delivered. *wire.Fault not_found or
// unavailable comes before anything is delivered.
func (r *Reader) Follow(ctx context.Context, run string, from From, f Follower) error {
	<-ctx.Done()
	return ctx.Err()
}

// Log hands over what is stored now, from line from on. End comes only if the
// run has ended and everything was delivered.
func (r *Reader) Log(ctx context.Context, run string, from int64, f Follower) error {
	return nil
}

// Expect tells the reader of a run that this relay is about to start, so that
// its lines are kept in memory for the follower who will come.
func (r *Reader) Expect(bench, run string) {}

// RunChanged tells the reader what the index now says of a run.
func (r *Reader) RunChanged(run api.Run) {}
