// Package web is the relay's face: the HTTP API, what carries the browsers'
// connections, and the dashboard's files. It checks who asks and from where,
// turns faults into answers, and hands everything else to the gateway, benches,
// runs and reader. Of the relay it alone imports Fiber, and it does not know
// NATS.
package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/auth"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/people"
	"github.com/farbench/farbench/relay/reader"
	"github.com/farbench/farbench/relay/runs"
)

// Runs is what web asks of the runs beyond the gateway. Errors are *wire.Fault
// where expected.
type Runs interface {
	gateway.Runs
	History(ctx context.Context, by api.User, q runs.Past) (api.History, error)
}

// Documents are what people edit. Errors are also *documents.Invalid, with all
// mistakes, and *documents.Conflict, with the document as it is now.
type Documents interface {
	Checks(ctx context.Context) (api.Checks, error)
	SaveChecks(ctx context.Context, doc api.Checks) (api.Checks, error)
	Settings(ctx context.Context, user string) (api.Settings, error)
	SaveSettings(ctx context.Context, user string, doc api.Settings) (api.Settings, error)
	Lab(ctx context.Context) (api.Lab, error)
	SaveLab(ctx context.Context, doc api.Lab) (api.Lab, error)
}

// Reader delivers a run's lines.
type Reader interface {
	gateway.Reader
	// Log delivers what is stored now.
	Log(ctx context.Context, run string, from int64, f reader.Follower) error
}

// Config is what a Server is built from.
type Config struct {
	Listen string   // host:port; port 0 lets the kernel choose
	Hosts  []string // names that the relay is reached by; needed beyond loopback
	Scheme string   // http, or https where a proxy in front ends TLS
	Token  string

	Benches   gateway.Benches
	Runs      Runs
	Reader    Reader
	Documents Documents
	Sessions  gateway.Sessions

	Reservations Reservations
	Jobs         Jobs // nil: there are none

	Events  events.Port      // nil: nothing is said in rooms
	People  People           // who may be signed in
	Crowd   Crowd            // nil: nobody is seen
	Peers   gateway.Peers    // nil: this is the only relay
	Now     func() time.Time // the store's clock; nil: this machine's
	Modules []gateway.Maker  // what is plugged into farbench.v1
	Ready   func() error     // nil once the relay can serve
	Static  fs.FS            // the built dashboard; nil: the embedded one
	Logger  *slog.Logger

	MaxSockets int // default 20,000
	MaxStreams int // followed logs; default 1,000
}

// Server serves until Run's context ends.
type Server struct {
	cfg      Config
	log      *slog.Logger
	listener *listener
	keys     *auth.Keys
	hosts    *auth.Hosts
	hub      *hub.Hub
	gateway  *gateway.Gateway
	app      *fiber.App
	api      huma.API
	openAPI  func() ([]byte, error)
	static   *static
	metrics  *metrics

	draining atomic.Bool
	stop     context.Context // ended by the drain: streams and sockets leave
	stopNow  context.CancelFunc
	sockets  places
	streams  places
	events   eventStreams
	verdicts chan struct{}  // runs being judged; full: the next waits
	entering sync.Mutex     // orders enter and the drain's start
	active   sync.WaitGroup // answers on their way, streams, sockets
}

