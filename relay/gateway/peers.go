package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Peers carries what relays say to each other. A relay's tag stands in the ids
// of its connections and of what it asks, so that any relay finds the one that
// it concerns.
type Peers interface {
	Tag() string
	// Ask waits for an answer; bridge.ErrNoResponders says that there is no relay
	// of that tag.
	Ask(ctx context.Context, tag, what string, data []byte) ([]byte, error)
	Tell(tag, what string, data []byte) error
	// Listen blocks until ctx ends.
	Listen(ctx context.Context, what string, handle func(data []byte) []byte) error
}

// What relays say to each other.
const (
	peerFrame = "frame" // delivery → fault or null
	peerAck   = "ack"   // acked, not answered
)

const (
	tagLen = 8
	peerIn = 3 * time.Second // for a relay's answer
)

// newID makes an id that tells which relay it belongs to.
func (g *Gateway) newID(prefix string) string { return prefix + g.tag + wire.NewID("")[:18] }

// ConnID makes the id of a connection.
func (g *Gateway) ConnID() string { return g.newID("c") }

// tagOf is the tag of the relay that made the id.
func tagOf(id string) string { return id[1 : 1+tagLen] }

func validOf(id, prefix string) bool {
	return len(id) == len(prefix)+tagLen+18 && id[:1] == prefix && wire.ValidID(id)
}

// delivery is a message for one connection.
type delivery struct {
	Conn  string    `json:"conn"`
	Frame api.Frame `json:"frame"`
}

var noConn = &wire.Fault{Code: wire.NotFound, Message: "nobody has this connection", Hint: "it may have come back under another id: ask who is in the room"}

// deliver hands a message to a connection, wherever it is. It returns once that
// connection's relay has queued it.
func (g *Gateway) deliver(ctx context.Context, conn string, f api.Frame) error {
	if tagOf(conn) == g.tag {
		if fault := g.deliverHere(conn, f); fault != nil {
			return fault
		}
		return nil
	}
	if g.cfg.Peers == nil {
		return noConn
	}
	body, err := json.Marshal(delivery{conn, f})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, peerIn)
	defer cancel()
	answer, err := g.cfg.Peers.Ask(ctx, tagOf(conn), peerFrame, body)
	switch {
	case errors.Is(err, bridge.ErrNoResponders):
		return noConn
	case err != nil:
		return &wire.Fault{Code: wire.Unavailable, Message: "the relay of that connection does not answer", Hint: "send it again in a moment", Retry: true}
	}
	var fault *wire.Fault
	if err := json.Unmarshal(answer, &fault); err != nil {
		return err
	}
	if fault != nil {
		return fault
	}
	return nil
}

func (g *Gateway) deliverHere(conn string, f api.Frame) *wire.Fault {
	v := g.registry.conn(conn)
	if v != nil && f.Ask != "" {
		v.asked.note(f.Ask)
	}
	switch {
	case v == nil:
		return noConn
	case !v.c.Offer(frameOf(f)):
		return &wire.Fault{Code: wire.Unavailable, Message: "that connection is too far behind", Hint: "send it again in a moment", Retry: true}
	}
	return nil
}

func (g *Gateway) frameCame(body []byte) []byte {
	var d delivery
	fault := noConn
	if json.Unmarshal(body, &d) == nil {
		fault = g.deliverHere(d.Conn, d.Frame)
	}
	answer, _ := json.Marshal(fault)
	return answer
}
