package spool

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Up gives the spool a link. Nothing that an earlier link sent counts as under
// way: each run goes on from its first block that is not acknowledged, and the
// newest result of each run and the state are said again. The caller asks
// Unresumed next.
func (s *Spool) Up(link Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.link = link
	s.moved = time.Now()
	s.pace.restart()
	s.state.again()
	for _, r := range s.runs {
		r.rewind()
		r.after, r.fails = time.Time{}, 0
		r.asking = len(r.blocks) > 0
		if r.loaded && r.resumed.IsZero() {
			r.after = s.moved.Add(s.c.Hold)
		}
		r.result.again()
		s.mayHaveWork(r)
	}
}

// Down takes the link away. Blocks and results stay until it is back.
func (s *Spool) Down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.link = nil
	close(s.room)
	s.room = make(chan struct{})
}

// Unresumed lists, at most max of them, the runs of which the hub has not said
// what it has since the link is up.
func (s *Spool) Unresumed(max int) (runs []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.runs {
		if r.asking && len(runs) < max {
			runs = append(runs, id)
		}
	}
	slices.Sort(runs)
	return runs
}

// Resumed takes the hub's answer: the last line it has stored in order, by
// run. A run goes on behind it, be it later or earlier than what was
// acknowledged.
func (s *Spool) Resumed(stored map[string]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for id, line := range stored {
		r := s.runs[id]
		if r == nil || !r.asking {
			continue
		}
		r.asking, r.resumed = false, now
		s.goOnBehind(r, line)
	}
}

func (s *Spool) goOnBehind(r *run, line int64) {
	at := slices.IndexFunc(r.blocks, func(b block) bool { return !b.void && b.last > line })
	seq := r.end()
	if at >= 0 {
		seq = r.base + at
	}
	switch {
	case at == 0 && r.blocks[0].first > line+1:
		// The hub forgot lines that the spool has let go of: a hole is never
		// silent.
		s.c.Logger.Warn("lines lost by the hub", "run", r.id, "first", line+1, "last", r.blocks[0].first-1)
		r.blocks = slices.Insert(r.blocks, 0, gapBlock(r.id, line+1, r.blocks[0].first-1, "lost by the hub's store"))
		r.base--
		seq = r.base
	case seq == r.acked: // as it should be; what is under way stays so
		r.after = time.Time{}
		s.mayHaveWork(r)
		return
	}
	if seq < r.acked {
		s.c.Logger.Info("hub has less than it acknowledged", "run", r.id, "stored", line)
	}
	for ; r.acked > seq; r.acked-- {
		r.at(r.acked - 1).stored = false
	}
	for r.acked < seq {
		if b := r.at(r.acked); b.seg == nil {
			r.forget(b)
		}
		r.acked++
	}
	r.next = max(r.next, r.acked)
	r.rewind()
	r.after = time.Time{}
	s.moved = time.Now()
	s.mayHaveWork(r)
}

// sayGoing is how long a run must go on before the hub's store hears of it.
const sayGoing = 50 * time.Millisecond

// SetResult gives the spool a run's newest result, to say until it is stored.
func (s *Spool) SetResult(result wire.Result) {
	data, err := json.Marshal(result)
	if err != nil {
		s.c.Logger.Error("result not encoded", "run", result.Run, "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.run(result.Run)
	next := latest{subject: wire.UpResult(result.Run), data: data, rev: int64(result.Rev), last: result.State == wire.Ended}
	if !next.last {
		// Who asked has the answer; a short run says only how it ended.
		next.after = time.Now().Add(sayGoing)
	}
	r.result = newer(r.result, next)
	s.mayHaveWork(r)
}

// SetState gives the spool the bench's newest state, to say until it is stored
// and after every reconnect.
func (s *Spool) SetState(state wire.State) {
	data, err := json.Marshal(state)
	if err != nil {
		s.c.Logger.Error("state not encoded", "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = newer(s.state, latest{subject: wire.UpState, data: data, rev: state.Rev})
	s.poke()
}

// newer puts next in the place of old; answers to the old one say nothing.
func newer(old *latest, next latest) *latest {
	if old == nil {
		return &next
	}
	if next.rev <= old.rev {
		return old
	}
	next.attempt = old.attempt
	return &next
}
