package bridge

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
)

// Peers carries what relays say to each other alone.
type Peers struct{ b *Bridge }

// Peers are the other relays at the broker.
func (b *Bridge) Peers() Peers { return Peers{b} }

// Tag is this relay's name among them: eight letters and digits, at random.
func (p Peers) Tag() string { return p.b.relay[1:9] }

// Ask asks a relay, and says ErrNoResponders where there is none of that tag.
func (p Peers) Ask(ctx context.Context, tag, what string, data []byte) ([]byte, error) {
	nc := p.b.conn()
	if nc == nil || !nc.IsConnected() {
		return nil, ErrAway
	}
	answer, err := nc.RequestWithContext(ctx, wire.HubPeer(tag, what), data)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, ErrNoResponders
	case err != nil:
		return nil, fmt.Errorf("asking relay %s: %w", tag, err)
	}
	return answer.Data, nil
}

// Tell tells a relay; nobody answers, and it is not kept for later.
func (p Peers) Tell(tag, what string, data []byte) error {
	nc := p.b.conn()
	if nc == nil || !nc.IsConnected() {
		return ErrAway
	}
	return nc.Publish(wire.HubPeer(tag, what), data)
}

// Listen hands what others ask this relay to handle, one at a time, until ctx
// ends; its answer goes back to who asked.
func (p Peers) Listen(ctx context.Context, what string, handle func(data []byte) []byte) error {
	if err := p.b.Await(ctx); err != nil {
		return err
	}
	sub, err := p.b.Subscribe(wire.HubPeer(p.Tag(), what), "", func(m *nats.Msg) {
		answer := handle(m.Data)
		if m.Reply != "" {
			_ = m.Respond(answer) // who asked has a deadline
		}
	}, nil)
	if err != nil {
		return err
	}
	defer sub.Close()
	<-ctx.Done()
	return ctx.Err()
}
