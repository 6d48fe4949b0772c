package reader

import (
	"context"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// head is the present end of a followed run: it takes the next block, from the
// live subscription or from its own look into the store, and pushes it to the
// followers that have caught up.
type head struct {
	r          *Reader
	bench, run string
	sub        *bridge.Subscription
	ready      sync.Once // finds the first position
	refs       int       // followers; guarded by r.mu
	idle       time.Time // since when refs is 0; guarded by r.mu

	mu      sync.Mutex // guards the fields below and calls of the joined followers
	known   bool
	pos     position
	recent  []*Block // the blocks before pos, without a hole
	bytes   int
	stash   []*Block // live blocks that are ahead, while lines before them are looked for
	stashed int
	joined  []*cursor
	slow    map[*cursor]struct{} // were joined, have no room now, and what they need is still in recent
	eased   chan struct{}        // closed, and made anew, when slow or joined changed for the better
	holds   int                  // followers who are about to join or who make room
	adrift  bool                 // live blocks are let go, for everybody is busy; the store has them
	heard   int64                // the last line of those
	missing bool
	hunting bool // a goroutine looks into the store
	ended   *api.Run
}

func newHead(r *Reader, bench, run string) *head {
	return &head{r: r, bench: bench, run: run, slow: map[*cursor]struct{}{}, eased: make(chan struct{})}
}

// locate finds the first position: behind the block that was stored last,
// where no live block has told yet.
func (h *head) locate(ctx context.Context) error {
	last, ok, err := h.r.cfg.Bridge.Last(ctx, wire.StreamRuns, wire.HubRun(h.bench, h.run))
	if err != nil {
		return err
	}
	at := position{next: 1}
	if ok {
		if b, err := parse(h.run, last.Data); err == nil {
			at.next = b.First
			at.offer(b)
		}
	}
	if doc, found := h.r.cfg.Runs.Peek(h.run); found {
		at.next = max(at.next, doc.KeptFrom)
		h.changed(doc)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.known {
		h.known, h.pos = true, at
	}
	return nil
}

func (h *head) located() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.known
}

// live takes a block from the bench.
func (h *head) live(b *Block) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.known { // locate is under way: whoever joins later replays up to here
		h.known, h.pos = true, position{next: b.First}
	}
	h.offer(b)
}

// offer takes a block if it is the next, and what waited behind it. The caller
// holds h.mu.
func (h *head) offer(b *Block) verdict {
	v, b2 := h.pos.offer(b)
	switch {
	case v == ahead && len(h.joined) == 0 && h.holds == 0:
		h.drop() // nobody needs what is missing: go on from here
		h.pos, h.missing = position{next: b.First}, false
		h.offer(b)
	case v == ahead:
		h.stow(b)
		h.look()
	case v == take:
		h.push(b2)
		if len(h.stash) > 0 {
			h.unstow()
		}
	}
	return v
}

func (h *head) push(b *Block) {
	h.recent, h.bytes = append(h.recent, b), h.bytes+len(b.Data)
	h.trimRecent()
	kept := h.joined[:0]
	for _, c := range h.joined {
		switch why := c.take(b); why {
		case joined:
			kept = append(kept, c)
		case full:
			h.slowed(c)
			c.wake(full)
		default:
			c.wake(why)
		}
	}
	clear(h.joined[len(kept):])
	h.joined = kept
	h.finish()
}

// trimRecent keeps what late joiners and those who make room may need.
func (h *head) trimRecent() {
	limit := h.limit()
	before, n := h.over(), 0
	for h.bytes > limit && n < len(h.recent)-1 {
		h.bytes -= len(h.recent[n].Data)
		n++
	}
	clear(h.recent[:n])
	h.recent = h.recent[n:]
	h.r.held.Add(h.over() - before)
}

func (h *head) limit() int {
	if h.holds > 0 && h.r.held.Load() < heldInAll {
		return heldBytes
	}
	return recentBytes
}

func (h *head) over() int64 { return int64(max(h.bytes-recentBytes, 0)) }

func (h *head) drop() {
	h.r.held.Add(-h.over())
	h.recent, h.bytes, h.stash, h.stashed, h.adrift, h.heard = nil, 0, nil, 0, false, 0
}

// stow keeps a block that is ahead. When too much waits, all of it is let go:
// the look into the store then has to come further.
func (h *head) stow(b *Block) {
	if h.stashed += len(b.Data); h.stashed > heldBytes || len(h.stash) >= 4096 {
		h.stash, h.stashed = nil, len(b.Data)
	}
	h.stash = append(h.stash, b)
}

func (h *head) unstow() {
	for again := true; again; {
		again = false
		rest := h.stash[:0]
		for _, b := range h.stash {
			switch v, next := h.pos.offer(b); v {
			case ahead:
				rest = append(rest, b)
			case take:
				again = true
				h.stashed -= len(b.Data)
				h.push(next)
			case have:
				h.stashed -= len(b.Data)
			}
		}
		clear(h.stash[len(rest):])
		h.stash = rest
	}
}

// changed takes what the index says of the run.
func (h *head) changed(run api.Run) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if run.State == wire.Ended {
		h.ended = &run
	}
	h.cut(run.KeptFrom)
	h.finish()
}

// cut shows as a gap what the keeper took away before a follower had it.
func (h *head) cut(keptFrom int64) {
	if h.known && h.pos.next < keptFrom && h.followed() {
		h.offer(cutBlock(h.run, h.pos.next, keptFrom))
	}
}

func cutBlock(run string, next, keptFrom int64) *Block {
	return gapBlock(run, next, keptFrom-1, "cut by the keeper: older than the history that is kept, or beyond the bench's share")
}

// finish lets the followers go that have every line of a run that has ended,
// and looks for the lines that are still missing.
func (h *head) finish() {
	if h.ended == nil {
		return
	}
	kept := h.joined[:0]
	for _, c := range h.joined {
		if c.pos.next > h.ended.Lines {
			c.wake(complete)
		} else {
			kept = append(kept, c)
		}
	}
	clear(h.joined[len(kept):])
	if h.joined = kept; h.followed() && h.known && h.pos.next <= h.ended.Lines {
		h.look()
	}
}

// forget ends the subscription and gives back what the head keeps.
func (h *head) forget() {
	h.sub.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop()
}

func (h *head) suspect() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.look()
}
