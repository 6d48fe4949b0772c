package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/farbench/farbench/agent/wire"
	"github.com/nats-io/nats.go"
)

// ErrNoResponders means that nobody listens on the bench: it is away, and the
// message reached no one.
var ErrNoResponders = errors.New("no agent listens on the bench")

// ErrAway means that the relay itself has no broker; nothing was sent.
var ErrAway = errors.New("this relay has no connection to the broker")

// Question is a request on its way: one question may have several answers
// where two agents run as one bench.
type Question struct {
	b       *Bridge
	req     string
	bench   string
	answers chan wire.Answer // 4: more answers than that to one question are dropped
	nobody  chan struct{}    // closed when nobody listens
}

// asks holds the open questions by their request id.
type asks struct {
	mu   sync.Mutex // guards open
	open map[string]*Question
}

// listen subscribes the answers of all benches, and the inbox on which the
// broker says that nobody listens.
func (b *Bridge) listen(nc *nats.Conn) error {
	b.asks.open = map[string]*Question{}
	if _, err := nc.Subscribe(wire.HubReplies(b.relay), b.answered); err != nil {
		return fmt.Errorf("subscribing answers: %w", err)
	}
	if _, err := nc.Subscribe(b.inbox("*"), b.unheard); err != nil {
		return fmt.Errorf("subscribing the inbox: %w", err)
	}
	return nil
}

func (b *Bridge) inbox(req string) string { return "_INBOX." + b.relay + "." + req }

// Ask sends bench the message that build makes from the relay's name and a
// fresh request id, on cmd (as the bench sees it). The caller reads Next and
// closes the question.
func (b *Bridge) Ask(bench, cmd string, build func(relay, req string) any) (*Question, error) {
	nc := b.conn()
	if nc == nil || !nc.IsConnected() {
		return nil, ErrAway
	}
	req := wire.NewID("")
	body, err := json.Marshal(build(b.relay, req))
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", cmd, err)
	}
	q := &Question{b: b, req: req, bench: bench, answers: make(chan wire.Answer, 4), nobody: make(chan struct{})}
	b.asks.mu.Lock()
	b.asks.open[req] = q
	b.asks.mu.Unlock()
	msg := &nats.Msg{Subject: wire.HubCmd(bench, cmd), Reply: b.inbox(req), Data: body}
	if err := nc.PublishMsg(msg); err != nil {
		q.Close()
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	return q, nil
}

// Next waits for the next answer. ErrNoResponders means that the question
// reached nobody.
func (q *Question) Next(ctx context.Context) (wire.Answer, error) {
	select {
	case a := <-q.answers: // an answer that is here is taken also when ctx has ended
		return a, nil
	default:
	}
	select {
	case a := <-q.answers:
		return a, nil
	case <-q.nobody:
		return wire.Answer{}, ErrNoResponders
	case <-ctx.Done():
		return wire.Answer{}, ctx.Err()
	}
}

// Close forgets the question; later answers are dropped.
func (q *Question) Close() {
	q.b.asks.mu.Lock()
	defer q.b.asks.mu.Unlock()
	delete(q.b.asks.open, q.req)
}

func (b *Bridge) find(req string) *Question {
	b.asks.mu.Lock()
	defer b.asks.mu.Unlock()
	return b.asks.open[req]
}

// answered takes an answer only from the bench that was asked: the account in
// the subject is written by the broker, so no other bench can speak for it.
func (b *Bridge) answered(msg *nats.Msg) {
	q := b.find(wire.Leaf(msg.Subject))
	if q == nil {
		return
	}
	if bench := wire.BenchOf(msg.Subject); bench != q.bench {
		b.junk.Warn(b.log, bench, "dropped an answer from a bench that was not asked", "asked", q.bench)
		return
	}
	var a wire.Answer
	if err := json.Unmarshal(msg.Data, &a); err != nil {
		b.junk.Warn(b.log, q.bench, "dropped an answer that is no answer", "err", err)
		return
	}
	select {
	case q.answers <- a:
	default:
	}
}

func (b *Bridge) unheard(msg *nats.Msg) {
	if len(msg.Data) > 0 || msg.Header.Get("Status") != "503" {
		return
	}
	req := msg.Subject[strings.LastIndexByte(msg.Subject, '.')+1:]
	if b.open.unheard(req) {
		return
	}
	b.asks.mu.Lock()
	defer b.asks.mu.Unlock()
	if q := b.asks.open[req]; q != nil {
		delete(b.asks.open, req)
		close(q.nobody)
	}
}

// AskOnce asks and waits for one answer.
func (b *Bridge) AskOnce(ctx context.Context, bench, cmd string, build func(relay, req string) any) (wire.Answer, error) {
	q, err := b.Ask(bench, cmd, build)
	if err != nil {
		return wire.Answer{}, err
	}
	defer q.Close()
	return q.Next(ctx)
}

// AskClock asks who runs the bench and what its clock says.
func (b *Bridge) AskClock(ctx context.Context, bench string) (wire.Answer, error) {
	return b.AskOnce(ctx, bench, wire.CmdRequest(wire.VerbClock), ClockRequest)
}

// ClockRequest builds the question for an agent's clock.
func ClockRequest(relay, req string) any { return wire.Request{Relay: relay, Req: req} }
