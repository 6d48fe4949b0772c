// Package reader delivers a run's lines to its followers: every line once, in
// order, live and replayed alike. A block is taken only if it begins at the
// follower's next line (rule.go, pure); what it has is dropped, what is ahead
// sends it back to replay. A hole that stays is shown as a gap.
//
// A followed run has a head (head.go), which hears the bench's live blocks and
// pushes them to every follower that has caught up; the others replay from the
// store (cursor.go) until they meet it. The package knows neither browsers nor
// HTTP.
package reader

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Bounds of a relay.
const (
	recentBytes = 256 << 10 // kept of each run for late joiners
	heldBytes   = 16 << 20  // kept of a run while somebody is about to join or makes room
	heldInAll   = 256 << 20 // over all runs; beyond it only recentBytes are kept
	replays     = 32        // passes over the store at once; others queue
	keepHead    = 10 * time.Second
	nearEnd     = 512         // blocks: a replay this close to the end is about to join
	nearHead    = 64          // blocks: likewise for the head's own pass, for all who follow it
	pollEvery   = time.Second // how often the store is looked at while lines are missing
)

// Runs is what the reader asks about runs.
type Runs interface {
	Get(ctx context.Context, id string) (api.Run, error)
	Peek(id string) (api.Run, bool)
	// KeptFrom reads the keeper's mark from the store, past every cache.
	KeptFrom(ctx context.Context, id string) (int64, error)
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
	cfg   Config
	log   *slog.Logger
	junk  bridge.Junk
	slots chan struct{} // replays: a pass over the store holds one
	held  atomic.Int64  // bytes that heads keep beyond recentBytes
	jobs  bridge.Jobs
	ctx   context.Context // Run's; ends every catch-up
	begun chan struct{}   // closed when Run has set ctx

	mu    sync.RWMutex // guards heads
	heads map[string]*head
}

// New makes a reader; Run lets it work.
func New(cfg Config) *Reader {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Reader{
		cfg: cfg, log: cfg.Logger, slots: make(chan struct{}, replays), begun: make(chan struct{}),
		heads: map[string]*head{},
	}
}

// Run works until ctx ends.
func (r *Reader) Run(ctx context.Context) error {
	r.ctx = ctx
	close(r.begun)
	defer r.jobs.End()
	if err := r.cfg.Bridge.Await(ctx); err != nil {
		return err
	}
	resumes, err := r.answerResumes(ctx)
	if err != nil {
		return err
	}
	defer resumes()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	epoch, _ := r.cfg.Bridge.Epoch()
	for {
		n, changed := r.cfg.Bridge.Epoch()
		if n != epoch {
			epoch = n
			r.suspect()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-tick.C:
			r.tidy(time.Now())
		}
	}
}

// Follow hands a run's lines to f, stored and live, and blocks until the
// follower is gone, ctx ends or End was delivered. *wire.Fault not_found or
// unavailable comes before anything is delivered.
func (r *Reader) Follow(ctx context.Context, run string, from From, f Follower) error {
	doc, err := r.cfg.Runs.Get(ctx, run)
	if err != nil {
		return err
	}
	h, err := r.open(ctx, doc.Bench, run)
	if err != nil {
		r.log.Warn("opening a run for a follower", "run", run, "err", err)
		return &wire.Fault{
			Code: wire.Unavailable, Message: "the lines of run " + run + " cannot be read now",
			Hint: "ask again in a moment", Retry: true,
		}
	}
	defer r.release(h)
	c := &cursor{r: r, h: h, f: f, pos: begin(from, doc), woken: make(chan struct{}, 1)}
	return c.follow(ctx)
}

// Log hands over what is stored now, from line from on. End comes only if the
// run has ended and everything was delivered.
func (r *Reader) Log(ctx context.Context, run string, from int64, f Follower) error {
	doc, err := r.cfg.Runs.Get(ctx, run)
	if err != nil {
		return err
	}
	c := &cursor{r: r, f: f, pos: begin(From{Line: from}, doc), h: &head{r: r, bench: doc.Bench, run: run}}
	return c.stored(ctx)
}

// Expect tells the reader of a run that this relay is about to start: it has
// no lines yet, and those that come are kept for the follower who will come.
func (r *Reader) Expect(bench, run string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.heads[run] != nil {
		return
	}
	if _, err := r.listen(bench, run, true); err != nil {
		r.log.Warn("subscribing a run's lines", "bench", bench, "run", run, "err", err)
	}
}

// RunChanged tells the reader what the index now says of a run.
func (r *Reader) RunChanged(run api.Run) {
	if h := r.head(run.ID); h != nil && h.bench == run.Bench {
		h.changed(run)
	}
}

func (r *Reader) head(run string) *head {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.heads[run]
}

// suspect makes every head look into the store: live blocks may have been
// missed.
func (r *Reader) suspect() {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, h := range r.heads {
		h.suspect()
	}
}

// slot waits for leave to pass over the store.
func (r *Reader) slot(ctx context.Context) (free func(), err error) {
	select {
	case r.slots <- struct{}{}:
		return func() { <-r.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errGone = errors.New("the follower is gone")
