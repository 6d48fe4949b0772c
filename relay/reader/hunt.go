package reader

import (
	"context"
	"time"
)

// settleFor is how long a missing block may be on its way before the head
// looks for it in the store: a result overtakes the last block easily.
const settleFor = 20 * time.Millisecond

// openGapFor is how long lines behind a gap of unknown length are waited for
// once the run has ended.
const openGapFor = 10 * time.Second

// look starts the search for blocks that the head misses. The caller holds
// h.mu. While nobody follows there is nobody to search for.
func (h *head) look() {
	h.missing = true
	if h.hunting || !h.followed() {
		return
	}
	h.hunting = true
	h.r.jobs.Go(h.hunt)
}

// wanted says whether there is still something to look for, and whether for
// sure; it ends the hunt where not.
func (h *head) wanted() (yes, sure bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sure = len(h.stash) > 0 || h.pos.next <= h.heard || h.ended != nil && h.pos.next <= h.ended.Lines
	yes = h.followed() && (h.missing || sure)
	h.missing, h.hunting = h.missing && !yes, yes
	return yes, sure
}

func (h *head) hunt() {
	<-h.r.begun
	ctx := h.r.ctx
	s := search{r: h.r, bench: h.bench, run: h.run}
	var idleSince time.Time
	for wait := settleFor; ; {
		going := sleep(ctx, wait)
		h.mu.Lock()
		if going = going && h.calm(ctx, 0); !going {
			h.hunting = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		var yes bool
		if yes, s.sure = h.wanted(); !yes {
			return
		}
		idle, err := s.pass(ctx, h.next, func(b *Block, pending uint64) (verdict, bool) {
			return h.found(ctx, b, pending)
		})
		switch {
		case err != nil:
			h.r.log.Debug("looking for missing lines, trying again", "run", h.run, "err", err)
			h.again() // it has not looked
			wait = pollEvery
		case !idle:
			wait, idleSince = 0, time.Time{}
		default:
			if idleSince.IsZero() {
				idleSince = time.Now()
			}
			h.giveUp(ctx, time.Since(idleSince) > openGapFor)
			wait = min(max(2*wait, settleFor), pollEvery)
		}
	}
}

func (h *head) again() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.missing = true
}

func (h *head) next() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pos.next
}

// found takes a block from the store. While the head is crowded it waits as long
// as a pass waits for a single follower, then ends the pass.
func (h *head) found(ctx context.Context, b *Block, pending uint64) (verdict, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.calm(ctx, patience) {
		return have, false
	}
	if pending < nearHead {
		h.ashore()
	}
	v, next := h.pos.offer(b)
	if v == take {
		h.push(next)
		h.unstow()
	}
	return v, true
}

// giveUp ends the wait for lines that cannot come any more: those that the
// keeper cut, and those behind a gap that nobody can measure.
func (h *head) giveUp(ctx context.Context, openGap bool) {
	keptFrom, err := h.r.cfg.Runs.KeptFrom(ctx, h.run)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ashore()
	h.cut(keptFrom)
	if openGap && h.pos.open && h.ended != nil && h.pos.next <= h.ended.Lines {
		h.pos = position{next: h.ended.Lines + 1}
		for _, c := range h.joined {
			c.pos = h.pos
		}
		h.finish()
	}
}

// sleep waits; false means that ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
