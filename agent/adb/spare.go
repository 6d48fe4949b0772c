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

func (s *spares) has(transportID int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.idle[transportID]
	return ok
}

func (s *spares) put(transportID int64, conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle[transportID] = spare{conn, time.Now().Add(spareFor)}
}

// drop closes those that are not to be kept.
func (s *spares) drop(keep func(transportID int64, until time.Time) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, one := range s.idle {
		if !keep(id, one.until) {
			one.conn.Close()
			delete(s.idle, id)
		}
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
			if s.has(id) {
				continue
			}
			// An error is no news: the next shell meets it and says so.
			if conn, err := c.open(ctx, "keeping a connection", selectTransport(id)); err == nil {
				s.put(id, conn)
			}
		}
	}
}

func selectTransport(id int64) string { return fmt.Sprintf("host:transport-id:%d", id) }
