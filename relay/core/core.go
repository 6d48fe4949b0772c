// Package core joins what a relay knows of its benches: the bridge to NATS,
// benches, runs, the reader of their lines, the keeper of their history and the
// events of rooms.
// The web side stands on it; it knows neither Fiber nor rooms.
package core

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/benches"
	"github.com/farbench/farbench/relay/booking"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/crowd"
	"github.com/farbench/farbench/relay/documents"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/jobs"
	"github.com/farbench/farbench/relay/keeper"
	"github.com/farbench/farbench/relay/notices"
	"github.com/farbench/farbench/relay/people"
	"github.com/farbench/farbench/relay/reader"
	"github.com/farbench/farbench/relay/runs"
	"github.com/farbench/farbench/relay/search"
	"github.com/farbench/farbench/relay/sessions"
)

// Config says where the broker is and how long history is kept. OnBench and
// OnRun are told of every change, one call at a time each; they must not
// block.
type Config struct {
	Bridge  bridge.Config
	Keep    keeper.Limits
	Logger  *slog.Logger
	OnBench func(api.Bench)
	OnRun   func(api.Run)
	OnEvent func(*events.Event) // what was said in a room; also one call at a time
	Wall    func() time.Time    // for what people read; no decision uses it
}

// Core is the joined parts.
type Core struct {
	bridge    *bridge.Bridge
	documents *documents.Documents
	benches   *benches.Benches
	runs      *runs.Runs
	reader    *reader.Reader
	keeper    *keeper.Keeper
	sessions  *sessions.Sessions
	people    *people.People
	crowd     *crowd.Crowd
	events    *events.Events
	notices   *notices.Notices
	jobs      *jobs.Jobs
	books     *booking.Books
}

// New builds the parts; Run starts them.
func New(cfg Config) *Core {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Bridge.Logger == nil {
		cfg.Bridge.Logger = cfg.Logger
	}
	c := &Core{bridge: bridge.New(cfg.Bridge)}
	c.documents = documents.New(c.bridge)
	c.benches = benches.New(benches.Config{
		Bridge: c.bridge, Logger: cfg.Logger, Wall: cfg.Wall,
		OnChange: func(b api.Bench) {
			c.runs.BenchChanged(b)
			c.notices.BenchChanged(b)
			c.books.BenchChanged(b)
			if cfg.OnBench != nil {
				cfg.OnBench(b)
			}
		},
	})
	c.books = booking.New(booking.Config{
		Bridge: c.bridge, Bench: c.benches.Find, Logger: cfg.Logger,
		Person: func(id string) (api.User, bool) { return c.people.User(id) },
	})
	c.runs = runs.New(runs.Config{
		Bridge: c.bridge, Benches: c.benches, Logger: cfg.Logger, Wall: cfg.Wall,
		OnChange: func(r api.Run) {
			c.reader.RunChanged(r)
			c.notices.RunChanged(r)
			c.books.RunChanged(r)
			if cfg.OnRun != nil {
				cfg.OnRun(r)
			}
		},
		Claimed: func(bench, run string) { c.reader.Expect(bench, run) },
		Check:   c.documents.Check,
		Allow:   c.books.Allow, AllowEnd: c.books.AllowEnd,
	})
	c.reader = reader.New(reader.Config{Bridge: c.bridge, Runs: c.runs, Logger: cfg.Logger})
	c.keeper = keeper.New(keeper.Config{Bridge: c.bridge, Runs: c.runs, Limits: cfg.Keep, Logger: cfg.Logger, Wall: cfg.Wall})
	c.events = events.New(events.Config{Bridge: c.bridge, Tell: cfg.OnEvent, Logger: cfg.Logger})
	c.notices = notices.New(notices.Config{
		Events: c.events, Benches: c.benches, Links: c.bridge.Documents, Told: c.bridge.Told, Now: c.bridge.Now, Logger: cfg.Logger,
	})
	c.books.Tell(c.notices)
	c.jobs = jobs.New(jobs.Config{Bridge: c.bridge, Logger: cfg.Logger, Kinds: map[string]jobs.Kind{
		"search": search.Kind(c.runs, c.reader, func(bench string) bool { _, ok := c.benches.Get(bench); return ok }),
	}})
	c.sessions = sessions.New(sessions.Config{Bridge: c.bridge, Usable: c.runs.Usable, Ask: c.benches.Ask, Allow: c.books.Allow, Working: c.books.Working, SaidBy: runs.SaidBy, Logger: cfg.Logger})
	c.crowd = crowd.New(crowd.Config{Bridge: c.bridge, Logger: cfg.Logger, Wall: cfg.Wall})
	c.people = people.New(people.Config{Bridge: c.bridge, Logger: cfg.Logger, Wall: cfg.Wall, Needed: c.Needed, Present: c.crowd.Who})
	c.people.Watch(people.Told{Renamed: c.crowd.Rename})
	return c
}

// Benches and what follows are the parts that the web side uses.
func (c *Core) Benches() *benches.Benches       { return c.benches }
func (c *Core) Runs() *runs.Runs                { return c.runs }
func (c *Core) Reader() *reader.Reader          { return c.reader }
func (c *Core) Documents() *documents.Documents { return c.documents }
func (c *Core) Sessions() *sessions.Sessions    { return c.sessions }
func (c *Core) People() *people.People          { return c.people }
func (c *Core) Crowd() *crowd.Crowd             { return c.crowd }
func (c *Core) Events() *events.Events          { return c.events }
func (c *Core) Books() *booking.Books           { return c.books }
func (c *Core) Jobs() *jobs.Jobs                { return c.jobs }

// Peers are the other relays, Now is the broker's clock.
func (c *Core) Peers() bridge.Peers { return c.bridge.Peers() }
func (c *Core) Now() time.Time      { return c.bridge.Now() }

// Ready is nil while the broker answers and every stream is there.
func (c *Core) Ready() error { return c.bridge.Ready() }

// Run runs all parts until ctx ends; the bridge ends last, so that their
// goodbyes still go out.
func (c *Core) Run(ctx context.Context) error {
	bridging, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	group, parts := errgroup.WithContext(ctx)
	var others sync.WaitGroup
	for _, run := range []func(context.Context) error{
		c.benches.Run, c.runs.Run, c.reader.Run, c.keeper.Run, c.events.Run, c.notices.Run, c.jobs.Run, c.books.Run, c.people.Run, c.crowd.Run,
	} {
		others.Add(1)
		group.Go(func() error { defer others.Done(); return run(parts) })
	}
	group.Go(func() error { return c.bridge.Run(bridging) })
	group.Go(func() error { others.Wait(); cut(); return nil })
	err := group.Wait()
	if ctx.Err() != nil {
		return nil // asked to stop
	}
	return err
}
