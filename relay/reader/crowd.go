package reader

import (
	"context"
	"time"
)

// A head never waits for a slow follower while another has room. But where all
// of them are busy with what memory holds of the run, going on would only send
// each back to the store, alone. So the head then lets live blocks go, and
// reads them from the store for all at once when the followers come to them.

// slowed notes a follower without room. The caller holds h.mu.
func (h *head) slowed(c *cursor) {
	h.slow[c] = struct{}{}
	h.keepFor(c)
}

// followed says whether somebody takes blocks from this head.
func (h *head) followed() bool { return len(h.joined)+len(h.slow) > 0 }

// crowded says whether everybody is busy, and the slowest has as much before it
// as is kept, or, where blocks were let go already, half of it.
func (h *head) crowded() bool {
	if len(h.joined) > 0 || len(h.slow) == 0 {
		return false
	}
	limit := h.limit() * 3 / 4
	if h.adrift {
		limit /= 2
	}
	if h.bytes < limit {
		return false
	}
	first := h.pos.next
	for c := range h.slow {
		first = min(first, c.pos.next)
	}
	from := h.at(first)
	if from < 0 {
		from = 0 // it is lost to this head, and does not know yet: it will soon
	}
	waiting := 0
	for i := len(h.recent) - 1; i >= from && waiting < limit; i-- {
		waiting += len(h.recent[i].Data)
	}
	return waiting >= limit
}

// letGo says whether a live block is left to the store. A gap of unknown length
// never is: how far it reaches, only what follows tells.
func (h *head) letGo(b *Block) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.adrift && h.crowded() {
		h.adrift = true
	}
	if !h.adrift || b.Last < 0 {
		return false
	}
	if b.Last >= h.pos.next {
		h.heard = max(h.heard, b.Last)
		h.look()
	}
	return true
}

// ashore ends that: the store's end is near, live blocks are kept from here.
func (h *head) ashore() {
	if h.adrift {
		h.adrift = false
		for _, c := range h.joined {
			c.present()
		}
	}
}

// ease wakes who waits for the crowd to go.
func (h *head) ease() {
	close(h.eased)
	h.eased = make(chan struct{})
}

// calm waits until the head is not crowded, or for so long; 0 means for ever.
// The caller holds h.mu, which is free meanwhile.
func (h *head) calm(ctx context.Context, most time.Duration) bool {
	if !h.crowded() {
		return true
	}
	if most > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, most)
		defer cancel()
	}
	for h.crowded() {
		eased := h.eased
		h.mu.Unlock()
		select {
		case <-eased:
		case <-ctx.Done():
		}
		h.mu.Lock()
		if ctx.Err() != nil {
			return false
		}
	}
	return true
}
