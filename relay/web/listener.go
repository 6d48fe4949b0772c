package web

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	writeStall  = 30 * time.Second // a plain HTTP client that takes nothing for so long is gone
	lingerLimit = 2 * time.Second
)

// listener knows its connections, so that a drain can end them all, and wraps
// each in a conn.
type listener struct {
	net.Listener

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
}

func newListener(inner net.Listener) *listener {
	return &listener{Listener: inner, conns: make(map[*conn]struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: inner, from: l}
	l.mu.Lock()
	l.conns[c] = struct{}{}
	l.mu.Unlock()
	return c, nil
}

func (l *listener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// closeAll ends what is left at the end of a drain.
func (l *listener) closeAll() {
	l.mu.Lock()
	list := make([]*conn, 0, len(l.conns))
	for c := range l.conns {
		list = append(list, c)
	}
	l.mu.Unlock()
	for _, c := range list {
		_ = c.Close()
	}
}

// conn is a client's connection. Beyond net.Conn it has a deadline on every
// write, notices a peer that left while an answer is being streamed, and can
// close so that the peer still reads the answer.
type conn struct {
	net.Conn
	from   *listener
	ours   atomic.Bool // the socket's own deadlines hold: Write sets none
	linger atomic.Bool
	once   sync.Once
	err    error
}

// errDirect answers who reads nothing from the connection itself.
var errDirect = errors.New("nothing was asked for")

func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, errDirect
	}
	return c.Conn.Read(p)
}

// isDirect says whether what was taken over from the server is read from the
// connection itself. Else the client has sent more than its request, and the
// server's buffer stands before the connection: that belongs to the request, and
// serves another client as soon as the request is given back.
func isDirect(hijacked net.Conn) bool {
	_, err := hijacked.Read(nil)
	return errors.Is(err, errDirect)
}

func (c *conn) Write(p []byte) (int, error) {
	if !c.ours.Load() {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(writeStall)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

// watch returns a channel that is closed when the peer leaves. It reads from the
// connection, so the answer must be the connection's last: the goroutine ends
// with the connection.
func (c *conn) watch() <-chan struct{} {
	left := make(chan struct{})
	_ = c.SetReadDeadline(time.Time{})
	go func() {
		defer close(left)
		var waste [512]byte
		for {
			if _, err := c.Conn.Read(waste[:]); err != nil {
				return
			}
		}
	}()
	return left
}

// Close closes once. With linger set it first ends the writing half and reads
// what the peer still sends: closing with unread bytes would send a reset, and
// the peer would lose the answer.
func (c *conn) Close() error {
	c.once.Do(func() {
		if c.linger.Load() {
			c.drain()
		}
		c.err = c.Conn.Close()
		c.from.mu.Lock()
		delete(c.from.conns, c)
		c.from.mu.Unlock()
	})
	return c.err
}

func (c *conn) drain() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_ = c.SetReadDeadline(time.Now().Add(lingerLimit))
	waste := make([]byte, 32<<10)
	for {
		if _, err := c.Conn.Read(waste); err != nil {
			return
		}
	}
}
