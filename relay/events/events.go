package events

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// Config is what Events are built from. Tell is called with every event that is
// new at this relay, in order, by one goroutine, whether somebody follows its
// room or not; it must not block.
type Config struct {
	Bridge *bridge.Bridge
	Tell   func(*Event)
	Logger *slog.Logger
}

// How many passes over the store run at once, and how many of the stream's
// newest events a relay reads when it starts.
const (
	passes = 32
	warm   = 8192
)

// Events is a relay's share in what is said in rooms. Run keeps it; everything
// else may be called from any goroutine at any time.
type Events struct {
	bridge *bridge.Bridge
	tell   func(*Event)
	log    *slog.Logger
	slots  chan struct{} // passes over the store; full: the next waits
	jobs   bridge.Jobs
	bounds bounds
	end    context.Context // ended with Run: what runs beside it leaves
	stop   context.CancelFunc
	warm   uint64
	loaded chan struct{} // closed once what there was has been read

	mu   sync.Mutex // guards the book and every member
	book *book
}

// New makes the events of a relay; Run starts them.
func New(cfg Config) *Events {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Tell == nil {
		cfg.Tell = func(*Event) {}
	}
	e := &Events{
		bridge: cfg.Bridge, tell: cfg.Tell, log: cfg.Logger,
		slots: make(chan struct{}, passes), warm: warm, loaded: make(chan struct{}), book: newBook(),
	}
	e.end, e.stop = context.WithCancel(context.Background())
	e.book.stalled, e.book.replay = e.awaitRoom, e.startPass
	return e
}

// Join implements Port. Before this relay has read what there is, the follower
// waits.
func (e *Events) Join(name, from string, f Follower) Member {
	m := &member{e: e, f: f, asked: from, place: -1}
	e.mu.Lock()
	defer e.mu.Unlock()
	m.room = e.book.room(name)
	if e.isLoaded() {
		e.book.begin(m)
	} else {
		m.room.wait(m)
	}
	return m
}

// Leave ends the membership: nothing is handed over once it has returned.
func (m *member) Leave() {
	m.e.mu.Lock()
	defer m.e.mu.Unlock()
	if m.gone {
		return
	}
	m.gone = true
	m.e.book.remove(m)
	m.e.book.tidy(m.room)
	if m.left != nil {
		close(m.left)
	}
}

// awaitRoom waits beside for room at a follower. The mutex is held.
func (e *Events) awaitRoom(m *member) {
	m.left = make(chan struct{})
	left := m.left
	e.jobs.Go(func() {
		err := m.f.Room(left)
		e.mu.Lock()
		defer e.mu.Unlock()
		if err != nil || m.gone {
			return // whoever owns the follower calls Leave
		}
		m.left = nil
		e.book.rejoin(m, e.book.room(m.room.name))
	})
}

func (e *Events) isLoaded() bool {
	select {
	case <-e.loaded:
		return true
	default:
		return false
	}
}

// await waits until this relay has read what there is.
func (e *Events) await(ctx context.Context) error {
	select {
	case <-e.loaded:
		return nil
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	select {
	case <-e.loaded:
		return nil
	case <-ctx.Done():
		return &wire.Fault{Code: wire.Unavailable, Message: "this relay is still reading what was said in its rooms", Hint: "ask again in a moment", Retry: true}
	}
}

// slot takes one of the places for reading the store.
func (e *Events) slot(ctx context.Context) (free func(), err error) {
	select {
	case e.slots <- struct{}{}:
		return func() { <-e.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
