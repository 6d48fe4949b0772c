package reader

// outcome is why a follower is not, or no longer, joined to its run's head.
type outcome int

const (
	joined   outcome = iota
	behind           // it needs lines that only the store has
	full             // it has no room
	complete         // it has every line of a run that has ended
)

// join hands over the blocks that a follower misses and are still in memory,
// and from then on every new one; it says why not otherwise.
func (h *head) join(c *cursor) outcome {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.pos.next < h.pos.next {
		if len(h.recent) == 0 || h.recent[0].First > c.pos.next {
			if h.ended != nil && c.pos.next > h.ended.Lines {
				return complete
			}
			return behind
		}
		for _, b := range h.recent {
			if why := c.take(b); why != joined {
				return why
			}
		}
	}
	if h.ended != nil && c.pos.next > h.ended.Lines {
		return complete
	}
	h.joined = append(h.joined, c)
	if !c.live {
		c.live = true
		c.f.Live()
	}
	if c.holding {
		c.holding = false
		h.holds--
	}
	if h.missing {
		h.look()
	}
	h.finish()
	return joined
}

func (h *head) leave(c *cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, other := range h.joined {
		if other == c {
			h.joined = append(h.joined[:i], h.joined[i+1:]...)
			return
		}
	}
}

// hold keeps more blocks in memory while c is about to join, so that a flood
// does not run away from it.
func (h *head) hold(c *cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !c.holding {
		c.holding = true
		h.holds++
	}
}

func (h *head) unhold(c *cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.holding {
		c.holding = false
		if h.holds--; h.holds == 0 {
			h.trimRecent()
		}
	}
}

// reached says whether a follower at next can join.
func (h *head) reached(next int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return next >= h.pos.next || len(h.recent) > 0 && next >= h.recent[0].First
}
