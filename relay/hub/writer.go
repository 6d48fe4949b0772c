package hub

import "time"

// wake starts the writer if there is none: an idle connection has no goroutine.
// mu is held.
func (c *Conn) wake() {
	if c.writing || c.finished {
		return
	}
	c.writing = true
	c.writer.Add(1)
	go c.write(time.Now())
}

// write writes until nothing waits. What waits is copied into one write of at
// most writeLimit; a larger frame is written alone, as it is.
func (c *Conn) write(since time.Time) {
	defer c.writer.Done()
	pooled := c.hub.buffers.Get().(*[]byte)
	defer c.hub.buffers.Put(pooled)
	written := 0
	for {
		batch, last := c.take(*pooled, written)
		if batch == nil {
			c.hub.busy.observe(time.Since(since))
			if last {
				c.socket.Finish()
			}
			return
		}
		if _, err := c.socket.Write(batch); err != nil {
			c.fail(err)
			return
		}
		written = len(batch)
	}
}

// take gives the writer its next bytes, after it has written the last ones. Nil
// ends the writer; last says that it was the connection's end.
func (c *Conn) take(buf []byte, written int) (batch []byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queued -= written
	if c.inHand != nil {
		c.hub.pieces.Put(c.inHand)
		c.inHand = nil
	}
	if c.apartOut {
		c.apart, c.apartOut = 0, false
	}
	if c.drained != nil && c.queued < c.room/2 {
		close(c.drained)
		c.drained = nil
	}
	for i, f := range c.urgent {
		if len(buf)+len(f) > cap(buf) {
			c.urgent = c.urgent[i:]
			return c.out(buf)
		}
		buf = append(buf, f...)
	}
	c.urgent = nil
	for len(c.queue) > 0 {
		f := c.queue[0]
		if len(buf)+len(f) > writeLimit {
			if len(buf) > 0 {
				return c.out(buf)
			}
			c.inHand = c.pop()
			return c.out(f)
		}
		buf = append(buf, f...)
		if room := c.pop(); room != nil {
			c.hub.pieces.Put(room)
		}
	}
	if len(buf) > 0 {
		return c.out(buf)
	}
	c.writing = false
	if c.closed {
		c.finished = true
	}
	return nil, c.finished
}

// out sets the deadline of the write that follows; under mu, so that it does
// not undo the shorter one that a close sets.
func (c *Conn) out(batch []byte) ([]byte, bool) {
	limit := stallLimit
	if c.closed {
		limit = byeLimit
	}
	_ = c.socket.SetWriteDeadline(time.Now().Add(limit))
	return batch, false
}

// pop takes the first frame off the queue, and gives the memory that was lent for it.
func (c *Conn) pop() (lent *[]byte) {
	if len(c.lent) > 0 && &c.queue[0][0] == &(*c.lent[0])[:1][0] {
		lent, c.lent = c.lent[0], c.lent[1:]
	}
	c.apartOut = c.apartOut || c.apart > 0 && c.taken == c.apartAt
	c.queue[0] = nil
	c.queue = c.queue[1:]
	c.taken++
	if len(c.queue) == 0 {
		c.queue, c.taken, c.latest, c.lent = c.few[:0], 0, nil, nil
	}
	return lent
}

// fail ends a connection that cannot be written to.
func (c *Conn) fail(err error) {
	code := Vanished
	if timeout, ok := err.(interface{ Timeout() bool }); ok && timeout.Timeout() {
		code = TooSlow
	}
	c.end(code, nil, true)
	c.mu.Lock()
	c.writing, c.finished = false, true
	c.mu.Unlock()
	c.socket.Finish()
}
