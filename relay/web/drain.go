package web

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/farbench/farbench/relay/hub"
)

// drain stops the relay without harm: new work is refused, sockets are told
// when to come back (spread, so that they do not all come at once), streams end,
// answers that are on their way are given time. Runs go on.
func (s *Server) drain() {
	s.entering.Lock()
	s.draining.Store(true)
	s.entering.Unlock()
	for _, c := range s.hub.Conns() {
		c.Close(hub.Draining, "the relay is stopping", retrySpread())
	}
	s.stopNow()
	left := make(chan struct{})
	go func() { defer close(left); s.active.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	select {
	case <-left:
	case <-ctx.Done():
	}
	// Returns once every answer is written, or when the time is up.
	if err := s.app.ShutdownWithContext(ctx); err != nil {
		s.log.Warn("answers were cut by the stop", "error", err)
	}
	s.listener.closeAll()
	<-left
}

// enter counts an answer, a stream or a socket, unless the relay is stopping.
func (s *Server) enter() bool {
	s.entering.Lock()
	defer s.entering.Unlock()
	if s.draining.Load() {
		return false
	}
	s.active.Add(1)
	return true
}

// admit lets a socket or stream in, or tells it why not. leave counts it out
// again, after all that touches it: who drains finds nobody left.
func (s *Server) admit(c *hub.Conn) (leave func(), ok bool) {
	if !s.enter() {
		c.Close(hub.Draining, "the relay is stopping", retrySpread())
		return func() {}, false
	}
	isSeated := s.sockets.take()
	if !isSeated {
		c.Close(1013, fullHouse.Message, retrySpread())
	}
	return func() {
		if isSeated {
			s.sockets.free()
		}
		c.Leave()
		s.active.Done()
	}, isSeated
}

func retrySpread() time.Duration { return 200*time.Millisecond + rand.N(3*time.Second) }
