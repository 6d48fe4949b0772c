// Package link is the agent's outward connection to NATS: it stays connected
// for ever, beats, hands requests to the runner and their answers back, carries
// what the spool sends and asks, after every reconnect, how far the hub got.
//
// It knows nothing of adb or of what runs print. Nothing is buffered while the
// link is down: what must not be lost lies in the spool, and an answer that
// comes late is of no use to anybody.
package link

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/life"
	"github.com/farbench/farbench/agent/spool"
	"github.com/farbench/farbench/agent/wire"
)

// Bench answers what the hub asks. Its methods are called concurrently and
// return at once.
type Bench interface {
	Start(wire.Start) wire.Answer
	Cancel(wire.Cancel) wire.Answer
	Ask(wire.Request) wire.Answer
	State() wire.State
	Epochs(wire.Epochs) wire.Answer
}

// Sessions are what the hub opens and sends frames to. Its methods return at
// once.
type Sessions interface {
	// Open begins a session whose frames go out by out; nil: it has begun.
	Open(o wire.SessionOpen, out func(frame []byte) error) *wire.Fault
	// Take takes a frame, and keeps it. It may say what the sender has to hear.
	Take(sid string, frame []byte) (answer []byte)
	// Unheard says that nobody takes a session's frames any more.
	Unheard(sid string)
	// Cut says that frames on their way are lost.
	Cut()
}

// Config is what a link needs.
type Config struct {
	dial.Server
	Name      string // of the bench, for the broker's operators
	Host      string // name of the PC
	PID       int
	Life      *life.Life
	Spool     *spool.Spool
	Bench     Bench
	Sessions  Sessions
	PingEvery time.Duration // 0 means 15 s: proxies close what is silent for longer
	Logger    *slog.Logger
	// StateSent, where not nil, is called when the broker has got the bench's
	// state, and with it the link's subscriptions.
	StateSent func()
}

// Link is one agent's connection.
type Link struct {
	c  Config
	up chan struct{} // 1: connected anew; more signals add nothing
	// stateOut is signalled when the bench's state was published. 1: more
	// signals add nothing.
	stateOut chan struct{}
	slots    chan struct{} // starts and cancels under way; when full, they are refused

	mu     sync.Mutex // guards what follows; taken before the spool's
	epoch  int        // grows with every connect: an older question's answer is stale
	silent bool       // an outage was logged
	// inboxOfBeats is where the broker says that nobody takes a session's frames.
	inboxOfBeats string
}

// New makes a link; a mistake in where and how to connect is an error.
func New(c Config) (*Link, error) {
	if c.PingEvery == 0 {
		c.PingEvery = 15 * time.Second
	}
	if err := c.Server.Check(); err != nil {
		return nil, err
	}
	return &Link{c: c, up: make(chan struct{}, 1), stateOut: make(chan struct{}, 1), slots: make(chan struct{}, 256)}, nil
}

// Run keeps a connection until the context ends, then says goodbye. The
// library reconnects by itself; should it ever give up, Run begins anew.
func (l *Link) Run(ctx context.Context) error {
	for {
		err := l.oneLife(ctx)
		if ctx.Err() != nil {
			return nil
		}
		l.c.Logger.Warn("connection ended, beginning anew", "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rand.N(2 * time.Second)):
		}
	}
}

// oneLife holds one connection of the library, with all its reconnects.
func (l *Link) oneLife(ctx context.Context) error {
	subscribed := make(chan struct{})
	closed := make(chan error, 1)
	nc, err := nats.Connect(l.c.URL, l.options(subscribed, closed)...)
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", l.c.Server, err)
	}
	defer l.leave(nc)
	defer l.finishAnswers()
	if _, err := nc.Subscribe(wire.CmdAll, func(m *nats.Msg) { l.command(nc, m) }); err != nil {
		return fmt.Errorf("subscribing %s: %w", wire.CmdAll, err)
	}
	inbox := nats.NewInbox()
	if _, err := nc.Subscribe(inbox+".*", l.answered); err != nil {
		return fmt.Errorf("subscribing acknowledgements: %w", err)
	}
	unheard := nats.NewInbox()
	if _, err := nc.Subscribe(unheard+".*", l.unheard); err != nil {
		return fmt.Errorf("subscribing what is not heard: %w", err)
	}
	l.mu.Lock()
	l.inboxOfBeats = unheard + "."
	l.mu.Unlock()
	close(subscribed)

	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	connected := make(chan struct{}, 1)
	wg.Go(func() { l.resumeForEver(ctx, nc, connected) })
	beat := time.NewTicker(wire.BeatEvery)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-closed:
			return err
		case <-l.up:
			l.connected(nc, inbox)
			select {
			case connected <- struct{}{}:
			default:
			}
		case <-l.stateOut:
			l.confirmState(nc)
		case <-beat.C:
			l.beat(nc)
		}
	}
}

// connected begins to use a connection: the beat first, because who sees it
// may ask at once.
func (l *Link) connected(nc *nats.Conn, inbox string) {
	l.c.Logger.Info("connected", "to", nc.ConnectedUrlRedacted())
	l.beat(nc)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch++
	l.silent = false
	l.c.Spool.Up(publisher{l, nc, inbox + "."})
}

// finishAnswers waits for what is being answered; what comes meanwhile is
// refused.
func (l *Link) finishAnswers() {
	for range cap(l.slots) {
		l.slots <- struct{}{}
	}
	for range cap(l.slots) {
		<-l.slots
	}
}

func (l *Link) confirmState(nc *nats.Conn) {
	if l.c.StateSent != nil && nc.FlushTimeout(2*time.Second) == nil {
		l.c.StateSent()
	}
}

func (l *Link) alive() wire.Alive {
	return wire.Alive{V: wire.Version, Life: l.c.Life.Name(), ClockMS: l.c.Life.ClockMS(), Host: l.c.Host, PID: l.c.PID}
}

func (l *Link) beat(nc *nats.Conn) {
	if nc.IsConnected() {
		l.publish(nc, wire.UpAlive, l.alive())
	}
}

// leave says goodbye and closes.
func (l *Link) leave(nc *nats.Conn) {
	l.c.Spool.Down()
	l.c.Sessions.Cut()
	l.mu.Lock()
	l.silent = true // what follows is no outage
	l.mu.Unlock()
	if nc.IsConnected() {
		l.publish(nc, wire.UpBye, wire.Bye{Life: l.c.Life.Name()})
		_ = nc.FlushTimeout(time.Second) // a goodbye that does not arrive is only slower
	}
	nc.Close()
}

// publish sends a message that may be lost.
func (l *Link) publish(nc *nats.Conn, subject string, message any) {
	data, err := json.Marshal(message)
	if err == nil {
		err = nc.Publish(subject, data)
	}
	if err != nil {
		l.c.Logger.Debug("not published", "subject", subject, "err", err)
	}
}
