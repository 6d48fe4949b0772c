// Package bridge is the hub's side of NATS: it keeps one connection open for
// ever, makes sure that the streams and buckets are there, asks agents short
// questions and hands out subscriptions. It says so while the broker is away.
//
// It knows NATS and nothing of runs, rooms or HTTP.
package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/wire"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Config is where the broker is and how much it may keep.
type Config struct {
	URL                       string
	Creds, User, Password, CA string // as FARBENCH_NATS_*
	RunsMaxBytes              int64  // bound of stream RUNS; 0: the disk's
	Replicas                  int    // of streams and buckets; 0 means 1
	Logger                    *slog.Logger
}

// Bridge is the hub's connection. Run keeps it; everything else may be called
// from any goroutine once Await has returned.
type Bridge struct {
	cfg   Config
	relay string
	log   *slog.Logger
	asks  asks
	open  sessions
	drops drops
	junk  Junk

	mu        sync.Mutex // guards the fields below
	nc        *nats.Conn
	js        jetstream.JetStream
	runs      jetstream.KeyValue
	leases    jetstream.KeyValue
	documents jetstream.KeyValue
	people    jetstream.KeyValue
	reserved  jetstream.KeyValue
	jobs      jetstream.KeyValue
	told      jetstream.KeyValue
	clock     brokerClock
	streams   map[string]jetstream.Stream
	epoch     int           // grows each time the connection is ready again
	changed   chan struct{} // closed when epoch grows
	trouble   error         // why it is not ready; nil when it is
}

// New makes a bridge; Run connects it.
func New(cfg Config) *Bridge {
	if cfg.Replicas == 0 {
		cfg.Replicas = 1
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Bridge{
		cfg: cfg, relay: wire.NewID("r")[:20], log: cfg.Logger,
		changed: make(chan struct{}), streams: map[string]jetstream.Stream{}, trouble: errors.New("not connected to the broker yet"),
	}
}

// Relay is the random name under which this process asks agents.
func (b *Bridge) Relay() string { return b.relay }

// Ready is nil while the broker answers and every stream is there.
func (b *Bridge) Ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.trouble
}

// Epoch counts how often the connection became ready, 0 before the first time;
// changed is closed when it grows. What was missed in between must be read
// again from the store.
func (b *Bridge) Epoch() (n int, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.epoch, b.changed
}

// Await waits until the connection was ready once.
func (b *Bridge) Await(ctx context.Context) error {
	for {
		n, changed := b.Epoch()
		if n > 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// JetStream, Runs, Leases, Documents, People and Reservations are the store; nil before Await.
func (b *Bridge) JetStream() jetstream.JetStream { b.mu.Lock(); defer b.mu.Unlock(); return b.js }
func (b *Bridge) Runs() jetstream.KeyValue       { b.mu.Lock(); defer b.mu.Unlock(); return b.runs }
func (b *Bridge) Leases() jetstream.KeyValue     { b.mu.Lock(); defer b.mu.Unlock(); return b.leases }

func (b *Bridge) Documents() jetstream.KeyValue {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.documents
}

func (b *Bridge) People() jetstream.KeyValue { b.mu.Lock(); defer b.mu.Unlock(); return b.people }

// Told is where it lies whose end people were told of.
func (b *Bridge) Told() jetstream.KeyValue { b.mu.Lock(); defer b.mu.Unlock(); return b.told }

// JobStore is where jobs lie, a document each.
func (b *Bridge) JobStore() jetstream.KeyValue { b.mu.Lock(); defer b.mu.Unlock(); return b.jobs }

func (b *Bridge) Reservations() jetstream.KeyValue {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reserved
}

func (b *Bridge) conn() *nats.Conn { b.mu.Lock(); defer b.mu.Unlock(); return b.nc }

// Run connects, and stays connected until ctx ends.
func (b *Bridge) Run(ctx context.Context) error {
	woken := make(chan struct{}, 1) // one wake-up is as good as many
	wake := func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	}
	options, err := b.options(wake)
	if err != nil {
		return err
	}
	closed := make(chan struct{}) // by the library's last callback
	nc, err := nats.Connect(b.cfg.URL, append(options, nats.ClosedHandler(func(*nats.Conn) { close(closed) }))...)
	if err != nil {
		return fmt.Errorf("connecting to the broker at %s: %w", b.address(), err)
	}
	defer func() { nc.Close(); <-closed }()
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(5*time.Second), jetstream.WithPublishAsyncTimeout(ackWithin))
	if err != nil {
		return fmt.Errorf("opening the broker's store: %w", err)
	}
	b.mu.Lock()
	b.nc, b.js = nc, js
	b.mu.Unlock()
	if err := b.listen(nc); err != nil {
		return err
	}
	if !nc.IsConnected() {
		b.log.Warn("waiting for the broker", "url", b.address())
	}
	return b.keep(ctx, nc, woken)
}

// address is where the broker is, without its password.
func (b *Bridge) address() string { return dial.Server{URL: b.cfg.URL}.String() }

// checkEvery is how often the bridge looks whether its streams are still there.
const checkEvery = 5 * time.Second

// keep prepares the store after each connect and marks the bridge ready.
func (b *Bridge) keep(ctx context.Context, nc *nats.Conn, woken <-chan struct{}) error {
	const first, most = 100 * time.Millisecond, 5 * time.Second
	again := time.NewTimer(time.Hour)
	again.Stop()
	defer again.Stop()
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	wait, ready := first, false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
			ready = false
		case <-again.C:
		case <-check.C:
			ready = ready && !b.missing(ctx) // somebody may have deleted a stream
		}
		if ready || !nc.IsConnected() {
			continue
		}
		if err := b.prepare(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			b.setTrouble(fmt.Errorf("preparing the broker's streams: %w", err))
			b.log.Warn("the broker's store is not ready, trying again", "err", err)
			again.Reset(wait)
			wait = min(2*wait, most)
			continue
		}
		wait, ready = first, true
		b.up()
	}
}

func (b *Bridge) up() {
	b.mu.Lock()
	b.trouble = nil
	b.epoch++
	close(b.changed)
	b.changed = make(chan struct{})
	n := b.epoch
	b.mu.Unlock()
	b.log.Info("connected to the broker", "url", b.conn().ConnectedUrlRedacted(), "time", n)
}

func (b *Bridge) setTrouble(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = err
}
