package web

import (
	"bytes"
	"encoding/json"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/hub"
)

// eventStream is a client that reads a stream and speaks by POST.
type eventStream struct {
	visit *gateway.Visit

	mu     sync.Mutex // one asker at a time; guards closed
	closed bool
}

// take handles what a POST brought; false: the stream has ended.
func (e *eventStream) take(messages []hub.Message) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.visit.Conn().Heard()
	for _, m := range messages {
		select {
		case <-e.visit.Conn().Gone():
			return false
		default:
			e.visit.Message(m)
		}
	}
	return true
}

// begin holds back what a POST brings until the stream is set up.
func (e *eventStream) begin(setUp func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	setUp()
}

func (e *eventStream) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
}

// serveEvents lives as long as the stream does. Everything that touches the
// connection has ended when it returns.
func (s *Server) serveEvents(hijacked net.Conn, out *eventSocket, person who, seats []gateway.Seat) {
	out.conn = hijacked.(interface{ UnsafeConn() net.Conn }).UnsafeConn().(*conn)
	out.conn.ours.Store(true)
	defer out.close()
	c := s.hub.Connect(s.gateway.ConnID(), out)
	defer c.Leave()
	defer s.ended(c)
	leave, ok := s.admit(c)
	defer leave()
	if !ok {
		out.discard()
		return
	}

	visit := s.gateway.Stream(c, person.Visitor, out.vector)
	defer visit.Leave()
	e := &eventStream{visit: visit}
	defer e.close()
	defer s.ended(c) // the client is told before the visit leaves
	defer s.events.remove(e)
	e.begin(func() {
		s.events.add(e) // before welcome names it
		visit.Welcome()
		visit.Sit(seats)
	})
	out.discard()
}

// ended is deferred: a panic ends the stream alone.
func (s *Server) ended(c *hub.Conn) {
	if cause := recover(); cause != nil {
		f := s.Panicked("serving an event stream", cause)
		c.Close(1011, "internal error "+f.ID, 0)
	}
}

// eventSocket is what the hub writes a stream to: its frames become events, in
// chunks of HTTP/1.1.
type eventSocket struct {
	conn   *conn
	vector *gateway.Vector
	head   []byte // the answer's headers, until they are written
}

func newEventSocket(head []byte) *eventSocket {
	return &eventSocket{vector: gateway.NewVector(), head: append(head, firstChunk...)}
}

var eventBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 80<<10); return &b }}

// keptBuffer is how large a buffer may have grown and still be kept.
const keptBuffer = 256 << 10

// firstChunk tells a browser how soon to come back.
const firstChunk = "d\r\nretry: 1000\n\n\r\n"

// chunkHead is a chunk's length, to be filled in: leading zeros are allowed.
const chunkHead = "00000000\r\n"

func (s *eventSocket) Write(batch []byte) (int, error) {
	pooled := eventBuffers.Get().(*[]byte)
	defer func() {
		if cap(*pooled) <= keptBuffer {
			eventBuffers.Put(pooled)
		}
	}()
	buf := append((*pooled)[:0], s.head...)
	s.head = nil
	at := len(buf)
	buf, closed := hub.AppendEvents(append(buf, chunkHead...), batch, s.fields)
	*pooled = buf
	if n := len(buf) - at - len(chunkHead); n > 0 {
		const hex = "0123456789abcdef"
		for i := range 8 {
			buf[at+7-i] = hex[n>>(4*i)&15]
		}
		buf = append(buf, "\r\n"...)
	} else {
		buf = buf[:at]
	}
	if closed {
		buf = append(buf, "0\r\n\r\n"...)
	}
	if len(buf) > 0 {
		if _, err := s.conn.Write(buf); err != nil {
			return 0, err
		}
	}
	return len(batch), nil
}

// fields gives an event its id, and says with a bye when to come back: spread,
// so that a drained relay's clients do not come all at once.
func (s *eventSocket) fields(message []byte) string {
	if id := s.vector.After(message); id != "" {
		return "id: " + id + "\n"
	}
	if !bytes.HasPrefix(message, []byte(`{"t":"bye",`)) {
		return ""
	}
	var bye api.Frame
	if json.Unmarshal(message, &bye) != nil || bye.Retry <= 0 {
		return ""
	}
	return "retry: " + strconv.Itoa(bye.Retry) + "\n"
}

func (s *eventSocket) SetWriteDeadline(t time.Time) error { return s.conn.SetWriteDeadline(t) }

// Finish gives the peer a moment to close its side; then reading ends.
func (s *eventSocket) Finish() { _ = s.conn.SetReadDeadline(time.Now().Add(partLimit)) }

// discard reads until the peer has closed or Finish's moment has passed.
func (s *eventSocket) discard() {
	var waste [64]byte
	for {
		if _, err := s.conn.Read(waste[:]); err != nil {
			return
		}
	}
}

func (s *eventSocket) close() {
	s.conn.linger.Store(true)
	_ = s.conn.Close()
}
