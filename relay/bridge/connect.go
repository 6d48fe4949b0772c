package bridge

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// options make a connection that never gives up and never keeps a message for
// later: a command that waited in a buffer would arrive late.
func (b *Bridge) options(wake func()) ([]nats.Option, error) {
	options := []nats.Option{
		nats.Name("farbench-relay " + b.relay),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectBufSize(-1),
		nats.CustomReconnectDelay(func(attempts int) time.Duration {
			most := min(100*time.Millisecond<<min(attempts, 6), 4*time.Second)
			return rand.N(most) // full jitter: relays do not come back in step
		}),
		nats.Timeout(5 * time.Second),
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.NoEcho(),
		nats.ConnectHandler(func(*nats.Conn) { wake() }),
		nats.ReconnectHandler(func(*nats.Conn) { wake() }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err == nil {
				err = errors.New("the connection was closed")
			}
			b.setTrouble(fmt.Errorf("no connection to the broker: %w", err))
			b.open.cut()
			b.log.Warn("lost the broker, reconnecting", "err", err)
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) {
			b.setTrouble(fmt.Errorf("no connection to the broker: %w", err))
			b.log.Debug("the broker is still away", "err", err)
		}),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			if sub != nil && errors.Is(err, nats.ErrSlowConsumer) {
				b.drops.tell(sub)
			}
			b.log.Warn("broker", "err", err)
		}),
	}
	if b.cfg.Creds != "" {
		options = append(options, nats.UserCredentials(b.cfg.Creds))
	}
	if b.cfg.User != "" {
		options = append(options, nats.UserInfo(b.cfg.User, b.cfg.Password))
	}
	if b.cfg.CA != "" {
		options = append(options, nats.RootCAs(b.cfg.CA))
	}
	return options, nil
}

// drops tells the owner of a subscription that the client library threw
// messages away because they were not taken fast enough.
type drops struct {
	mu    sync.Mutex // guards owner
	owner map[*nats.Subscription]func()
}

func (d *drops) add(sub *nats.Subscription, dropped func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.owner == nil {
		d.owner = map[*nats.Subscription]func(){}
	}
	d.owner[sub] = dropped
}

func (d *drops) remove(sub *nats.Subscription) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.owner, sub)
}

func (d *drops) tell(sub *nats.Subscription) {
	d.mu.Lock()
	dropped := d.owner[sub]
	d.mu.Unlock()
	if dropped != nil {
		dropped()
	}
}

// Subscription is a plain subscription that survives reconnects.
type Subscription struct {
	b   *Bridge
	sub *nats.Subscription
}

// Close ends the subscription; handle may still be running when it returns.
func (s *Subscription) Close() {
	s.b.drops.remove(s.sub)
	_ = s.sub.Unsubscribe() // fails only where the connection is closed for good
}

// Flush waits until the broker knows of every subscription made so far.
func (b *Bridge) Flush() error { return b.conn().FlushTimeout(2 * time.Second) }

// Tell sends relays a message that nobody answers. It is not kept for later: an
// error says that it reached nobody.
func (b *Bridge) Tell(subject string, data []byte) error {
	nc := b.conn()
	if nc == nil || !nc.IsConnected() {
		return ErrAway
	}
	return nc.Publish(subject, data)
}

// Pending bounds of a subscription: what waits in this process for its handler.
const (
	pendingMsgs  = 256 << 10
	pendingBytes = 32 << 20
)

// Subscribe hands every message of subject to handle, one at a time; queue ""
// means to this process, else to one process of the group. dropped (may be
// nil) is told when messages were thrown away because handle was too slow.
func (b *Bridge) Subscribe(subject, queue string, handle func(*nats.Msg), dropped func()) (*Subscription, error) {
	nc := b.conn()
	if nc == nil {
		return nil, errors.New("subscribing before the bridge runs")
	}
	sub, err := nc.QueueSubscribe(subject, queue, handle)
	if err != nil {
		return nil, fmt.Errorf("subscribing %s: %w", subject, err)
	}
	if err := sub.SetPendingLimits(pendingMsgs, pendingBytes); err != nil {
		return nil, fmt.Errorf("bounding %s: %w", subject, err)
	}
	if dropped != nil {
		b.drops.add(sub, dropped)
	}
	return &Subscription{b: b, sub: sub}, nil
}
