package reader

import (
	"context"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/nats-io/nats.go"
)

// feed is a plain subscription of one bench's blocks, shared by every run that
// is followed there.
type feed struct {
	sub  *bridge.Subscription
	used time.Time // when a head last needed it
}

// feed subscribes a bench's blocks once. The caller holds r.mu.
func (r *Reader) feed(bench string) (fresh bool, err error) {
	if f := r.feeds[bench]; f != nil {
		f.used = time.Now()
		return false, nil
	}
	sub, err := r.cfg.Bridge.Subscribe(wire.HubRun(bench, "*"), "",
		func(msg *nats.Msg) { r.heard(bench, msg) },
		func() { r.suspect(bench) })
	if err != nil {
		return false, err
	}
	r.feeds[bench] = &feed{sub: sub, used: time.Now()}
	return true, nil
}

// heard takes a live block. It runs on the subscription's own goroutine, one
// block at a time a bench.
func (r *Reader) heard(bench string, msg *nats.Msg) {
	h := r.head(wire.Leaf(msg.Subject))
	if h == nil || h.bench != bench {
		return
	}
	if b := (&Block{Run: h.run, Data: msg.Data}); b.quick() && h.letGo(b) {
		return
	}
	b, err := parse(h.run, msg.Data)
	if err != nil {
		r.log.Warn("dropped a block", "bench", bench, "run", h.run, "err", err)
		return
	}
	h.live(b)
}

// open finds or makes a run's head, and waits until it knows where it stands.
func (r *Reader) open(ctx context.Context, bench, run string) (*head, error) {
	r.mu.Lock()
	fresh, err := r.feed(bench)
	if err != nil {
		r.mu.Unlock()
		return nil, err
	}
	h := r.heads[run]
	if h == nil || h.bench != bench {
		h = newHead(r, bench, run)
		r.heads[run] = h
	}
	h.refs++
	r.mu.Unlock()
	if fresh {
		if err := r.cfg.Bridge.Flush(); err != nil {
			r.release(h)
			return nil, fmt.Errorf("subscribing the lines of bench %s: %w", bench, err)
		}
	}
	h.ready.Do(func() { err = h.locate(ctx) })
	if err != nil {
		r.mu.Lock()
		if r.heads[run] == h {
			delete(r.heads, run) // the next follower tries afresh
		}
		r.mu.Unlock()
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

// tidy forgets heads that nobody follows, and subscriptions without heads.
func (r *Reader) tidy(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for run, h := range r.heads {
		if h.refs > 0 || now.Sub(h.idle) < keepHead {
			r.feeds[h.bench].used = now
			continue
		}
		h.forget()
		delete(r.heads, run)
	}
	for bench, f := range r.feeds {
		if now.Sub(f.used) > keepFeed {
			f.sub.Close()
			delete(r.feeds, bench)
		}
	}
}
