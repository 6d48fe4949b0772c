// Package runs claims, starts, settles, cancels and lists runs. A claim in KV
// comes before anything is sent, so an id names one command of one device for
// ever; a start names the agent's life and the moment in that life's clock
// after which it is void, so it is never late.
//
// What it knows of all runs is an index (index.go, pure), filled from claims
// and results in the background. It knows nothing of lines and Fiber.
package runs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/benches"
	"github.com/farbench/farbench/relay/bridge"
)

// Config joins the runs to the broker and the benches.
type Config struct {
	Bridge  *bridge.Bridge
	Benches *benches.Benches
	Logger  *slog.Logger
	// OnChange is told of each run that changed, one call at a time; it must
	// not block. Command is cut as in lists.
	OnChange func(api.Run)
	// Claimed is told of a run that this relay is about to send, before its
	// first line can arrive.
	Claimed func(bench, run string)
	// Check finds a check of the lab by its id; errors are *wire.Fault.
	Check func(ctx context.Context, id string) (api.Check, error)
	// Allow says whether a person may begin something on a device now, and under
	// which epoch of its reservation; AllowEnd whether they may end what somebody
	// began. Errors are *wire.Fault.
	Allow    func(ctx context.Context, bench, device string, by api.User) (wire.Drive, error)
	AllowEnd func(ctx context.Context, bench, device string, by api.User, began string) (wire.Drive, error)

	Wall func() time.Time // for what people read; no decision uses it
}

// Runs is what this relay knows of all runs.
type Runs struct {
	cfg  Config
	log  *slog.Logger
	junk bridge.Junk

	mu     sync.Mutex // guards index, loaded and due
	index  *index
	loaded bool
	due    map[string]time.Time // when an open run's bench is asked about it next

	telling sync.Mutex    // orders calls of OnChange
	settle  chan struct{} // 1: wakes the settling loop
	reload  chan struct{} // 1: results were dropped, read them again
}

// New makes the index; Run fills it.
func New(cfg Config) *Runs {
	if cfg.Wall == nil {
		cfg.Wall = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Runs{
		cfg: cfg, log: cfg.Logger, index: newIndex(), due: map[string]time.Time{},
		settle: make(chan struct{}, 1), reload: make(chan struct{}, 1),
	}
}

// Loaded says whether the index holds every run that is stored.
func (r *Runs) Loaded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.loaded
}

// Get returns a run with its whole command. not_found means that no claim is
// stored; unavailable that this relay cannot tell now.
func (r *Runs) Get(ctx context.Context, id string) (api.Run, error) {
	if !wire.ValidID(id) {
		return api.Run{}, notFound(id)
	}
	run, whole, ok := r.peek(id)
	if ok && whole {
		return run, nil
	}
	claim, err := r.fetch(ctx, id)
	if err != nil {
		return api.Run{}, err
	}
	if run, _, ok = r.peek(id); !ok {
		return api.Run{}, notFound(id)
	}
	run.Command = claim.Command
	return run, nil
}

// Peek returns what the index holds of a run, its command cut.
func (r *Runs) Peek(id string) (api.Run, bool) {
	run, _, ok := r.peek(id)
	return run, ok
}

func (r *Runs) peek(id string) (run api.Run, whole, ok bool) {
	r.mu.Lock()
	e := r.index.byID[id]
	if e != nil {
		run, whole = e.doc(), !e.cut
	}
	r.mu.Unlock()
	if e == nil {
		return run, false, false
	}
	r.link(&run)
	return run, whole, true
}

// link says whether the bench of a run that goes on can be reached.
func (r *Runs) link(run *api.Run) {
	if run.State == wire.Ended {
		return
	}
	run.Link = "up"
	if b, ok := r.cfg.Benches.Get(run.Bench); !ok {
		run.Link = "down"
	} else if b.State != api.Online {
		run.Link = "down since " + b.SeenAt.UTC().Format(time.RFC3339)
	}
}

// Run follows claims and results and settles runs until ctx ends.
func (r *Runs) Run(ctx context.Context) error {
	if err := r.cfg.Bridge.Await(ctx); err != nil {
		return err
	}
	var jobs sync.WaitGroup
	defer jobs.Wait()
	jobs.Go(func() { r.settleAll(ctx) })
	return r.follow(ctx)
}

func (r *Runs) change(id string, event func(*index) bool) {
	r.mu.Lock()
	changed := event(r.index)
	r.mu.Unlock()
	if changed {
		r.tell(id)
	}
}

func (r *Runs) tell(id string) {
	if r.cfg.OnChange == nil {
		return
	}
	r.telling.Lock()
	defer r.telling.Unlock()
	if run, ok := r.Peek(id); ok { // read here: the last call always tells the present state
		r.cfg.OnChange(run)
	}
}
