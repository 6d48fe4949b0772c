// Package plain is what one would write first: a server that has a channel, a
// goroutine that writes and an encoding of every message for each client. The
// relay's fan-out is measured against it; nothing else uses it.
package plain

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"github.com/farbench/farbench/relay/api"
)

// Server serves subscribers of one room.
type Server struct {
	app      *fiber.App
	behind   int
	listener net.Listener
	mu       sync.Mutex // guards clients
	clients  map[chan api.Frame]struct{}
}

// New listens on loopback. A client may be so many messages behind before
// Publish waits for it.
func New(behind int) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{listener: listener, behind: behind, app: fiber.New(fiber.Config{DisableStartupMessage: true}), clients: map[chan api.Frame]struct{}{}}
	s.app.Get("/ws", websocket.New(s.client))
	return s, nil
}

// URL is where a browser would connect.
func (s *Server) URL() string { return "ws://" + s.listener.Addr().String() + "/ws" }

// Run serves until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = s.app.ShutdownWithTimeout(time.Second) })
	defer stop()
	return s.app.Listener(s.listener)
}

func (s *Server) client(ws *websocket.Conn) {
	frames := make(chan api.Frame, s.behind)
	s.mu.Lock()
	s.clients[frames] = struct{}{}
	s.mu.Unlock()
	for _, answer := range []string{"welcome", "res"} {
		if _, _, err := ws.ReadMessage(); err != nil {
			return
		}
		if err := ws.WriteJSON(api.Frame{T: answer}); err != nil {
			return
		}
	}
	gone := make(chan struct{})
	go func() { // notices the client that left
		defer close(gone)
		_, _, _ = ws.ReadMessage()
	}()
	defer func() {
		s.mu.Lock()
		delete(s.clients, frames)
		s.mu.Unlock()
		_ = ws.Close()
		<-gone
	}()
	for {
		select {
		case <-gone:
			return
		case f := <-frames:
			if err := ws.WriteJSON(f); err != nil {
				return
			}
		}
	}
}

// Publish sends a run to every client.
func (s *Server) Publish(run api.Run) {
	d, _ := json.Marshal(run)
	frame := api.Frame{T: "pub", Room: "lab", Ev: "run", D: d}
	s.mu.Lock()
	defer s.mu.Unlock()
	for client := range s.clients {
		client <- frame
	}
}
