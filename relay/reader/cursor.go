package reader

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// cursor is one follower's place in a run. While it is joined, its head calls
// the follower, under the head's mutex; else its own goroutine does.
type cursor struct {
	r   *Reader
	h   *head
	f   Follower
	pos position

	live    bool // Live was called, and Lag not since
	holding bool // guarded by h.mu
	why     outcome
	woken   chan struct{} // 1: the head let it go; why says the reason
	search  *search
	wait    time.Duration // before the next look into the store
}

// take offers a block to the follower.
func (c *cursor) take(b *Block) outcome {
	before := c.pos
	switch v, next := c.pos.offer(b); v {
	case ahead:
		return behind
	case take:
		if !c.f.Block(next) {
			c.pos = before
			return full
		}
	}
	return joined
}

// present tells a joined follower that it is at the present, unless the head
// itself is behind it. The head's mutex is held.
func (c *cursor) present() {
	if !c.live && !c.h.adrift {
		c.live = true
		c.f.Live()
	}
}

func (c *cursor) wake(why outcome) {
	c.why = why
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// follow joins, replays and makes room in turns until the end.
func (c *cursor) follow(ctx context.Context) error {
	defer c.h.quit(c)
	for {
		why := c.h.join(c)
		if why == joined {
			c.search, c.wait = nil, 0
			select {
			case <-c.woken:
				why = c.why
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var err error
		switch why {
		case complete:
			return c.end(ctx)
		case full:
			err = c.room(ctx)
		case behind:
			err = c.replay(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// room marks the pause of a follower that is too slow and waits for it.
func (c *cursor) room(ctx context.Context) error {
	if c.live {
		c.live = false
		c.f.Lag()
	}
	c.h.hold(c)
	if err := c.f.Room(ctx.Done()); err != nil {
		return fmt.Errorf("waiting for a slow follower: %w", err)
	}
	return ctx.Err()
}

// patience is how long a pass over the store waits for a follower without room.
// One that only needs a moment goes on in the same pass: a new one for every
// half queue would read most blocks several times. A slower one gives its place
// to others.
const patience = 100 * time.Millisecond

// makeRoom waits that long.
func (c *cursor) makeRoom(ctx context.Context) bool {
	if c.live {
		c.live = false
		c.f.Lag()
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.f.Room(wait.Done()) == nil
}

// replay passes over the store once, from the cursor's next line to where it
// meets the head.
func (c *cursor) replay(ctx context.Context) error {
	if c.search == nil {
		c.h.unhold(c) // until it is near: holding all that comes meanwhile would be much
	}
	why, idle, err := c.pass(ctx, func(pending uint64) bool {
		if pending < nearEnd {
			c.h.hold(c)
		}
		return !c.h.reached(c.pos.next)
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		c.r.log.Debug("replaying a run, trying again", "run", c.h.run, "err", err)
		c.wait = pollEvery
	case why == full:
		return c.room(ctx)
	case !idle:
		c.wait = 0
		return nil
	default:
		var fault *wire.Fault
		if cut, err := c.cut(ctx); cut {
			return err
		} else if errors.As(err, &fault) && fault.Code == wire.NotFound {
			return err // the run itself was removed with age
		}
		c.h.hold(c)
		c.wait = min(max(2*c.wait, 5*time.Millisecond), pollEvery)
	}
	if c.h.reached(c.pos.next) {
		return nil
	}
	if !sleep(ctx, c.wait) {
		return ctx.Err()
	}
	return nil
}

// pass reads the store once; met is asked after each block whether to go on.
func (c *cursor) pass(ctx context.Context, on func(pending uint64) bool) (why outcome, idle bool, err error) {
	if c.search == nil {
		c.search = &search{r: c.r, bench: c.h.bench, run: c.h.run, sure: true}
	}
	why = joined
	idle, err = c.search.pass(ctx, func() int64 { return c.pos.next }, func(b *Block, pending uint64) (verdict, bool) {
		before := c.pos
		if why = c.take(b); why == full && c.makeRoom(ctx) {
			why = c.take(b)
		}
		if why == full {
			return have, false
		} else if why == behind {
			return ahead, true
		}
		if c.pos == before {
			return have, true
		}
		return take, on(pending)
	})
	return why, idle, err
}

// cut shows as a gap what the keeper took away. It reads the mark from the
// store: what this relay has heard of it may be older than the cut.
func (c *cursor) cut(ctx context.Context) (bool, error) {
	keptFrom, err := c.r.cfg.Runs.KeptFrom(ctx, c.h.run)
	if err != nil || keptFrom <= c.pos.next {
		return false, err
	}
	if c.take(cutBlock(c.h.run, c.pos.next, keptFrom)) == full {
		return true, c.room(ctx)
	}
	return true, nil
}

// end says goodbye to a follower that has every line.
func (c *cursor) end(ctx context.Context) error {
	doc, err := c.r.cfg.Runs.Get(ctx, c.h.run)
	if err != nil {
		var ok bool
		if doc, ok = c.r.cfg.Runs.Peek(c.h.run); !ok {
			return err
		}
	}
	if !c.live {
		c.f.Live()
	}
	c.f.End(doc)
	return nil
}

// stored hands over what the store has now, and the end where that was all.
func (c *cursor) stored(ctx context.Context) error {
	for {
		why, idle, err := c.pass(ctx, func(uint64) bool { return true })
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return &wire.Fault{
				Code: wire.Unavailable, Message: "the lines of run " + c.h.run + " cannot be read now: " + err.Error(),
				Hint: "ask again in a moment", Retry: true,
			}
		case why == full:
			if err := c.room(ctx); err != nil {
				return err
			}
			continue
		case !idle:
			continue
		}
		if cut, err := c.cut(ctx); err != nil {
			return err
		} else if cut {
			continue
		}
		doc, err := c.r.cfg.Runs.Get(ctx, c.h.run)
		if err != nil {
			return err
		}
		if doc.State == wire.Ended && (c.pos.next > doc.Lines || c.pos.open) {
			return c.end(ctx)
		}
		return nil
	}
}
