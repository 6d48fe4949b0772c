// Package gateway is farbench.v1, whatever carries it: what a connection says,
// which rooms it joins, what is asked of it and what it is told. A socket and an
// event stream differ in their framing alone, which is relay/web's; a connection's
// queue and a room's members are relay/hub's.
//
// It knows neither Fiber nor NATS.
package gateway

import (
	"context"
	"log/slog"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/people"
	"github.com/farbench/farbench/relay/reader"
	"github.com/farbench/farbench/relay/runs"
	"github.com/farbench/farbench/relay/sessions"
)

// AnswerLimit is how long an answer may take.
const AnswerLimit = 30 * time.Second

// Benches is what the gateway asks of the benches.
type Benches interface {
	List() []api.Bench
	Get(id string) (api.Bench, bool)
	Loaded() bool // before it, an unknown bench may yet turn up
}

// Runs is what the gateway asks of the runs. Errors are *wire.Fault where
// expected.
type Runs interface {
	Start(ctx context.Context, r api.RunRequest, by api.User) (run api.Run, first bool, err error)
	Get(ctx context.Context, id string) (api.Run, error)
	List(ctx context.Context, q runs.Query) (api.Runs, error)
	// Going lists the newest that go on, and says how many more do.
	Going(bench string, limit int) (list []api.Run, more int, err error)
	Cancel(ctx context.Context, id string, by api.User) error
	Loaded() bool
}

// Reader delivers a run's lines. Follow blocks until the follower is gone, ctx
// ends or End was delivered.
type Reader interface {
	Follow(ctx context.Context, run string, from reader.From, f reader.Follower) error
}

// Sessions opens sessions at benches. out gets a session's frames from there,
// and may wait for its reader until done is closed.
type Sessions interface {
	Open(ctx context.Context, q api.SessionRequest, by api.User, out func(frame []byte, done <-chan struct{}) error) (*sessions.Session, error)
}

// Faults makes what crosses to a client of what went wrong here; what was not
// expected goes to the log whole and crosses as an id alone.
type Faults interface {
	Fault(doing string, err error) *wire.Fault
	Panicked(doing string, cause any) *wire.Fault
}

// Config is what a Gateway is built from.
type Config struct {
	Hub      *hub.Hub
	Benches  Benches
	Runs     Runs
	Reader   Reader
	Sessions Sessions
	Events   events.Port // nil: nothing is said in rooms
	Peers    Peers       // nil: there is no other relay
	Modules  []Maker
	Faults   Faults
	Token    func(token string) bool // says whether a hello's token is right
	// Person finds somebody by id; nil: everybody may be.
	Person func(id string) (api.User, bool)
	// Holds says whether a cookie's session still does, and whose it is; nobody's
	// where that cannot be known now. It may ask the store.
	Holds func(ctx context.Context, session string) (who api.User, holds bool)
	// Arriving finds who speaks with the token alone under a name; Acting sees to it
	// that they are known once they do something. Both may ask the store.
	Arriving, Acting func(ctx context.Context, name string) (api.User, error)
	Living           func(id string) bool // says whether somebody is signed in as that person; nil: nobody is
	Started          func(first bool)     // is told of every run request that was taken
	Now              func() time.Time     // the store's clock; nil: nothing is measured by it
	Logger           *slog.Logger
}

// Gateway serves the connections of one relay.
type Gateway struct {
	cfg     Config
	hub     *hub.Hub
	log     *slog.Logger
	modules modules // plugged in once, by New
	metrics *metrics

	tag      string // of this relay
	registry registry
	asks     asks
}

// New makes a gateway with its modules. An error says that they do not fit
// together.
func New(cfg Config) (*Gateway, error) {
	tag := wire.NewID("")[:tagLen]
	if cfg.Peers != nil {
		tag = cfg.Peers.Tag()
	}
	g := &Gateway{cfg: cfg, tag: tag, asks: asks{open: map[string]*asking{}, of: map[*Visit]int{}}, hub: cfg.Hub, log: cfg.Logger, metrics: newMetrics(), registry: newRegistry()}
	return g, g.plug(cfg.Modules)
}

// Visitor is who came with a connection, before hello.
type Visitor struct {
	Known   bool // by token or session
	User    api.User
	Session string    // of a cookie: its id
	Expires time.Time // of a cookie; zero: never
}

// Tester is whoever shows the token and no name.
var Tester = people.Tester
