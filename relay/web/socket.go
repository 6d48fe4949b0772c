package web

import (
	"errors"
	"net"
	"sync"
	"time"

	fasthttpws "github.com/fasthttp/websocket"
	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/hub"
)

const (
	frameLimit = 1 << 20  // a client's frame
	helloLimit = 64 << 10 // before hello: who is not signed in fills no memory
	partLimit  = time.Second
)

// localWho is how the guard's finding crosses the upgrade: only string keys do.
const localWho = "who"

// routeSocket serves /ws, and /ws/bulk beside it: what is large has a socket of
// its own, so that it never delays a keystroke.
func (s *Server) routeSocket() {
	s.routeSocketAt(pathSocket, "socket", "farbench.v1 over WebSocket; hello authenticates", false)
	s.routeSocketAt(pathBulk, "bulk", "farbench.v1 over WebSocket with sessions of files: req session.open, then binary frames", true)
}

func (s *Server) routeSocketAt(path, id, summary string, isBulk bool) {
	upgrade := websocket.New(func(pooled *websocket.Conn) {
		// The server keeps a request, headers and all, for as long as this runs, and
		// the library what it copied of it: so a socket lives beside it, and both
		// serve the next client. Nothing crosses but ws and person.
		ws := pooled.Conn
		person, _ := pooled.Locals(localWho).(who)
		if isDirect(ws.NetConn()) {
			go s.serveSocket(ws, person, isBulk)
			return
		}
		s.serveSocket(ws, person, isBulk)
	}, websocket.Config{
		ReadBufferSize:  256,
		WriteBufferSize: 256, // the library writes control frames at most
		WriteBufferPool: &sync.Pool{},
		RecoverHandler:  func(*websocket.Conn) {}, // serveSocket's own shows a browser no panic's text
	})
	op := s.plain(path, id, summary, "application/json", func(c *fiber.Ctx) error {
		if !websocket.IsWebSocketUpgrade(c) {
			return send(c, s.status(fiber.StatusUpgradeRequired, "this is a WebSocket"))
		}
		if s.sockets.taken.Load() >= int64(s.sockets.max) {
			return refuse(c, fullHouse)
		}
		c.Locals(localWho, whoOf(c.UserContext()))
		return upgrade(c)
	})
	op.Security = free
	op.Responses["101"] = op.Responses["200"]
	delete(op.Responses, "200")
}

var fullHouse = &wire.Fault{Code: wire.TooMany, Message: "too many sockets are open at this relay", Hint: "try again in a few seconds", Retry: true}

// serveSocket lives as long as the socket does. Everything that touches the
// socket has ended when it returns.
//
// Its stack stays small for as long: what goes deep is done beside it.
func (s *Server) serveSocket(ws *fasthttpws.Conn, person who, isBulk bool) {
	defer func() {
		if cause := recover(); cause != nil {
			s.Panicked("serving a socket", cause)
		}
	}()
	out := &socket{conn: ws.NetConn().(interface{ UnsafeConn() net.Conn }).UnsafeConn().(*conn), ws: ws}
	out.conn.ours.Store(true)
	defer out.close()
	ws.SetReadLimit(helloLimit)

	c := s.hub.Connect(s.gateway.ConnID(), out)
	defer c.Leave()
	leave, ok := s.admit(c)
	defer leave()
	if !ok {
		out.discard()
		return
	}

	// The library would write its answers beside the hub's writer.
	ws.SetPingHandler(func(data string) error { c.Urgent(hub.Pong([]byte(data))); return nil })
	ws.SetPongHandler(func(string) error { return nil })
	ws.SetCloseHandler(func(code int, _ string) error { c.Echo(code); return nil })

	enter, read := s.gateway.Visit, ws.ReadMessage
	if isBulk {
		enter, read = s.gateway.Bulk, (&frames{ws: ws}).read
	}
	visit := enter(c, person.Visitor)
	defer visit.Leave()
	for {
		kind, payload, err := read()
		switch {
		case errors.Is(err, fasthttpws.ErrReadLimit):
			c.Abort(hub.TooBig) // the library has said so
			return
		case err != nil:
			return
		case kind == fasthttpws.BinaryMessage && isBulk && visit.Greeted():
			c.Heard()
			if !s.guarded(c, func() { visit.Frame(payload) }) {
				return
			}
		case kind != fasthttpws.TextMessage:
			c.Close(hub.Malformed, "binary frames carry session bytes, and belong to /ws/bulk", 0)
		default:
			c.Heard()
			if !s.beside(c, func() { visit.Take(payload) }) {
				return
			}
			if visit.Greeted() && !isBulk {
				ws.SetReadLimit(frameLimit)
			}
		}
	}
}

// beside does what a message asks for on a stack of its own, and waits for it: a
// goroutine's stack grows to what it once needed, and one that waits to read uses
// too much of it for the runtime to make it small again.
func (s *Server) beside(c *hub.Conn, work func()) bool {
	whole := make(chan bool)
	go func() { whole <- s.guarded(c, work) }()
	return <-whole
}

// guarded does it here. Where it panics, the connection is told and false returned.
func (s *Server) guarded(c *hub.Conn, work func()) (whole bool) {
	defer func() {
		if cause := recover(); cause != nil {
			f := s.Panicked("reading a socket", cause)
			c.Close(1011, "internal error "+f.ID, 0)
		}
	}()
	work()
	return true
}

// socket is what the hub writes to: the connection itself, below the WebSocket
// library, for the hub's frames are whole.
type socket struct {
	conn *conn
	ws   *fasthttpws.Conn
}

func (s *socket) Write(p []byte) (int, error)        { return s.conn.Write(p) }
func (s *socket) SetWriteDeadline(t time.Time) error { return s.conn.SetWriteDeadline(t) }

// Finish gives the peer a moment to close its side; then reading ends.
func (s *socket) Finish() { _ = s.conn.SetReadDeadline(time.Now().Add(partLimit)) }

// discard reads until the peer has closed or Finish's moment has passed.
func (s *socket) discard() {
	for {
		if _, _, err := s.ws.NextReader(); err != nil {
			return
		}
	}
}

func (s *socket) close() {
	s.conn.linger.Store(true)
	_ = s.ws.Close()
}
