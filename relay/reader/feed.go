package reader

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
)

// listen makes a run's head, subscribed: only the lines of runs that somebody
// looks at come to this relay, so a bench's flood that nobody watches stands in
// no command's way. known says that the run has no lines yet. The caller holds r.mu.
func (r *Reader) listen(bench, run string, known bool) (*head, error) {
	h := newHead(r, bench, run)
	if known {
		h.known, h.pos.next, h.idle = true, 1, time.Now()
		h.ready.Do(func() {})
	}
	sub, err := r.cfg.Bridge.Subscribe(wire.HubRun(bench, run), "",
		func(msg *nats.Msg) { h.hear(msg.Data) },
		h.suspect)
	if err != nil {
		return nil, err
	}
	h.sub = sub
	r.heads[run] = h
	return h, nil
}

// hear takes a live block. It runs on the subscription's own goroutine, one
// block at a time.
func (h *head) hear(data []byte) {
	if b := (&Block{Run: h.run, Data: data}); b.quick() && h.letGo(b) {
		return
	}
	b, err := parse(h.run, data)
	if err != nil {
		h.r.junk.Warn(h.r.log, h.bench, "dropped a block", "run", h.run, "err", err)
		return
	}
	h.live(b)
}

// open finds or makes a run's head, and waits until it knows where it stands.
func (r *Reader) open(ctx context.Context, bench, run string) (*head, error) {
	r.mu.Lock()
	h := r.heads[run]
	if h == nil || h.bench != bench {
		fresh, err := r.listen(bench, run, false)
		if err != nil {
			r.mu.Unlock()
			return nil, err
		}
		if h != nil {
			h.forget()
		}
		h = fresh
	}
	h.refs++
	r.mu.Unlock()
	var err error
	h.ready.Do(func() {
		if err = r.cfg.Bridge.Flush(); err != nil {
			err = fmt.Errorf("subscribing the lines of run %s: %w", run, err)
			return
		}
		err = h.locate(ctx)
	})
	if err != nil {
		r.mu.Lock()
		if r.heads[run] == h {
			delete(r.heads, run) // the next follower tries afresh
		}
		r.mu.Unlock()
		h.forget()
		r.release(h)
		return nil, err
	}
	if !h.located() {
		r.release(h)
		return nil, errGone // it was another follower's try that came to nothing
	}
	return h, nil
}

func (r *Reader) release(h *head) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h.refs--; h.refs == 0 {
		h.idle = time.Now()
	}
}

// tidy forgets heads that nobody follows.
func (r *Reader) tidy(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for run, h := range r.heads {
		if h.refs == 0 && now.Sub(h.idle) >= keepHead {
			h.forget()
			delete(r.heads, run)
		}
	}
}
