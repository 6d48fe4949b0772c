package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// errNoWord is a bench that was silent for longer than anyone wanted to wait.
var errNoWord = errors.New("no word from the bench")

// awayFor is how long a bench may be away before a person is told.
const awayFor = 15 * time.Second

// guard leaves when the relay has had no word of the run for too long: only the
// bench can end it, and it may never come back. A bench that left in the middle
// is waited for, and a person is told so.
func (e *execution) guard(ctx context.Context, run string, patience time.Duration) {
	e.wait.Go(func() {
		turn := time.NewTicker(min(patience/4+time.Millisecond, awayFor/3))
		defer turn.Stop()
		var silent time.Time // since when; zero: it is not
		var away absence
		for {
			select {
			case <-turn.C:
			case <-ctx.Done():
				return
			}
			known, err := e.relay.Run(ctx, run)
			if err != nil {
				continue // the log's own patience counts
			}
			switch {
			case known.State != wire.Unknown:
				silent = time.Time{}
			case silent.IsZero():
				silent = time.Now()
			case time.Since(silent) > patience:
				e.leave(errNoWord)
				return
			}
			if say := away.hear(known, time.Now()); say != "" {
				e.lines.notice(say)
			}
		}
	})
}

// absence is how long the bench of a run cannot be reached.
type absence struct {
	since time.Time // zero: it can
	told  bool
}

// hear takes what the relay says of the run now, and returns what a person
// should be told, if anything.
func (a *absence) hear(run api.Run, at time.Time) string {
	switch down := strings.HasPrefix(run.Link, "down"); {
	case !down:
		told := a.told
		if *a = (absence{}); told {
			return "bench " + run.Bench + " is back"
		}
	case a.since.IsZero():
		a.since = at
	case !a.told && at.Sub(a.since) >= awayFor:
		a.told = true
		return "bench " + run.Bench + " is away (" + clean(run.Link) + "): waiting for it; the command may go on there"
	}
	return ""
}