// New listens, so that a port in use is known at once, and builds the routes.
func New(cfg Config) (*Server, error) {
	keys, err := auth.New(cfg.Token)
	if err != nil {
		return nil, err
	}
	if !auth.Loopback(cfg.Listen) && len(cfg.Hosts) == 0 {
		return nil, fmt.Errorf("%s is not loopback: listening there needs the host names that the relay is reached by (FARBENCH_HOSTS)", cfg.Listen)
	}
	if cfg.Static == nil {
		cfg.Static = embedded()
	}
	inner, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, listenError(cfg.Listen, err)
	}
	hosts, err := auth.NewHosts(cfg.Hosts, cfg.Scheme, inner.Addr().(*net.TCPAddr).Port)
	if err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	s := &Server{
		cfg: cfg, log: cfg.Logger, keys: keys, hosts: hosts,
		listener: newListener(inner), hub: hub.New(), static: newStatic(cfg.Static),
		sockets: places{max: orDefault(cfg.MaxSockets, 20_000)},
		streams: places{max: orDefault(cfg.MaxStreams, 1_000)}, verdicts: make(chan struct{}, maxVerdicts),
	}
	s.stop, s.stopNow = context.WithCancel(context.Background())
	s.metrics = newMetrics(s.hub, s.listener, &s.streams)
	s.gateway, err = gateway.New(gateway.Config{
		Hub: s.hub, Benches: cfg.Benches, Runs: cfg.Runs, Reader: cfg.Reader, Sessions: cfg.Sessions,
		Events: cfg.Events, Peers: cfg.Peers, Now: cfg.Now, Modules: cfg.Modules,
		Faults: s, Token: keys.Token, Arriving: cfg.People.Arriving, Acting: cfg.People.Acting, Person: cfg.People.User, Holds: s.holds, Living: cfg.People.Living, Started: s.metrics.started, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	cfg.People.Watch(people.Told{Ended: s.sessionEnded, Renamed: s.gateway.Rename, Moved: s.gateway.Moved, Taken: s.gateway.Taken})
	s.metrics.registry.MustRegister(s.gateway.Collectors()...)
	s.app = newApp(s.onError)
	s.route()
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// URL is how a browser reaches a server on loopback.
func (s *Server) URL() string {
	if len(s.cfg.Hosts) > 0 {
		return s.hosts.Scheme() + "://" + s.cfg.Hosts[0]
	}
	return "http://" + s.Addr().String()
}

// Link makes a single-use link that signs in somebody new.
func (s *Server) Link(ctx context.Context) (string, error) {
	code, _, err := s.cfg.People.MakeLink(ctx, "")
	return s.URL() + "/#code=" + code, err
}

// BenchChanged and RunChanged tell the rooms of what has changed.
func (s *Server) BenchChanged(b api.Bench) { s.gateway.BenchChanged(b) }
func (s *Server) RunChanged(r api.Run)     { s.gateway.RunChanged(r) }

// EventHeard tells who it concerns of a stored event that is new here.
func (s *Server) EventHeard(e *events.Event) { s.gateway.EventHeard(e) }

// Run serves until ctx ends, then drains.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	watching, unwatch := context.WithCancel(context.Background())
	group.Go(func() error { return s.hub.Run(watching) })
	group.Go(func() error { return s.gateway.Run(watching) })
	group.Go(func() error {
		if err := s.app.Listener(s.listener); err != nil {
			return fmt.Errorf("serving on %s: %w", s.Addr(), err)
		}
		return nil
	})
	group.Go(func() error {
		defer unwatch()
		<-ctx.Done()
		s.drain()
		return nil
	})
	return group.Wait()
}

// newApp closes the traps that Fiber's configuration can close; facts about
// each stand with its test in traps_test.go.
func newApp(onError fiber.ErrorHandler) *fiber.App {
	app := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         true, // a path in other letters is another path: the guard compares paths
		StrictRouting:         true,
		Immutable:             true, // Fiber's strings are otherwise overwritten by the next request
		BodyLimit:             bodyLimit,
		ReadBufferSize:        8 << 10,
		ReadTimeout:           requestLimit,
		IdleTimeout:           60 * time.Second,
		ReduceMemoryUsage:     true,
		ErrorHandler:          onError,
	})
	// Without it closing a socket from another goroutine does nothing, and a
	// late write lands on a different client's socket.
	app.Server().KeepHijackedConns = true
	return app
}

const (
	bodyLimit    = 1 << 20
	requestLimit = 10 * time.Second // to read a request, headers included
	drainLimit   = 5 * time.Second
)

func listenError(listen string, err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return fmt.Errorf("listening on %s: %w; is another relay running there? Choose another address with FARBENCH_LISTEN", listen, err)
}

func orDefault(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

// places bounds how many of a kind there are at once.
type places struct {
	max   int
	taken atomic.Int64
}

func (p *places) take() bool {
	if p.taken.Add(1) > int64(p.max) {
		p.taken.Add(-1)
		return false
	}
	return true
}

func (p *places) free() { p.taken.Add(-1) }
