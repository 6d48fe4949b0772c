package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type checkCommand struct {
	Target   string        `arg:"" name:"bench/device" help:"BENCH/DEVICE, as in exec."`
	Names    []string      `arg:"" optional:"" name:"name" help:"Checks, by their ids or labels."`
	All      bool          `help:"Every check that is meant for the device's model."`
	Patience time.Duration `default:"5m" help:"How long to wait for a relay or bench that went away in the middle."`
	JSON     bool          `help:"Print a JSON object a check."`
	Yes      bool          `help:"Run what looks destructive although somebody is at the bench."`
}

// checked is a check and how it came out, as --json prints it.
type checked struct {
	Check   string      `json:"check"`
	Label   string      `json:"label"`
	Bench   string      `json:"bench"`
	Device  string      `json:"device"`
	Run     string      `json:"run,omitempty"`
	Verdict api.Verdict `json:"verdict"`
	code    int
}

func (c checkCommand) Run(around *surroundings) error {
	if c.All == (len(c.Names) > 0) {
		return &usageError{"name checks, or --all", "farbench checks lists them"}
	}
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	ctx, leave := context.WithCancelCause(around.ctx)
	defer leave(nil)
	waiting := spin(around.err, "checking "+c.Target)
	defer waiting.stop()
	lines := newLines(around, false, waiting.stop)
	relay, err := around.relay(client.Config{Patience: c.Patience, Waiting: lines.waiting})
	if err != nil {
		return c.refused(around, err)
	}
	bench, device, chosen, err := c.choose(ctx, relay)
	if err != nil {
		waiting.stop()
		var wrong *usageError
		if errors.As(err, &wrong) {
			return err
		}
		return c.refused(around, err)
	}
	width := 0
	for _, check := range chosen {
		width = max(width, utf8.RuneCountInString(clean(check.Label)))
	}
	worst := 0
	for _, check := range chosen {
		e := &execution{around: around, relay: relay, leave: leave, lines: lines}
		done, err := c.one(ctx, e, interrupts, bench, device, check)
		waiting.stop()
		if err := c.broken(ctx, around, done.Run, err); err != nil {
			return err
		}
		if err := c.tell(around.out, done, width); err != nil {
			return err
		}
		// A check that failed says more than one that could not run.
		if worst == 0 || done.code == 1 {
			worst = done.code
		}
		if done.code == exitCancelled {
			return exit(exitCancelled)
		}
	}
	if worst != 0 {
		return exit(worst)
	}
	return nil
}

// broken is a check without a verdict: somebody left, or it could not be
// started or followed. nil: there is one.
func (c checkCommand) broken(ctx context.Context, around *surroundings, run string, err error) error {
	if errors.Is(context.Cause(ctx), errLeft) {
		return exit(exitCancelled)
	}
	isSilent := errors.Is(context.Cause(ctx), errNoWord)
	if isSilent {
		err = errNoWord
	}
	switch {
	case err == nil:
		return nil
	case isSilent || run != "":
		code(fmt.Errorf("following run %s: %w", run, err), around.err)
		return exit(exitLost)
	}
	return c.refused(around, err)
}

func (c checkCommand) refused(around *surroundings, err error) error {
	code(err, around.err)
	return exit(exitRefused)
}

// one runs a check and waits for its verdict.
func (c checkCommand) one(ctx context.Context, e *execution, interrupts <-chan os.Signal, bench, device string, check api.Check) (checked, error) {
	ctx, done := context.WithCancel(ctx)
	defer e.wait.Wait()
	defer done()
	e.watch(ctx, interrupts)
	out := checked{Check: check.ID, Label: check.Label, Bench: bench, Device: device}
	run, err := startAgain(ctx, e.relay, api.RunRequest{ID: wire.NewID(""), Bench: bench, Device: device, Check: check.ID, Confirmed: c.Yes})
	if err != nil {
		return out, err
	}
	out.Run = run.ID
	e.started(ctx, run.ID)
	e.guard(ctx, run.ID, c.Patience)
	verdict, end, err := e.relay.Judged(ctx, run.ID)
	if err != nil {
		return out, err
	}
	out.Verdict = verdict
	switch verdict.Verdict {
	case api.Pass:
	case api.NotRun:
		if out.code = exitLost; end != nil && end.Outcome != wire.Exited {
			out.code = exitCode(end)
		}
	case api.Pending:
		out.code = exitLost
	default:
		out.code = 1
	}
	return out, nil
}

func (c checkCommand) tell(out *terminal, done checked, width int) error {
	if c.JSON {
		return printJSON(out, done)
	}
	return done.print(out, width)
}

// print writes a line: a sign, the label, what was found and what was expected.
func (c checked) print(out *terminal, width int) error {
	v := c.Verdict
	sign, colour, said := "✗", red, clean(v.Found)
	switch v.Verdict {
	case api.Pass:
		sign, colour = "✓", green
	case api.NoMatch:
		sign, colour, said = "?", yellow, clean(v.Reason)
	case api.NotRun, api.Pending:
		sign, colour, said = "!", red, clean(v.Reason)
	}
	label := clean(c.Label)
	padding := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(label)))
	_, err := fmt.Fprintf(out, "%s %s%s  %s  %s\n", out.paint(colour, sign), label, padding, said, out.paint(dim, "expected "+clean(v.Expected)))
	if err == nil && v.Partial && v.Verdict != api.NoMatch {
		_, err = fmt.Fprintf(out, "  %s\n", clean(v.Reason))
	}
	return err
}
