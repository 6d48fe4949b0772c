package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/hub"
)

// Module is one kind of messages of farbench.v1, with all that belongs to it:
// one file, and one line in relay/modules. All of its fields may be missing.
// package notes is the example.
type Module struct {
	// Requests answer req by its m. Two modules never answer the same.
	Requests map[string]Request
	// Reads are those of them that record nothing under the asker's id.
	Reads []string
	// Events are the names of what this module tells: nobody else may say them.
	Events []string
	// Policies say who may enter or speak in the rooms of a prefix. All policies
	// of a prefix must agree.
	Policies []Policy
	// Snapshot fills the module's part of a room's snapshot. The connection is a
	// member already: what changes meanwhile follows the snapshot.
	Snapshot func(ctx context.Context, r Room, parts *api.Parts) error
	// Connected is called when a connection has been welcomed, Disconnected once
	// for each of those when it is gone; Entered and Left when it has been given
	// a room's snapshot and when it leaves. They must not block.
	Connected, Disconnected func(*Visit)
	Entered, Left           func(*Visit, Room)
	// Renamed is called when a connection's person goes by another name, or is
	// somebody of their own now. It must not block.
	Renamed func(*Visit)
	// Event is told of every stored event that is new at this relay, in the
	// store's order. It must not block.
	Event func(*events.Event)
	// Run works beside the connections until ctx ends.
	Run func(ctx context.Context) error
}

// Maker makes a module for a gateway, which it may keep to tell its rooms.
type Maker func(*Gateway) Module

// Request answers a question: with what is to stand in d, or with an error. It
// runs beside the reading of the connection; ctx ends with the connection and
// with the time that an answer may take.
type Request func(ctx context.Context, q Question) (any, error)

// Question is a req on its way to its answer.
type Question struct {
	Visit *Visit
	By    api.User
	D     json.RawMessage
	TTL   time.Duration // as the asker said; 0: nothing
}

// Read decodes what is asked.
func (q Question) Read(into any) error {
	if len(q.D) == 0 {
		return &wire.Fault{Code: wire.Invalid, Message: "d is missing"}
	}
	if err := json.Unmarshal(q.D, into); err != nil {
		return &wire.Fault{Code: wire.Invalid, Message: "d is not what this request takes: " + err.Error()}
	}
	return nil
}

// modules are what is plugged in.
type modules struct {
	list     []Module
	requests map[string]Request
	policies map[string][]Policy // by prefix
	ours     map[string]bool     // names of events that nobody else may say
	reads    map[string]bool     // requests that record nothing under the asker's id
}

func (g *Gateway) plug(makers []Maker) error {
	g.modules = modules{requests: map[string]Request{}, policies: map[string][]Policy{}, ours: maps.Clone(ourEvents), reads: map[string]bool{}}
	for _, maker := range append([]Maker{rooms, theRuns}, makers...) {
		m := maker(g)
		g.modules.list = append(g.modules.list, m)
		for name, request := range m.Requests {
			if g.modules.requests[name] != nil {
				return fmt.Errorf("two modules answer the request %s", name)
			}
			g.modules.requests[name] = request
		}
		for _, p := range m.Policies {
			g.modules.policies[p.Prefix] = append(g.modules.policies[p.Prefix], p)
		}
		for _, name := range m.Reads {
			g.modules.reads[name] = true
		}
		for _, name := range m.Events {
			g.modules.ours[name] = true
		}
	}
	return nil
}

// Run runs what works beside the connections until ctx ends.
func (g *Gateway) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, m := range g.modules.list {
		if m.Run != nil {
			group.Go(func() error { return m.Run(ctx) })
		}
	}
	if g.cfg.Peers != nil {
		group.Go(func() error { return g.cfg.Peers.Listen(ctx, peerFrame, g.frameCame) })
		group.Go(func() error { return g.cfg.Peers.Listen(ctx, peerAck, g.ackCame) })
	}
	err := group.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Tell publishes the state of key, as event ev, to those who are in a room now:
// who reads slowly gets the newest alone. It is not stored.
func (g *Gateway) Tell(room, key, ev string, d any) {
	g.TellFrame(room, key, func() api.Frame {
		body, _ := json.Marshal(d)
		return api.Frame{T: "pub", Room: room, Ev: ev, D: body}
	})
}

// TellFrame is Tell for a message that is no pub.
func (g *Gateway) TellFrame(room, key string, build func() api.Frame) {
	g.hub.Publish(room, key, func() hub.Frame { return frameOf(build()) })
}

func (g *Gateway) connected(v *Visit) {
	g.registry.add(v)
	for _, m := range g.modules.list {
		if m.Connected != nil {
			m.Connected(v)
		}
	}
}

func (g *Gateway) disconnected(v *Visit) {
	for _, m := range slices.Backward(g.modules.list) {
		if m.Disconnected != nil {
			m.Disconnected(v)
		}
	}
}

func (g *Gateway) entered(v *Visit, r Room) {
	for _, m := range g.modules.list {
		if m.Entered != nil {
			m.Entered(v, r)
		}
	}
}

func (g *Gateway) left(v *Visit, r Room) {
	for _, m := range g.modules.list {
		if m.Left != nil {
			m.Left(v, r)
		}
	}
}
