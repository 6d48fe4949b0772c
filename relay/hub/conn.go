package hub

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Socket is what a connection is written to. Write is called by one goroutine
// at a time, with whole frames; SetWriteDeadline may be called by others
// meanwhile. Finish is called once, after the last byte, or when nothing more
// can be written: from then on the reader should not wait long.
type Socket interface {
	Write([]byte) (int, error)
	SetWriteDeadline(time.Time) error
	Finish()
}

// errGone says that the connection takes nothing more.
var errGone = errors.New("the connection is gone")

// Conn is one browser's connection.
type Conn struct {
	ID string

	hub    *Hub
	socket Socket
	gone   chan struct{} // closed when nothing more is taken
	writer sync.WaitGroup

	mu       sync.Mutex // guards what follows
	urgent   []Frame    // pongs and pings: written before what waits
	queue    []Frame
	few      [4]Frame       // backs queue while it is short
	lent     []*[]byte      // memory of those frames of queue that goes back to the hub, in their order
	inHand   *[]byte        // and of the frame that the writer has
	taken    int            // frames that the writer has taken since the queue was empty
	latest   map[string]int // of a long queue: where a key's frame stands, counted with taken
	queued   int            // bytes not yet written, those in the writer's hands included
	apart    int            // of them, those of a snapshot: beside the bound
	apartAt  int            // where it stands in queue, counted with taken
	apartOut bool           // the writer has it
	room     int            // how far Offer fills the queue
	writing  bool
	closed   bool
	finished bool
	code     int
	behind   int           // followers that wait for room
	drained  chan struct{} // closed when there is room again; nil while nobody waits

	opened, heard, pinged time.Time
	greeted               bool
	downward              bool // nothing is answered on it: it gets beats in place of pings
	session               string
	expires               time.Time // zero: never
	pings                 int64
}

// Connect takes a socket over. The caller reads from it, and calls Leave when
// reading has ended.
func (h *Hub) Connect(id string, s Socket) *Conn {
	now := time.Now()
	c := &Conn{ID: id, hub: h, socket: s, gone: make(chan struct{}), opened: now, heard: now, pinged: now, room: runBudget}
	c.queue = c.few[:0]
	h.mu.Lock()
	h.conns[c] = struct{}{}
	h.mu.Unlock()
	return c
}

// Leave ends a connection and waits for its writer: after it, nothing touches
// the socket. It returns the code that the connection was closed with.
func (c *Conn) Leave() int {
	c.end(Vanished, nil, true)
	c.writer.Wait()
	c.hub.mu.Lock()
	delete(c.hub.conns, c)
	c.hub.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code
}

// Gone is closed when the connection takes nothing more.
func (c *Conn) Gone() <-chan struct{} { return c.gone }

// Greeted ends the wait for hello. The connection closes as revoked when its
// session expires, if expires is not zero.
func (c *Conn) Greeted(session string, expires time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.greeted, c.session, c.expires, c.heard, c.pinged = true, session, expires, now, now
}

// Downward says that the peer only reads: whether it is still there, writing
// and the end of reading show. Called before Greeted.
func (c *Conn) Downward() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.downward = true
}

// Widen lets Offer fill the queue further: for a connection that carries what is
// large, of which no more is on its way than its peer has allowed.
func (c *Conn) Widen(room int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.room = room
}

// Session is the id of the session that the connection was greeted with.
func (c *Conn) Session() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Heard notes a sign of life.
func (c *Conn) Heard() {
	c.mu.Lock()
	c.heard = time.Now()
	c.mu.Unlock()
}

// Send queues a frame. Where MaxQueue bytes wait already the connection is
// closed as too slow.
func (c *Conn) Send(f Frame) { c.push("", f) }

// Answer queues a frame that the client asked for, however large: it does not
// count towards what closes the connection. One a time; another that comes while
// it waits is like any frame, so who makes them calls Await before.
func (c *Conn) Answer(f Frame) {
	c.mu.Lock()
	if c.closed || c.apart > 0 {
		c.mu.Unlock()
		c.Send(f)
		return
	}
	c.apart, c.apartAt = len(f), c.taken+len(c.queue)
	c.queue = append(c.queue, f)
	c.queued += len(f)
	c.wake()
	c.mu.Unlock()
}

func (c *Conn) push(key string, f Frame) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	if key != "" && c.replace(key, f) {
		c.mu.Unlock()
		return
	}
	if waiting := c.queued - c.apart; waiting+len(f) > c.room+answerRoom && waiting > 0 {
		c.mu.Unlock()
		c.Close(TooSlow, "too slow: 1 MiB waits to be read", time.Second+rand.N(4*time.Second)) // not all at once
		return
	}
	c.queue = append(c.queue, f)
	c.queued += len(f)
	c.wake()
	c.mu.Unlock()
}

