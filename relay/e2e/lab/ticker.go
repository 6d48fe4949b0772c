package lab

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Tally counts what happens at many tabs, and when.
type Tally struct {
	mu          sync.Mutex // guards what follows
	n           int
	first, last time.Time
}

func (c *Tally) add() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = time.Now()
	if c.n++; c.n == 1 {
		c.first = c.last
	}
}

// Begin counts anew.
func (c *Tally) Begin() { c.mu.Lock(); defer c.mu.Unlock(); c.n = 0 }

// Is the count, and when the first and the last came.
func (c *Tally) Is() (n int, first, last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n, c.first, c.last
}

// Ticker says numbered events in the room lab of a relay, in order; an event
// counts as said once the relay has answered so.
type Ticker struct {
	socket *Socket
	next   int64
}

// NewTicker connects one.
func NewTicker(ctx context.Context, base string) (*Ticker, error) {
	s, err := Dial(ctx, base, Token)
	return &Ticker{socket: s}, err
}

// Say says n more events, all of them on their way at once, and waits for the
// answers.
func (t *Ticker) Say(n int, extra string) error {
	for range n {
		t.next++
		i := t.next
		err := t.socket.Send(api.Frame{T: "evt", I: &i, Room: "lab", Ev: Tick, D: fmt.Appendf(nil, `{"n":%d,"x":%q}`, i, extra)})
		if err != nil {
			return err
		}
	}
	for n > 0 {
		f, err := t.socket.Next()
		switch {
		case err != nil:
			return err
		case f.T == "res" && f.Error != nil:
			return f.Error
		case f.T == "res":
			n--
		case f.T == "bye":
			return &wire.Fault{Code: wire.Unavailable, Message: f.Reason}
		}
	}
	return nil
}

// Close ends it.
func (t *Ticker) Close() { t.socket.Close() }
