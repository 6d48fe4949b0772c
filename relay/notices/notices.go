// Package notices tells people what concerns them: that a bench went or came
// back, that a run of theirs has finished, what became of a reservation. Every
// relay sees the same causes; a notice has a key made of its cause, under which
// the store takes it once.
//
// It knows where events are said, and nothing of sockets or of how a cause came
// about.
package notices

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
)

// Benches is what is asked of the benches.
type Benches interface {
	Get(id string) (api.Bench, bool)
	Loaded() bool
	Gone(id string) bool // known to be offline, in contrast to not heard of yet
}

// Config is what notices need.
type Config struct {
	Events  events.Port
	Benches Benches
	// Links is the bucket in which the state of each bench lies as people were told
	// of it last, and since when ends of runs are told.
	Links func() jetstream.KeyValue
	// Told is the bucket in which the runs lie whose end was told, for as long as
	// events are kept.
	Told   func() jetstream.KeyValue
	Now    func() time.Time // the broker's clock
	Logger *slog.Logger
	// Settle is how long a bench must have been gone, or back, until people are
	// told; 0 means 2 s: an agent's restart is no news.
	Settle time.Duration
}

// Notices tells them. BenchChanged and RunChanged do not block.
type Notices struct {
	cfg Config
	log *slog.Logger

	mu    sync.Mutex // guards what follows
	moved map[string]time.Time
	going map[string]bool // runs that go on, as this relay saw them
	ended []ending        // at most maxEnded: what is beyond them is not told
	woken chan struct{}   // 1: there is something in ended
}

// Bounds of what waits while the store is away, and of the runs that are
// remembered as going on.
const (
	maxEnded = 4096
	maxGoing = 16384
)

// New makes them; Run tells.
func New(cfg Config) *Notices {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Settle == 0 {
		cfg.Settle = 2 * time.Second
	}
	return &Notices{
		cfg: cfg, log: cfg.Logger, moved: map[string]time.Time{}, going: map[string]bool{}, woken: make(chan struct{}, 1),
	}
}

// Notify tells a person something, and returns once the store has it. The same
// key again, by this relay or another, tells nothing new.
func (n *Notices) Notify(ctx context.Context, key, person string, what api.Notice) error {
	return n.say(ctx, key, "user:"+person, what)
}

func (n *Notices) say(ctx context.Context, key, room string, what api.Notice) error {
	body, err := json.Marshal(what)
	if err != nil {
		return err
	}
	said := make(chan error, 1)
	n.cfg.Events.Publish(events.Draft{Room: room, Ev: events.Notice, D: body, Key: key}, func(_ string, err error) { said <- err })
	select {
	case err := <-said:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run tells until ctx ends.
func (n *Notices) Run(ctx context.Context) error {
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { n.tellRuns(ctx) })
	n.tellBenches(ctx)
	return nil
}

// within bounds a notice's way to the store.
const within = 5 * time.Second

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