// keyedFrom is how long a queue must be before a newer state takes an older
// one's place: a reader that keeps up pays nothing.
const keyedFrom = 16

// replace puts a newer state where an older one of the same key waits. It says
// whether it did; if not, it notes where the caller will append. mu is held.
func (c *Conn) replace(key string, f Frame) bool {
	if len(c.queue) < keyedFrom {
		return false
	}
	if at, ok := c.latest[key]; ok && at >= c.taken {
		old := c.queue[at-c.taken]
		c.queue[at-c.taken] = f
		c.queued += len(f) - len(old)
		return true
	}
	if c.latest == nil {
		c.latest = make(map[string]int)
	}
	c.latest[key] = c.taken + len(c.queue)
	return false
}

// Offer queues a frame only if there is room for a run's lines (or, on a widened
// connection, a session's bytes), or nothing waits. It never closes the connection.
func (c *Conn) Offer(f Frame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.queued > 0 && c.queued+len(f) > c.room {
		return false
	}
	c.queue = append(c.queue, f)
	c.queued += len(f)
	c.wake()
	return true
}

// OfferPiece is Offer for a piece of a session, which it copies: a large one into
// memory that serves again as soon as the piece is written, since all that passes
// would otherwise be garbage. A small one is not worth it: while it waits it would
// hold what the largest needs.
func (c *Conn) OfferPiece(payload []byte) bool {
	if n := maxHeader + len(payload); n > pieceRoom || n < lendFrom {
		return c.Offer(Binary(payload))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.queued > 0 && c.queued+maxHeader+len(payload) > c.room {
		return false
	}
	room := c.hub.pieces.Get().(*[]byte)
	f := Frame(append(appendHeader((*room)[:0], opBin, len(payload)), payload...))
	c.lent = append(c.lent, room)
	c.queue = append(c.queue, f)
	c.queued += len(f)
	c.wake()
	return true
}

// Await waits until what waits has drained below half of what Offer fills.
func (c *Conn) Await(done <-chan struct{}) error {
	c.mu.Lock()
	c.behind++
	defer func() { c.behind--; c.mu.Unlock() }()
	for {
		if c.closed {
			return errGone
		}
		if c.queued < c.room/2 {
			return nil
		}
		if c.drained == nil {
			c.drained = make(chan struct{})
		}
		drained := c.drained
		c.mu.Unlock()
		var err error
		select {
		case <-drained:
		case <-c.gone:
			err = errGone
		case <-done:
			err = errGone
		}
		c.mu.Lock()
		if err != nil {
			return err
		}
	}
}

// Urgent queues a small frame before all that waits: a pong comes in time while
// a replay runs.
func (c *Conn) Urgent(f Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	if len(c.urgent) >= 64 { // a client that asks and never reads
		return
	}
	c.urgent = append(c.urgent, f)
	c.queued += len(f)
	c.wake()
}

// Close says bye with the code and closes. What waits is still written, but
// where the connection is too slow for it. Only the first call counts.
func (c *Conn) Close(code int, reason string, retry time.Duration) {
	bye, _ := json.Marshal(struct {
		T      string `json:"t"`
		Code   int    `json:"code"`
		Reason string `json:"reason"`
		Retry  int64  `json:"retry_ms"`
	}{"bye", code, reason, retry.Milliseconds()})
	c.end(code, []Frame{Text(bye), CloseFrame(code, reason)}, code == TooSlow)
}

// Echo answers the peer's own close.
func (c *Conn) Echo(code int) { c.end(code, []Frame{CloseFrame(code, "")}, true) }

// Abort ends the connection without a word more.
func (c *Conn) Abort(code int) { c.end(code, nil, true) }

func (c *Conn) end(code int, last []Frame, drop bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed, c.code = true, code
	close(c.gone)
	c.hub.closesMu.Lock()
	c.hub.closes[code]++
	c.hub.closesMu.Unlock()
	if drop {
		for _, f := range c.queue {
			c.queued -= len(f)
		}
		c.queue, c.latest, c.lent = c.few[:0], nil, nil
	}
	for _, f := range last {
		c.queue = append(c.queue, f)
		c.queued += len(f)
	}
	if c.writing {
		// A write that stalls must not hold the last words up for ten seconds.
		_ = c.socket.SetWriteDeadline(time.Now().Add(byeLimit))
	}
	c.wake()
}
