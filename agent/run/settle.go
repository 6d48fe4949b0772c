package run

import (
	"context"
	"fmt"

	"github.com/farbench/farbench/agent/spool"
	"github.com/farbench/farbench/agent/wire"
)

const diedMarker = "the agent died while this run went on: nobody knows how it ended"

// settle ends what an earlier life left going and says again what it may not
// have told.
func (r *Runner) settle() error {
	untold, err := r.c.Journal.Untold()
	if err != nil {
		return fmt.Errorf("settling earlier runs: %w", err)
	}
	going, err := r.c.Journal.Going()
	if err != nil {
		return fmt.Errorf("settling earlier runs: %w", err)
	}
	for _, result := range untold {
		r.c.Spool.SetResult(result)
	}
	for _, result := range going {
		r.c.Logger.Warn("run of an earlier life ends as unknown", "run", result.Run)
		last, bytes := r.c.Spool.Last(result.Run)
		if err := r.mark(result.Run, last+1, bytes); err != nil {
			return fmt.Errorf("marking run %s: %w", result.Run, err)
		}
		result.Rev++
		result.State, result.Outcome, result.ExitCode = wire.Ended, wire.OutcomeUnknown, nil
		result.Lines, result.Bytes, result.EndedAt = last+1, bytes, r.now()
		result.Fault = &wire.Fault{
			Code: wire.AgentDied, Message: "the agent died while the run went on",
			Hint: "look at the device before you run the command again: it may have taken effect",
		}
		r.put(result)
	}
	return nil
}

// mark appends the line that says so to the run's log.
func (r *Runner) mark(run string, n, bytes int64) error {
	b := wire.NewBuilder(run)
	b.Reset(n)
	b.Add(wire.Sys, wire.System, r.c.Wall().UnixMilli(), []byte(diedMarker), false)
	w := r.c.Spool.Writer(run)
	defer w.Close()
	return w.Append(context.Background(), n, n, bytes, b.AppendJSON(spool.Buffer()))
}
