package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/hub"
)

// pathUp takes what a stream's client says.
const pathUp = "/api/v1/events"

// maxUp is how many messages one POST holds.
const maxUp = 256

// upBody is the way up: messages of farbench.v1 for the connection that the
// stream's welcome named.
type upBody struct {
	Conn   string            `json:"conn"`
	Frames []json.RawMessage `json:"frames"`
}

func (s *Server) routeEvents() {
	s.plain(pathEvents, "events", "The downward half of a farbench.v1 connection as server-sent events", "text/event-stream", s.openEvents,
		&huma.Param{Name: "room", In: "query", Description: "a room to join, as often as there are rooms", Schema: &huma.Schema{Type: "array", Items: &huma.Schema{Type: "string"}}},
		&huma.Param{Name: "last", In: "query", Description: "where to go on, for who cannot send Last-Event-ID", Schema: &huma.Schema{Type: "string"}},
		&huma.Param{Name: "Last-Event-ID", In: "header", Description: "the id of the last event of an earlier stream", Schema: &huma.Schema{Type: "string"}})
	ask(s, huma.Operation{
		OperationID: "events-up", Method: http.MethodPost, Path: pathUp, DefaultStatus: http.StatusAccepted, MaxBodyBytes: -1,
		Summary: "The way up of an event stream: sub, unsub, req, evt, ping; the answers come down the stream",
	}, func(ctx context.Context, in *answer[upBody]) (*answer[Nothing], error) {
		messages, fault := upMessages(in.Body)
		if fault != nil {
			return nil, fault
		}
		e := s.events.find(in.Body.Conn)
		if e == nil || e.visit.User().ID != whoOf(ctx).User.ID || !e.take(messages) {
			return nil, noStream
		}
		return &answer[Nothing]{}, nil
	})
}

var noStream = &wire.Fault{Code: wire.NotFound, Message: "this relay has no such stream of yours", Hint: "open a new one with GET /events; it goes on where the old one ended"}

// upMessages reads a POST's messages; all of them are right before any has an
// effect.
func upMessages(in upBody) ([]hub.Message, *wire.Fault) {
	var mistakes []string
	if in.Conn == "" {
		mistakes = append(mistakes, "conn is missing: welcome names it")
	}
	if len(in.Frames) == 0 || len(in.Frames) > maxUp {
		mistakes = append(mistakes, fmt.Sprintf("frames holds 1 to %d messages", maxUp))
	}
	var list []hub.Message
	for i, text := range in.Frames[:min(len(in.Frames), maxUp)] {
		m, err := hub.Parse(text)
		switch {
		case err != nil:
			mistakes = append(mistakes, fmt.Sprintf("frames[%d]: %v", i, err))
		case m.T == "hello":
			mistakes = append(mistakes, fmt.Sprintf("frames[%d]: the stream has been welcomed already", i))
		}
		list = append(list, m)
	}
	if mistakes != nil {
		return nil, &wire.Fault{Code: wire.Invalid, Message: strings.Join(mistakes, "; ")}
	}
	return list, nil
}

// openEvents takes the connection over, as an upgrade does: the hub writes to
// it below Fiber, with the deadlines of a socket. Nothing of the Fiber context
// is touched afterwards, it is recycled.
func (s *Server) openEvents(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store, no-transform")
	c.Set("X-Accel-Buffering", "no") // nginx in front must not hold events back
	if c.Method() == fiber.MethodHead {
		return c.SendStatus(http.StatusOK)
	}
	if s.sockets.taken.Load() >= int64(s.sockets.max) {
		c.Response().Header.Del("X-Accel-Buffering")
		return refuse(c, fullHouse)
	}
	var rooms []string
	for _, room := range c.Context().QueryArgs().PeekMulti("room") {
		rooms = append(rooms, string(room))
	}
	last := c.Get("Last-Event-ID") // a browser's own reconnect knows more than its address
	if last == "" {
		last = c.Query("last")
	}
	if len(rooms) > gateway.MaxStreamRooms {
		return refuse(c, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("a stream joins at most %d rooms", gateway.MaxStreamRooms), Hint: "leave some"})
	}
	header := &c.Status(http.StatusOK).Response().Header
	header.SetContentLength(-1) // chunked: eventSocket writes the chunks
	header.SetConnectionClose()
	out := newEventSocket(append([]byte(nil), header.Header()...))
	person, seats := whoOf(c.UserContext()), seatsOf(rooms, gateway.ParseVector(last))
	c.Context().HijackSetNoResponse(true)
	// Beside it, as sockets are served. What is buffered is never read.
	c.Context().Hijack(func(hijacked net.Conn) { go s.serveEvents(hijacked, out, person, seats) })
	return nil
}

// seatsOf joins the address's rooms with those that only the vector knows.
func seatsOf(rooms []string, last []gateway.Place) []gateway.Seat {
	offsets := make(map[string]string)
	for _, p := range last {
		offsets[p.Room] = p.Offset
	}
	var list []gateway.Seat
	named := make(map[string]bool)
	for i, room := range rooms {
		list = append(list, gateway.Seat{Place: gateway.Place{Room: room, Offset: offsets[room]}, Number: int64(i + 1)})
		named[room] = true
	}
	for _, p := range last {
		if !named[p.Room] {
			list = append(list, gateway.Seat{Place: p})
		}
	}
	return list
}

// eventStreams finds a relay's streams by their connection's id.
type eventStreams struct {
	mu   sync.Mutex // guards open
	open map[string]*eventStream
}

func (l *eventStreams) add(e *eventStream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = make(map[string]*eventStream)
	}
	l.open[e.visit.Conn().ID] = e
}

func (l *eventStreams) remove(e *eventStream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, e.visit.Conn().ID)
}

func (l *eventStreams) find(conn string) *eventStream {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open[conn]
}
