package checks

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// How much of a run's output is looked at.
const (
	maxBytes = 1 << 20
	maxLines = 10_000
	maxLine  = 64 << 10 // of a line that goes on and on
	maxTime  = 5 * time.Second
	maxShown = 1 << 10 // of what matched, in bytes
)

// Judge reads a run's output until it has found the value. Lines are taken as
// the command wrote them: what the agent had to cut is joined again.
type Judge struct {
	check   wire.RunCheck
	pattern pattern
	fault   error // the pattern cannot be used
	until   time.Time

	streams map[wire.Stream]*joined
	lines   int
	bytes   int
	partial string // why not everything was looked at
	found   *finding
}

// joined is a line of which more is to come.
type joined struct {
	text  []byte
	parts []part
}

type part struct {
	at int   // offset in the text
	n  int64 // its line's number
}

type finding struct {
	line           int64
	matched, value string
	from, to       int // bytes in matched
}

// NewJudge makes a judge of one run. Evaluation takes a few seconds at most.
func NewJudge(check wire.RunCheck) *Judge {
	j := &Judge{check: check, until: time.Now().Add(maxTime), streams: map[wire.Stream]*joined{}}
	if check.Pattern != "" {
		j.pattern, j.fault = compilePattern(check.Pattern)
	}
	return j
}

// Reads says whether the run's lines decide: those of no other run are read.
func (j *Judge) Reads(run api.Run) bool {
	return j.check.Pattern != "" && j.fault == nil && run.State == wire.Ended && run.Outcome == wire.Exited
}

// Block looks at the next block; false means that no more are needed.
func (j *Judge) Block(b *wire.Block) bool {
	if err := b.Check(); err != nil {
		j.miss("the bench sent lines that cannot be read")
		return true
	}
	if b.Gap != "" {
		j.miss("lines are missing: " + b.Gap)
		return true
	}
	for line := range b.Lines {
		if line.Stream == wire.Sys {
			continue
		}
		if !j.line(line) {
			return false
		}
	}
	return true
}

func (j *Judge) miss(why string) {
	if j.partial == "" {
		j.partial = why
	}
}

func (j *Judge) line(l wire.Line) bool {
	switch {
	case j.lines >= maxLines:
		j.partial = fmt.Sprintf("only the first %d lines were looked at", maxLines)
		return false
	case j.bytes >= maxBytes:
		j.partial = "only the first MiB of the output was looked at"
		return false
	case time.Now().After(j.until):
		j.partial = fmt.Sprintf("only %d lines were looked at: the pattern takes too long", j.lines)
		return false
	}
	j.lines++
	j.bytes += len(l.Bytes) + 1
	open := j.streams[l.Stream]
	if open == nil {
		open = &joined{}
		j.streams[l.Stream] = open
	}
	if left := maxLine - len(open.text); left > 0 {
		open.parts = append(open.parts, part{len(open.text), l.N})
		open.text = append(open.text, l.Bytes[:min(len(l.Bytes), left)]...)
	} else if len(l.Bytes) > 0 {
		j.miss("only the first 64 KiB of a long line were looked at")
	}
	if l.Cont {
		return true
	}
	return j.whole(open)
}

// whole looks for the value in a line that is complete.
func (j *Judge) whole(l *joined) bool {
	text := bytes.TrimSuffix(l.text, []byte("\r"))
	at := j.pattern.FindSubmatchIndex(text)
	if at != nil && at[2*j.pattern.group] >= 0 {
		from, to := at[2*j.pattern.group], at[2*j.pattern.group+1]
		f := &finding{value: string(text[from:to])}
		for _, p := range l.parts {
			if p.at <= from {
				f.line = p.n
			}
		}
		// Of a long match the beginning of the value is shown, and what stands
		// before it.
		start, end := max(at[0], from-maxShown/2), min(at[1], from+maxShown/2)
		f.matched = string(text[start:max(end, start)])
		f.from, f.to = from-start, min(to, end)-start
		j.found = f
	}
	l.text, l.parts = l.text[:0], l.parts[:0]
	return j.found == nil
}

