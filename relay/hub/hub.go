// Package hub holds the browsers' connections: what waits to be written to
// each, which rooms it joined, and when it counts as gone. Bytes are encoded and
// framed once and shared by all who get them; a slow connection loses nothing
// silently and never slows another.
//
// It is pure: it knows neither Fiber nor NATS, neither benches nor runs. It
// writes to whatever implements Socket.
package hub

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"
)

// The close codes of farbench.v1. A browser reconnects after 4000 to 4499 and
// does not after 4500 to 4999.
const (
	NoHello       = 4001
	Draining      = 4002
	TooSlow       = 4003
	NoPong        = 4004
	Refused       = 4501
	OtherVersion  = 4502
	Malformed     = 4503
	Revoked       = 4504
	TooBig        = 1009 // WebSocket's own
	NormalClosure = 1000
	Vanished      = 1006 // never sent: the peer went away without a word
)

// Limits of one connection.
const (
	MaxQueue   = 1 << 20      // more than this waiting closes with TooSlow
	runBudget  = MaxQueue / 2 // what runs may fill of it, so that answers find room
	answerRoom = MaxQueue - runBudget
	writeLimit = 64 << 10 // coalesced into one write
	pieceRoom  = 64<<10 + maxHeader
	lendFrom   = 16 << 10 // smaller pieces are copied: what waits holds at most 4 times what the bound counts
	stallLimit = 10 * time.Second
	byeLimit   = 2 * time.Second // how long the last words may take

	helloLimit = 5 * time.Second
	pingEvery  = 10 * time.Second
	pongLimit  = 15 * time.Second
)

// Hub is the registry of a relay's connections and of its state rooms.
type Hub struct {
	buffers sync.Pool // *[]byte of writeLimit: only writers that write hold one
	pieces  sync.Pool // *[]byte of pieceRoom: what OfferPiece lends
	busy    busy

	mu    sync.Mutex // guards what follows; taken before a connection's own
	conns map[*Conn]struct{}
	rooms map[string]map[*Member]struct{}

	closesMu sync.Mutex // guards closes; taken last
	closes   map[int]int64
}

// New makes an empty hub. Run must run while there are connections.
func New() *Hub {
	return &Hub{
		buffers: sync.Pool{New: func() any { b := make([]byte, 0, writeLimit); return &b }},
		pieces:  sync.Pool{New: func() any { b := make([]byte, 0, pieceRoom); return &b }},
		conns:   make(map[*Conn]struct{}),
		rooms:   make(map[string]map[*Member]struct{}),
		closes:  make(map[int]int64),
	}
}

// Run watches over hellos, pings and expiries until ctx ends: one clock for all
// connections, so that an idle one costs neither a goroutine nor a timer.
func (h *Hub) Run(ctx context.Context) error {
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			for _, c := range h.Conns() {
				c.check(now)
			}
		}
	}
}

// Conns lists the connections of this moment.
func (h *Hub) Conns() []*Conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*Conn, 0, len(h.conns))
	for c := range h.conns {
		list = append(list, c)
	}
	return list
}

// Stats is what the metrics show.
type Stats struct {
	Conns, Rooms, Behind int
	QueueBytes           int64
	Closes               map[int]int64
	Busy                 Busy
}

// Stats counts.
func (h *Hub) Stats() Stats {
	s := Stats{Busy: h.busy.read()}
	for _, c := range h.Conns() {
		c.mu.Lock()
		s.QueueBytes += int64(c.queued)
		s.Behind += c.behind
		c.mu.Unlock()
		s.Conns++
	}
	h.mu.Lock()
	s.Rooms = len(h.rooms)
	h.mu.Unlock()
	h.closesMu.Lock()
	s.Closes = maps.Clone(h.closes)
	h.closesMu.Unlock()
	return s
}

// check closes or pings a connection, as its time has come.
func (c *Conn) check(now time.Time) {
	c.mu.Lock()
	greeted, expires, opened, pinged := c.greeted, c.expires, c.opened, c.pinged
	silent := pinged.After(c.heard) && !c.downward
	downward := c.downward
	c.mu.Unlock()
	switch {
	case !greeted && now.Sub(opened) >= helloLimit:
		c.Close(NoHello, "no hello within 5 s", 0)
	case !greeted:
	case !expires.IsZero() && now.After(expires):
		c.Close(Revoked, "the session has expired: sign in again", 0)
	case silent && now.Sub(pinged) >= pongLimit:
		c.Close(NoPong, "no pong for 15 s", 0)
	case !silent && now.Sub(pinged) >= pingEvery:
		c.mu.Lock()
		c.pinged = now
		c.pings++
		n := c.pings
		c.mu.Unlock()
		if downward {
			c.Urgent(beat())
			return
		}
		c.Urgent(Text(fmt.Appendf(nil, `{"t":"ping","i":%d}`, n)))
	}
}
