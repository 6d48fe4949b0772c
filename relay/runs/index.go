package runs

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

const (
	commandCut = 200 // characters of a command in lists and in memory
	maxStray   = 4096
	maxLines   = 1 << 50 // beyond every honest run, and exact in a browser's numbers
)

// index holds every run, newest last, with its claim and the newest result.
// Of two results the higher Rev holds; a result counts only from the claimed
// bench's account.
type index struct {
	byID  map[string]*entry
	order []*entry
	open  map[string]*entry // those that have not ended
	// stray holds results that arrived before their claim: at most maxStray.
	stray map[stray]wire.Result
	texts texts
}

type entry struct {
	claim   wire.Claim // its Command is cut
	cut     bool
	text    *text  // the command, where it is kept whole
	rev     uint64 // of the claim in KV
	result  *wire.Result
	seen    time.Time // monotonic: when this relay saw the claim first
	unknown time.Time // wall: since when there was no word; zero while there is
}

type stray struct{ bench, run string }

func newIndex() *index {
	return &index{byID: map[string]*entry{}, open: map[string]*entry{}, stray: map[stray]wire.Result{}, texts: texts{byHash: map[string]*text{}}}
}

func compare(a, b *entry) int {
	if c := a.claim.Created.Compare(b.claim.Created); c != 0 {
		return c
	}
	return strings.Compare(a.claim.Run, b.claim.Run)
}

// claim takes a claim as stored under rev. A claim of the same id with a
// higher rev replaces what changed: the keeper's mark, or after a withdrawal
// the whole run.
func (x *index) claim(c wire.Claim, rev uint64, at time.Time) bool {
	e := x.byID[c.Run]
	if e != nil && rev <= e.rev {
		return false
	}
	whole := c.Command
	command, cut := short(whole)
	c.Command = command
	if e != nil && e.claim.Bench == c.Bench && e.claim.Device == c.Device && e.claim.Hash == c.Hash && e.claim.Created.Equal(c.Created) {
		changed := e.claim.KeptFrom != c.KeptFrom
		c.Command, c.Check, c.Act = e.claim.Command, e.claim.Check, e.claim.Act // what is kept already
		e.claim, e.rev = c, rev
		return changed
	}
	if e != nil {
		x.remove(c.Run)
	}
	e = &entry{claim: c, cut: cut, text: x.texts.keep(c.Hash, whole), rev: rev, seen: at}
	if e.text != nil && !cut {
		e.claim.Command = e.text.command // one copy of what is run again and again
	}
	x.byID[c.Run], x.open[c.Run] = e, e
	i, _ := slices.BinarySearchFunc(x.order, e, compare)
	x.order = slices.Insert(x.order, i, e)
	if r, ok := x.stray[stray{c.Bench, c.Run}]; ok {
		delete(x.stray, stray{c.Bench, c.Run})
		x.result(c.Bench, r)
	}
	return true
}

func (x *index) remove(id string) bool {
	e := x.byID[id]
	if e == nil {
		return false
	}
	delete(x.byID, id)
	delete(x.open, id)
	x.texts.drop(e.claim.Hash, e.text)
	if i, found := slices.BinarySearchFunc(x.order, e, compare); found {
		x.order = slices.Delete(x.order, i, i+1)
	}
	return true
}

// result takes what bench's agent says of a run.
func (x *index) result(bench string, r wire.Result) bool {
	e := x.byID[r.Run]
	if e == nil {
		if len(x.stray) >= maxStray {
			clear(x.stray) // a reload finds them again
		}
		key := stray{bench, r.Run} // with the bench: a neighbour's word must not displace it
		if before, ok := x.stray[key]; !ok || before.Rev < r.Rev {
			x.stray[key] = r
		}
		return false
	}
	if bench != e.claim.Bench || !sound(r) {
		return false
	}
	if e.result != nil && (r.Rev <= e.result.Rev || e.result.State == wire.Ended) {
		return false
	}
	e.result, e.unknown = &r, time.Time{}
	if r.State == wire.Ended {
		delete(x.open, r.Run)
	}
	return true
}

// sound says whether a result from outside makes sense.
func sound(r wire.Result) bool {
	if r.Lines < 0 || r.Lines > maxLines || r.Bytes < 0 {
		return false
	}
	switch r.State {
	case wire.Accepted, wire.Running:
		return r.Outcome == ""
	case wire.Ended:
		switch r.Outcome {
		case wire.Exited, wire.TimedOut, wire.Cancelled, wire.Lost, wire.Refused, wire.OutcomeUnknown:
			return (r.Outcome == wire.Exited) == (r.ExitCode != nil)
		}
	}
	return false
}

// tick marks runs whose time to live passed without a word as unknown.
func (x *index) tick(at, wall time.Time) (changed []string) {
	for id, e := range x.open {
		if e.silent(at) && e.unknown.IsZero() {
			e.unknown = wall
			changed = append(changed, id)
		}
	}
	return changed
}

// silent says whether the bench may be asked about a run that it never spoke
// of: only once the start is void, or the question itself would refuse it.
func (e *entry) silent(at time.Time) bool {
	const slack = 500 * time.Millisecond
	return e.result == nil && at.Sub(e.seen) > time.Duration(e.claim.TTLMS)*time.Millisecond+slack
}

func (e *entry) doc() api.Run {
	run := api.Run{
		ID: e.claim.Run, Bench: e.claim.Bench, Device: e.claim.Device, Command: e.claim.Command,
		State: wire.Claimed, TimeoutS: e.claim.TimeoutS, By: e.claim.By, ByID: e.claim.ByID, CreatedAt: e.claim.Created,
		Check: e.claim.Check, Act: e.claim.Act,
	}
	if e.claim.KeptFrom > 1 {
		run.KeptFrom = e.claim.KeptFrom
	}
	if !e.unknown.IsZero() {
		since := e.unknown
		run.State, run.UnknownSince = wire.Unknown, &since
	}
	if r := e.result; r != nil {
		run.State, run.Outcome, run.ExitCode, run.Fault = r.State, r.Outcome, r.ExitCode, r.Fault
		run.Lines, run.Bytes, run.StartedAt, run.EndedAt = r.Lines, r.Bytes, r.Started, r.EndedAt
	}
	return run
}

// short cuts a command for lists.
func short(command string) (string, bool) {
	if len(command) <= commandCut || utf8.RuneCountInString(command) <= commandCut {
		return command, false
	}
	n := 0
	for i := range command {
		if n++; n > commandCut {
			return strings.Clone(command[:i]), true
		}
	}
	return command, false
}