// Verdict judges the run as it stands. complete says that every line of it was
// handed to Block, or that Block wanted no more.
func (j *Judge) Verdict(run api.Run, complete bool) api.Verdict {
	v := api.Verdict{Expected: Expected(j.check)}
	switch {
	case run.State == wire.Unknown:
		v.Verdict, v.Reason = api.Pending, "there is no word from the bench"
		return v
	case run.State != wire.Ended:
		v.Verdict, v.Reason = api.Pending, "the command has not ended"
		return v
	case run.Outcome != wire.Exited:
		v.Verdict, v.Reason = api.NotRun, "the run is "+strings.ReplaceAll(string(run.Outcome), "_", " ")
		if run.Fault != nil {
			v.Reason += ": " + run.Fault.Message
		}
		return v
	case j.fault != nil:
		v.Verdict, v.Reason = api.NotRun, "the pattern "+j.fault.Error()
		return v
	case j.check.Pattern == "":
		return byExit(v, run)
	}
	for _, stream := range []wire.Stream{wire.Out, wire.Err} { // a last line without its end
		if open := j.streams[stream]; j.found == nil && open != nil && len(open.text) > 0 {
			j.whole(open)
		}
	}
	v.Partial = j.partial != ""
	if j.found == nil {
		v.Verdict, v.Reason = api.NoMatch, "no line matches "+j.check.Pattern
		if code := run.ExitCode; code != nil && *code != 0 {
			v.Reason += fmt.Sprintf("; the command ended with exit code %d", *code)
		}
		if !complete {
			v.Verdict, v.Reason = api.Pending, "lines are still on their way from the bench"
		}
		if v.Partial {
			v.Reason += "; " + j.partial
		}
		return v
	}
	f := j.found
	v.Found, v.Line, v.Matched = shown(f.value), f.line, f.matched
	v.From, v.To = units(f.matched[:f.from]), units(f.matched[:f.to])
	ok, why := met(j.check.Expect, f.value)
	v.Verdict, v.Reason = api.Pass, "as expected"
	if !ok {
		v.Verdict, v.Reason = api.Fail, shown(why)
	}
	if v.Partial {
		v.Reason += "; " + j.partial
	}
	return v
}

// Try judges a text as if a check's command had printed it and ended well.
func Try(t api.Trial) api.Verdict {
	j := NewJudge(wire.RunCheck{Pattern: t.Pattern, Expect: t.Expect})
	ended := api.Run{State: wire.Ended, Outcome: wire.Exited, ExitCode: new(int)}
	if !j.Reads(ended) {
		return j.Verdict(ended, true)
	}
	n := int64(0)
	for text := range strings.SplitSeq(t.Text, "\n") {
		n++
		if !j.line(wire.Line{N: n, Stream: wire.Out, Bytes: []byte(text)}) {
			break
		}
	}
	return j.Verdict(ended, true)
}

func byExit(v api.Verdict, run api.Run) api.Verdict {
	if run.ExitCode == nil {
		v.Verdict, v.Reason = api.NotRun, "there is no exit code"
		return v
	}
	v.Found = fmt.Sprintf("exit code %d", *run.ExitCode)
	v.Verdict, v.Reason = api.Pass, "as expected"
	if *run.ExitCode != 0 {
		v.Verdict, v.Reason = api.Fail, fmt.Sprintf("the command ended with exit code %d", *run.ExitCode)
	}
	return v
}

// shown cuts what is told in a sentence.
func shown(s string) string {
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return s
}

// units counts UTF-16 units as a browser does, a byte that is no UTF-8 as one:
// JSON shows U+FFFD for it.
func units(s string) (n int) {
	for _, r := range s {
		if n++; r > 0xffff && r <= utf8.MaxRune {
			n++
		}
	}
	return n
}
