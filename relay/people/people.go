// Package people keeps who works in the lab: names, each borne by one person at
// a time, and the sessions in which they are signed in, on every relay alike.
// What a session may do ends on all relays at once when it is signed out.
//
// All of it lies in one bucket of KV, a record a name; this package follows the
// bucket, so that asking who somebody is costs nothing. It knows nothing of
// HTTP, cookies and sockets.
package people

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Tester is whoever shows the token and no name.
var Tester = api.User{ID: "tester", Name: "tester"}

// Unnamed is what somebody is called who has not chosen a name yet.
const Unnamed = "guest"

// maxPeople bounds the names that are kept.
const maxPeople = 20_000

// Config is what People are built from.
type Config struct {
	Bridge *bridge.Bridge
	Logger *slog.Logger
	Max    int              // of people; 0: maxPeople
	Wall   func() time.Time // sessions last for days: no two relays' clocks are compared more closely
	// Needed are people whom others see or wait for now, signed in or not: no name
	// is taken from them. known is false while this relay has not heard of all of
	// them. nil: nobody is.
	Needed func() (people map[string]bool, known bool)
	// Present finds who is here now, though nothing was ever kept of them. nil:
	// nobody is.
	Present func(person string) (api.User, bool)
}

// People answers from what it follows and changes the store.
type People struct {
	cfg Config
	log *slog.Logger

	mu      sync.Mutex // guards what follows
	book    *book
	loading *book // while the bucket is read anew; else nil
	loaded  bool
	gone    map[string]bool // sessions that surely do not hold; cleared when maxGone are
	moved   chan struct{}   // closed and made anew where book.seq grows and somebody waits
	waiting int
	fresh   fresh
	told    []Told
}

// Told is what a listener wants to be told; a missing function is told nothing.
// None may block.
type Told struct {
	Ended   func(session string)               // it no longer holds, whoever ended it
	Renamed func(who api.User)                 // a person goes by another name
	Moved   func(session string, who api.User) // it is another person's: who had no name of their own chose one
	Taken   func(who api.User)                 // a session has their name: the token alone no longer speaks for them
}

const maxGone = 4096

// Signed is somebody who is signed in.
type Signed struct {
	User    api.User
	Session Session
	Choose  bool // they have not chosen a name yet
}

// New makes the people of a broker; Run follows them.
func New(cfg Config) *People {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Wall == nil {
		cfg.Wall = time.Now
	}
	if cfg.Max == 0 {
		cfg.Max = maxPeople
	}
	if cfg.Needed == nil {
		cfg.Needed = func() (map[string]bool, bool) { return nil, true }
	}
	if cfg.Present == nil {
		cfg.Present = func(string) (api.User, bool) { return api.User{}, false }
	}
	return &People{cfg: cfg, log: cfg.Logger, book: newBook(), gone: map[string]bool{}, moved: make(chan struct{})}
}

// Watch tells of changes from now on, whichever relay made them.
func (p *People) Watch(told Told) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, told)
}

// Living says whether somebody is signed in as that person.
func (p *People) Living(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.book.find(id)
	return ok && e.living(p.cfg.Wall())
}

// Loaded says whether the bucket was read once.
func (p *People) Loaded() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.loaded }

// User finds a person by id: one who is known, or is here.
func (p *People) User(id string) (api.User, bool) {
	if id == Tester.ID {
		return Tester, true
	}
	p.mu.Lock()
	e, ok := p.book.find(id)
	p.mu.Unlock()
	if ok {
		return e.user(), true
	}
	return p.cfg.Present(id)
}

// Session finds who is signed in. A session that this relay has not heard of is
// looked for in the store once: it may have begun at another relay a moment ago.
func (p *People) Session(ctx context.Context, id string) (Signed, error) {
	if s, ok := p.seated(id); ok {
		return s, nil
	}
	p.mu.Lock()
	gone := p.gone[id]
	p.mu.Unlock()
	if gone {
		return Signed{}, notSignedIn
	}
	if err := p.catchUp(ctx); err != nil {
		return Signed{}, err
	}
	if s, ok := p.seated(id); ok {
		return s, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.gone) >= maxGone {
		clear(p.gone)
	}
	p.gone[id] = true
	return Signed{}, notSignedIn
}

var notSignedIn = &wire.Fault{
	Code: wire.Unauthorized, Message: "this session was signed out, or is over", Hint: "sign in again",
}

func (p *People) seated(id string) (Signed, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, e, ok := p.book.ofSession(id)
	if !ok {
		return Signed{}, false
	}
	s, ok := e.session(id)
	if !ok || !p.cfg.Wall().Before(s.Until) {
		return Signed{}, false
	}
	return Signed{User: e.user(), Session: s, Choose: e.Name == ""}, true
}

// put takes a record that this relay wrote, without waiting for the store to
// tell of it.
func (p *People) put(key string, rev uint64, r record) {
	p.mu.Lock()
	if p.loading != nil {
		p.loading.put(key, rev, r)
	}
	c := p.book.put(key, rev, r)
	p.mu.Unlock()
	p.tell(c)
}

func (p *People) tell(c change) {
	if len(c.ended)+len(c.who)+len(c.taken)+len(c.moved) == 0 {
		return
	}
	p.mu.Lock()
	told := p.told
	p.mu.Unlock()
	for _, t := range told {
		each(c.moved, t.Moved)
		all(c.ended, t.Ended)
		all(c.who, t.Renamed)
		all(c.taken, t.Taken)
	}
}

func all[T any](list []T, tell func(T)) {
	for i := 0; tell != nil && i < len(list); i++ {
		tell(list[i])
	}
}

func each(moves []move, tell func(string, api.User)) {
	all(moves, func(m move) {
		if tell != nil {
			tell(m.session, m.who)
		}
	})
}
