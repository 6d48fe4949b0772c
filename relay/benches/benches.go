// Package benches knows which benches there are, whether each is online and
// why not, and how an agent's clock stands against this relay's. It learns
// that from inventories (stream BENCHES), beats, goodbyes and the broker's
// disconnect advisories, which are hints to ask.
//
// The rules are pure (book.go): they take events and moments. It knows nothing
// of runs and Fiber.
package benches

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Config joins the benches to the broker. OnChange is told of each bench that
// changed, one call at a time; it must not block.
type Config struct {
	Bridge   *bridge.Bridge
	Logger   *slog.Logger
	OnChange func(api.Bench)
	Wall     func() time.Time // for what people read; no decision uses it
}

// Benches is what this relay knows of all benches.
type Benches struct {
	cfg  Config
	log  *slog.Logger
	junk bridge.Junk

	loaded chan struct{} // closed once everything stored was read

	mu     sync.Mutex // guards book and asking
	book   *book
	asking map[string]bool // benches whose clock is being asked
	jobs   bridge.Jobs

	telling sync.Mutex // orders calls of OnChange
}

// New makes the inventory; Run fills it.
func New(cfg Config) *Benches {
	if cfg.Wall == nil {
		cfg.Wall = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Benches{cfg: cfg, log: cfg.Logger, book: newBook(), asking: map[string]bool{}, loaded: make(chan struct{})}
}

// Loaded says whether the stored inventories were read and each bench was
// asked whether it is there.
func (b *Benches) Loaded() bool {
	select {
	case <-b.loaded:
		return true
	default:
		return false
	}
}

// Find waits for the bench to be known, or for everything to be loaded, and
// returns it like Get: a relay that has just started knows what is stored a
// moment later.
func (b *Benches) Find(ctx context.Context, id string) (api.Bench, bool) {
	for {
		if doc, ok := b.Get(id); ok || b.Loaded() {
			return doc, ok
		}
		select {
		case <-ctx.Done():
			return b.Get(id)
		case <-b.loaded:
		case <-time.After(5 * time.Millisecond): // one bench's inventory is read long before all benches are asked
		}
	}
}

// List returns all benches by id.
func (b *Benches) List() []api.Bench {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.book.list()
}

// Get returns one bench.
func (b *Benches) Get(id string) (api.Bench, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.book.get(id)
}

// Clock is an agent's clock as this relay can name it now.
func (b *Benches) Clock(id string) (Clock, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.book.clock(id, time.Now())
}

// Run follows the benches until ctx ends.
func (b *Benches) Run(ctx context.Context) error {
	defer b.jobs.End()
	if err := b.cfg.Bridge.Await(ctx); err != nil {
		return err
	}
	return b.follow(ctx)
}
