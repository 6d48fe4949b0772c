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
	ended   []func(session string)
	renamed []func(api.User)
	taken   []func(api.User)
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
	return &People{cfg: cfg, log: cfg.Logger, book: newBook(), gone: map[string]bool{}, moved: make(chan struct{})}
}

// Watch tells of each session that no longer holds from now on, whoever ended it,
// of each person who goes by another name, and of each for whom the token alone no
// longer speaks, for a session has their name. None may block.
func (p *People) Watch(ended func(session string), renamed, taken func(api.User)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended, p.renamed, p.taken = append(p.ended, ended), append(p.renamed, renamed), append(p.taken, taken)
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

// User finds a person by id, signed in or not.
func (p *People) User(id string) (api.User, bool) {
	if id == Tester.ID {
		return Tester, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.book.find(id)
	return e.user(), ok
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
	if len(c.ended)+len(c.who)+len(c.taken) == 0 {
		return
	}
	p.mu.Lock()
	ended, renamed, taken := p.ended, p.renamed, p.taken
	p.mu.Unlock()
	for _, id := range c.ended {
		for _, tell := range ended {
			tell(id)
		}
	}
	for _, u := range c.who {
		for _, tell := range renamed {
			tell(u)
		}
	}
	for _, u := range c.taken {
		for _, tell := range taken {
			tell(u)
		}
	}
}
