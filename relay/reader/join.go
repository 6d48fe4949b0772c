package reader

import (
	"slices"
	"sort"
)

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
	defer h.ease()
	why := h.catchUp(c)
	if why == full {
		h.slowed(c)
		return full
	}
	delete(h.slow, c)
	if why != joined {
		return why
	}
	h.joined = append(h.joined, c)
	c.present()
	h.release(c)
	if h.missing {
		h.look()
	}
	h.finish()
	return joined
}

// catchUp hands over what is in memory. The caller holds h.mu.
func (h *head) catchUp(c *cursor) outcome {
	if c.pos.next < h.pos.next {
		from := h.at(c.pos.next)
		if from < 0 {
			if h.ended != nil && c.pos.next > h.ended.Lines {
				return complete
			}
			return behind
		}
		for _, b := range h.recent[from:] {
			if why := c.take(b); why != joined {
				return why
			}
		}
	}
	if h.ended != nil && c.pos.next > h.ended.Lines {
		return complete
	}
	return joined
}

// at finds the block in memory that holds line; -1: line is older.
func (h *head) at(line int64) int {
	return sort.Search(len(h.recent), func(i int) bool { return h.recent[i].First > line }) - 1
}

// quit forgets a follower who leaves.
func (h *head) quit(c *cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if i := slices.Index(h.joined, c); i >= 0 {
		h.joined = slices.Delete(h.joined, i, i+1)
	}
	delete(h.slow, c)
	h.release(c)
	h.trimRecent()
	if !h.followed() && h.holds == 0 {
		h.adrift, h.heard = false, 0
	}
	h.ease()
}

// hold keeps more blocks in memory while c is about to join, so that a flood
// does not run away from it.
func (h *head) hold(c *cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keepFor(c)
}

func (h *head) keepFor(c *cursor) {
	if !c.holding {
		c.holding = true
		h.holds++
	}
}

func (h *head) unhold(c *cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.release(c)
	h.trimRecent()
}

// release no longer keeps more for c.
func (h *head) release(c *cursor) {
	if c.holding {
		c.holding = false
		h.holds--
	}
}

// reached says whether a follower at next can join.
func (h *head) reached(next int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return next >= h.pos.next || len(h.recent) > 0 && next >= h.recent[0].First
}
