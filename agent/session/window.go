package session

import "time"

// A window is how much may be on its way and unread. It bounds the memory of
// everyone on the way, and how long what else goes over the link waits: so it
// is small, and grows only where the bytes go fast.
const (
	minWindow   = 64 << 10
	firstWindow = 256 << 10
	maxWindow   = 4 << 20
	// quick is how fast a window has to be read to become larger, slow how
	// slowly to become smaller again.
	quick = 100 * time.Millisecond
	slow  = time.Second
)

type window struct {
	size  uint64
	mark  uint64 // how much was read when the window was last looked at
	since time.Time
}

// fit makes the window larger or smaller by how long its worth took.
func (w *window) fit(taken uint64, now time.Time) {
	if w.since.IsZero() {
		w.since = now
	}
	if taken-w.mark < w.size {
		return
	}
	switch took := now.Sub(w.since); {
	case took < quick:
		w.size = min(2*w.size, maxWindow)
	case took > slow:
		w.size = max(w.size/2, minWindow)
	}
	w.mark, w.since = taken, now
}

// chunks are bytes that wait to be read. Many small ones are joined: each piece
// of memory holds much.
type chunks struct {
	list []chunk
}

type chunk struct {
	rest []byte
	own  bool   // a copy, with room for more
	free func() // gives its memory back; nil: to nobody
}

const (
	smallChunk = 4 << 10
	ownChunk   = 32 << 10
)

func (c *chunks) empty() bool { return len(c.list) == 0 }

func (c *chunks) put(p []byte, free func()) {
	if len(p) > smallChunk {
		c.list = append(c.list, chunk{rest: p, free: free})
		return
	}
	if free != nil {
		defer free()
	}
	if n := len(c.list); n > 0 && c.list[n-1].own && cap(c.list[n-1].rest)-len(c.list[n-1].rest) >= len(p) {
		c.list[n-1].rest = append(c.list[n-1].rest, p...)
		return
	}
	c.list = append(c.list, chunk{rest: append(make([]byte, 0, ownChunk), p...), own: true})
}

func (c *chunks) take(p []byte) (n int) {
	for len(c.list) > 0 && n < len(p) {
		first := &c.list[0]
		k := copy(p[n:], first.rest)
		n += k
		if first.rest = first.rest[k:]; len(first.rest) > 0 {
			break
		}
		if first.free != nil {
			first.free()
		}
		*first = chunk{}
		c.list = c.list[1:]
	}
	if len(c.list) == 0 {
		c.list = nil
	}
	return n
}
