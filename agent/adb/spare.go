package adb

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// spareFor is how long a spare waits for its use.
const spareFor = 30 * time.Second

// spares are connections that have their transport selected already, at most
// one a transport: the next shell on that device saves a dial and a round trip
// through the server. Watch makes and drops them, so that without it there are
// none.
type spares struct {
	// wanted has transports that were used just now. 16; when it is full, or
	// nobody watches, the next shell dials.
	wanted chan int64

	mu   sync.Mutex // guards what follows
	idle map[int64]spare
	// making is the transport whose spare is on its way; left says that its
	// device went meanwhile.
	making int64
	left   bool
}

type spare struct {
	conn  net.Conn
	until time.Time
}

func newSpares() *spares {
	return &spares{wanted: make(chan int64, 16), idle: map[int64]spare{}}
}

// take gives the transport's spare, nil where there is none that is sound. The
// server closes it when the device goes and says nothing else on it: one that
// has anything to read is of no use.
func (s *spares) take(transportID int64) net.Conn {
	s.mu.Lock()
	one, ok := s.idle[transportID]
	delete(s.idle, transportID)
	s.mu.Unlock()
	switch {
	case !ok:
		return nil
	case time.Now().After(one.until) || !silent(one.conn):
		one.conn.Close()
		return nil
	}
	return one.conn
}

// want asks for a spare; it never waits.
func (s *spares) want(transportID int64) {
	if !canKeepSpares {
		return
	}
	select {
	case s.wanted <- transportID:
	default:
	}
}

// begin says whether the transport lacks a spare; then put or fail comes next.
func (s *spares) begin(transportID int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.idle[transportID]; ok {
		return false
	}
	s.making, s.left = transportID, false
	return true
}

func (s *spares) put(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left {
		conn.Close()
	} else {
		s.idle[s.making] = spare{conn, time.Now().Add(spareFor)}
	}
	s.making = 0
}

func (s *spares) fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.making = 0
}

// drop closes those that are not to be kept, the one on its way included.
func (s *spares) drop(keep func(transportID int64, until time.Time) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, one := range s.idle {
		if !keep(id, one.until) {
			one.conn.Close()
			delete(s.idle, id)
		}
	}
	if s.making != 0 && !keep(s.making, time.Now().Add(spareFor)) {
		s.left = true
	}
}

// keepSpares makes the spares that are wanted and drops those that nobody
// came for, until ctx ends.
func (c *Client) keepSpares(ctx context.Context) {
	s := c.spares
	defer s.drop(func(int64, time.Time) bool { return false })
	look := time.NewTicker(spareFor / 4)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-look.C:
			s.drop(func(_ int64, until time.Time) bool { return now.Before(until) })
		case id := <-s.wanted:
			if !s.begin(id) {
				continue
			}
			conn, err := c.open(ctx, "keeping a connection", selectTransport(id))
			if err != nil { // no news: the next shell meets it and says so
				s.fail()
				continue
			}
			s.put(conn)
		}
	}
}

func selectTransport(id int64) string { return fmt.Sprintf("host:transport-id:%d", id) }
