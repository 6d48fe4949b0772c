package keeper

import (
	"slices"
	"time"

	"github.com/farbench/farbench/relay/bridge"
)

// ledger counts the stored bytes of every run of every bench: pure, and as
// large as the number of runs that have lines.
type ledger struct {
	seen    bridge.Mark // up to where it counted
	benches map[string]*account
}

type account struct {
	bytes int64
	runs  map[string]*tally
}

type tally struct {
	bytes int64
	since time.Time // when its first block was counted
}

func newLedger() *ledger { return &ledger{benches: map[string]*account{}} }

// count adds a stored block.
func (l *ledger) count(bench, run string, bytes int64, seq uint64, at time.Time) {
	l.seen.Seq = seq
	a := l.benches[bench]
	if a == nil {
		a = &account{runs: map[string]*tally{}}
		l.benches[bench] = a
	}
	t := a.runs[run]
	if t == nil {
		t = &tally{since: at}
		a.runs[run] = t
	}
	a.bytes += bytes
	t.bytes += bytes
}

// cut notes that bytes of a run are gone; all of them where all says so.
func (a *account) cut(run string, bytes int64, all bool) {
	t := a.runs[run]
	if t == nil {
		return
	}
	if all {
		bytes = t.bytes
		delete(a.runs, run)
	}
	t.bytes -= bytes
	a.bytes -= bytes
}

// standing is what the keeper must know of a run to choose.
type standing struct {
	run   string
	stray bool      // no claim of this bench names it
	going bool      // it has not ended
	at    time.Time // when it ended, or began
}

// order says whose lines go first: those that nobody claimed, then ended runs,
// the oldest first, and runs that go on only when nothing else is left.
func order(all []standing) {
	rank := func(s standing) int {
		switch {
		case s.stray:
			return 0
		case !s.going:
			return 1
		}
		return 2
	}
	slices.SortFunc(all, func(x, y standing) int {
		if d := rank(x) - rank(y); d != 0 {
			return d
		}
		return x.at.Compare(y.at)
	})
}
