package spool

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

// send publishes what is due, runs in turn, a message each, until the context
// ends. It alone publishes, so messages leave in the order it chooses.
func (s *Spool) send(ctx context.Context) {
	defer s.reading.close()
	for {
		s.mu.Lock()
		out := s.next(time.Now())
		link := s.link
		s.mu.Unlock()
		if out == nil {
			select {
			case <-ctx.Done():
				return
			case <-s.wake:
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		s.publish(link, out)
	}
}

// outgoing is a message on its way out of the spool.
type outgoing struct {
	Message
	buf  []byte // to recycle once it is published
	path string // to read Data from, where it is not in memory
	at   int64
	n    int32
}

func (s *Spool) publish(link Link, out *outgoing) {
	if out.path != "" {
		data, err := s.reading.read(out.path, out.at, out.n)
		if err != nil {
			// Evicted meanwhile, or damaged: the answer decides what is next.
			s.Answered(out.Token, 0, err)
			return
		}
		out.Data = data
	}
	if err := link.Publish(out.Message); err != nil {
		s.Answered(out.Token, 0, err)
	}
	if out.buf != nil {
		recycle(out.buf)
	}
}

// next chooses a message and counts it as sent.
func (s *Spool) next(now time.Time) *outgoing {
	if s.link == nil {
		return nil
	}
	if s.state.due(now) {
		return s.sendLatest("s", 0, s.state, now)
	}
	for len(s.turns) > 0 {
		r := s.turns[0]
		s.turns = s.turns[1:]
		r.inLine = false
		out := s.nextOf(r, now)
		if out != nil {
			r.inLine = true
			s.turns = append(s.turns, r)
			return out
		}
	}
	return nil
}

func (s *Spool) nextOf(r *run, now time.Time) *outgoing {
	for r.next < r.end() && r.at(r.next).void {
		r.next++
	}
	if r.result.due(now) && (!r.result.last || r.next == r.end() && !r.open) {
		return s.sendLatest("r", r.no, r.result, now)
	}
	if r.next == r.end() || r.settling || now.Before(r.after) || r.bytesUp >= s.pace.window {
		return nil
	}
	b := r.at(r.next)
	out := &outgoing{Message: Message{
		Subject: wire.UpRun(r.id),
		Token:   "b-" + strconv.Itoa(r.no) + "-" + strconv.Itoa(r.next) + "-" + strconv.Itoa(r.attempt),
		First:   b.first, Last: b.last,
	}}
	size := int(b.n)
	switch {
	case b.data != nil && b.seg != nil:
		out.Data, out.buf = b.data[Room:], b.data
		r.forget(b)
	case b.data != nil:
		out.Data, size = b.data[Room:], len(b.data)
	default:
		out.path, out.at, out.n = b.seg.path, b.at, b.n
	}
	if r.flying == 0 {
		r.waiting = now
	}
	r.flying++
	r.bytesUp += size
	r.lastSent, b.sent = now, now.Sub(s.began)
	r.next++
	return out
}

func (s *Spool) sendLatest(kind string, no int, l *latest, now time.Time) *outgoing {
	l.attempt++
	l.flying, l.sent = true, now
	token := kind + "-" + strconv.Itoa(no) + "-0-" + strconv.Itoa(l.attempt)
	return &outgoing{Message: Message{Subject: l.subject, Token: token, Data: l.data}}
}

// Answered takes the answer to a message: a sequence in the hub's stream, or
// why it was refused.
func (s *Spool) Answered(token string, seq uint64, err error) {
	parts := strings.Split(token, "-")
	if len(parts) != 4 {
		return
	}
	var n [3]int
	for i := range n {
		var bad error
		if n[i], bad = strconv.Atoi(parts[i+1]); bad != nil {
			return
		}
	}
	told := ""
	s.mu.Lock()
	switch r := s.byNo[n[0]]; {
	case parts[0] == "s":
		s.answeredLatest(s.state, n[2], err)
	case r == nil:
	case parts[0] == "r":
		if s.answeredLatest(r.result, n[2], err) && r.result.last && !r.result.told {
			r.result.told = true
			told = r.id
		}
		s.mayHaveWork(r)
	case parts[0] == "b":
		s.answeredBlock(r, n[1], n[2], seq, err)
	}
	s.mu.Unlock()
	if told != "" {
		s.c.Told(told)
	}
}

func (s *Spool) answeredLatest(l *latest, attempt int, err error) (stored bool) {
	if l == nil || l.attempt != attempt || !l.flying {
		return false
	}
	l.flying = false
	if err != nil {
		l.fails++
		l.after = time.Now().Add(backoff(l.fails))
		return false
	}
	l.stored, l.since, l.fails = true, time.Now(), 0
	return true
}

func (s *Spool) answeredBlock(r *run, seq, attempt int, stream uint64, err error) {
	if r.attempt != attempt || seq < r.base || seq >= r.end() || r.at(seq).stored {
		return
	}
	b := r.at(seq)
	r.flying--
	r.bytesUp -= b.size()
	if err == nil {
		b.stored, b.seq = true, stream
		s.pace.answered(b.size(), time.Since(s.began)-b.sent)
		err = s.advance(r)
	} else if errors.Is(err, fs.ErrNotExist) || errors.Is(err, record.ErrDamaged) {
		s.c.Logger.Error("spooled block not readable", "run", r.id, "first", b.first, "error", err)
		*b = gapBlock(r.id, b.first, b.last, "spool damaged")
	}
	if err != nil && !r.settling {
		r.settling = true
		s.c.Logger.Debug("block refused", "run", r.id, "first", b.first, "error", err)
	}
	s.settle(r)
	s.mayHaveWork(r)
}

// advance moves acked over what is stored. Blocks that the hub stored in
// another order than they were sent count from the first that came too early.
func (s *Spool) advance(r *run) error {
	for r.acked < r.next && (r.at(r.acked).stored || r.at(r.acked).void) {
		b := r.at(r.acked)
		if !b.void && b.seq != 0 && b.seq <= r.seqBefore {
			return errors.New("stored out of order")
		}
		if !b.void {
			r.seqBefore = b.seq
		}
		if b.seg == nil {
			r.forget(b)
		}
		r.acked++
		s.moved = time.Now()
		r.waiting, r.fails = s.moved, 0
	}
	return nil
}

// settle begins a new attempt when what was under way is answered.
func (s *Spool) settle(r *run) {
	if r.settling && r.flying == 0 {
		r.fails++
		r.after = time.Now().Add(backoff(r.fails))
		r.rewind()
	}
}

// backoff is full jitter up to 50 ms, doubled each time, at most 2 s.
func backoff(fails int) time.Duration {
	top := min(2*time.Second, 50*time.Millisecond<<min(fails, 6))
	return rand.N(top)
}
