package reader

import (
	"context"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// search reads a run's stored blocks for a reader that waits for its next
// line. The first pass begins near that line, the following behind what was
// read. A block may be stored behind a later one: whenever something was taken
// after a later block had been passed over, everything is read again.
type search struct {
	r          *Reader
	bench, run string
	seen       bridge.Mark // every message up to here was read
	began      bool        // a pass went to the end of the store
	whole      bool        // the next pass reads everything
	skipped    bool        // blocks up to seen were passed over because they were ahead
	after      int64       // the next line when the last pass ended
	sure       bool        // lines are missing for sure: where seeking finds nothing, everything is read
}

// pass reads once and hands every block to each, which says what became of it
// and whether to go on. next is the line that is waited for; it may move
// between two passes, too, by a live block or a gap. idle means that nothing
// more can be found now.
func (s *search) pass(ctx context.Context, next func() int64, each func(b *Block, pending uint64) (verdict, bool)) (idle bool, err error) {
	free, err := s.r.slot(ctx)
	if err != nil {
		return false, err
	}
	defer free()
	defer func() { s.after = next() }()
	if s.seen, err = s.r.cfg.Bridge.Renew(ctx, wire.StreamRuns, s.seen); err != nil {
		return false, err
	}
	from := s.seen.Seq + 1
	if s.whole || s.skipped && next() != s.after {
		from, s.skipped = 1, false
	} else if s.seen.Seq == 0 {
		s.began = false
		if from, err = s.seek(ctx, next()); err != nil {
			return false, err
		}
	}
	took, stopped := false, false
	scan := bridge.Scan{Stream: wire.StreamRuns, Subject: wire.HubRun(s.bench, s.run), From: from}
	err = s.r.cfg.Bridge.Each(ctx, scan, func(m bridge.Stored) bool {
		b, err := parse(s.run, m.Data)
		if err != nil {
			return true
		}
		v, more := each(b, m.Pending)
		took, s.skipped = took || v == take, s.skipped || v == ahead
		if stopped = !more; stopped && v == have {
			m.Seq-- // refused: it comes first in the next pass
		}
		s.seen.Seq = m.Seq
		return more
	})
	if err != nil {
		return false, err
	}
	if stopped {
		s.began, s.whole = false, false
		return false, nil
	}
	s.whole = took && s.skipped || !took && !s.began && s.sure && from > 1
	s.began = true
	return !s.whole, nil
}

// seek finds a sequence at or before the block that holds line, by halving. It
// may be wrong where blocks were stored out of order: then the pass finds
// nothing, and the next one reads everything.
func (s *search) seek(ctx context.Context, line int64) (uint64, error) {
	const near = 2000 // lines that are passed over faster than sought
	if line <= near {
		return 1, nil
	}
	subject := wire.HubRun(s.bench, s.run)
	last, ok, err := s.r.cfg.Bridge.Last(ctx, wire.StreamRuns, subject)
	if err != nil || !ok {
		return 1, err
	}
	low, high := uint64(1), last.Seq
	if b, err := parse(s.run, last.Data); err == nil && b.First <= line {
		// The common case, a follower that comes back: what it misses is short.
		if b.Last >= 0 && b.Last < line {
			return last.Seq, nil
		}
	}
	for high > low+64 {
		middle := low + (high-low)/2
		m, ok, err := s.r.cfg.Bridge.At(ctx, wire.StreamRuns, subject, middle)
		if err != nil {
			return 1, err
		}
		if !ok || m.Seq > high {
			high = middle
			continue
		}
		b, err := parse(s.run, m.Data)
		if err != nil || b.First > line {
			high = middle
		} else {
			low = m.Seq
		}
	}
	return low, nil
}
