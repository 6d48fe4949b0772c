package spool

import (
	"context"
	"errors"
	"os"
	"time"
)

// keepHouse looks for answers that do not come and for what need not be kept
// any longer.
func (s *Spool) keepHouse(ctx context.Context) {
	tick := time.NewTicker(min(100*time.Millisecond, s.c.AckWait/4))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.mu.Lock()
			if s.link != nil {
				s.pace.look(now)
				s.missing(now)
			}
			if n%10 == 0 {
				s.trim(now)
			}
			s.mu.Unlock()
		}
	}
}

// missing treats answers that took too long as refusals, and lets those go on
// whose backoff is over.
func (s *Spool) missing(now time.Time) {
	if s.state != nil && s.state.flying && now.Sub(s.state.sent) > s.c.AckWait {
		s.answeredLatest(s.state, s.state.attempt, errNoAnswer)
	}
	for _, r := range s.runs {
		if l := r.result; l != nil && l.flying && now.Sub(l.sent) > s.c.AckWait {
			s.answeredLatest(l, l.attempt, errNoAnswer)
		}
		if r.flying > 0 && now.Sub(r.waiting) > s.c.AckWait {
			if !r.settling {
				s.c.Logger.Info("no acknowledgement", "run", r.id, "first", r.at(r.acked).first)
			}
			r.settling = true
			if now.Sub(r.lastSent) > s.c.AckWait {
				r.flying = 0
			}
			s.settle(r)
		}
		if r.next < r.end() || r.result != nil && !r.result.stored {
			s.mayHaveWork(r)
		}
	}
	s.poke()
}

var errNoAnswer = errors.New("no acknowledgement")

// trim lets go of what has been acknowledged for long enough. While the link
// is down, or the hub has not said what it has, that time does not count.
func (s *Spool) trim(now time.Time) {
	if s.link == nil {
		return
	}
	for _, r := range s.runs {
		if r.asking || now.Sub(r.resumed) < s.c.Keep {
			continue
		}
		for r.firstIsStored() && now.Sub(r.segments[0].storedAt(r, now)) >= s.c.Keep {
			s.dropFirst(r)
		}
		done := !r.open && r.acked == r.end() && len(r.segments) == 0
		if done && (r.result == nil || r.result.last && r.result.stored && now.Sub(r.result.since) >= s.c.Keep) {
			delete(s.runs, r.id)
			delete(s.byNo, r.no)
		}
	}
}

// storedAt is when trim first saw all of the file's blocks acknowledged.
func (seg *segment) storedAt(r *run, now time.Time) time.Time {
	if seg.stored.Before(r.resumed) {
		seg.stored = now
	}
	if seg.stored.IsZero() {
		seg.stored = now
	}
	return seg.stored
}

// syncEverySecond brings to the disk what is not acknowledged, and closes
// files that are full. What is acknowledged need not survive a power cut.
func (s *Spool) syncEverySecond(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.sync()
		}
	}
}

func (s *Spool) sync() {
	type work struct {
		seg         *segment
		file        *os.File
		sync, close bool
	}
	var todo []work
	s.mu.Lock()
	for _, r := range s.runs {
		for _, seg := range r.segments {
			if seg.file != nil && (seg.dirty || seg.full) {
				todo = append(todo, work{seg, seg.file, seg.dirty && seg.endSeq > r.acked, seg.full})
				seg.dirty = false
			}
		}
	}
	s.mu.Unlock()
	for _, w := range todo {
		if w.sync {
			// Closed meanwhile: the file was let go of.
			if err := w.file.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
				s.c.Logger.Warn("spool not synced", "path", w.seg.path, "error", err)
			}
		}
		if w.close {
			s.mu.Lock()
			if w.seg.file != nil {
				_ = w.seg.file.Close() // synced above, or not needed
				w.seg.file = nil
			}
			s.mu.Unlock()
		}
	}
}

// close syncs and closes all files.
func (s *Spool) close() error {
	s.mu.Lock()
	for _, r := range s.runs {
		for _, seg := range r.segments {
			seg.full = true
		}
	}
	s.mu.Unlock()
	s.sync()
	return nil
}
