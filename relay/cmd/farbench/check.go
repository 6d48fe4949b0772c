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
	"github.com/farbench/farbench/relay/checks"
	"github.com/farbench/farbench/relay/client"
)

type checkCommand struct {
	Target   string        `arg:"" name:"bench/device" help:"BENCH/DEVICE, as in exec."`
	Names    []string      `arg:"" optional:"" name:"name" help:"Checks, by their ids or labels."`
	All      bool          `help:"Every check that is meant for the device's model."`
	Patience time.Duration `default:"5m" help:"How long to wait for a relay or bench that went away in the middle."`
	JSON     bool          `help:"Print a JSON object a check."`
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
	relay, err := around.relay(client.Config{Patience: c.Patience, Waiting: func(err error) {
		if err != nil {
			waiting.stop()
			lines.notice("waiting for the relay: " + clean(err.Error()))
		}
	}})
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
		switch {
		case errors.Is(context.Cause(ctx), errLeft):
			return exit(exitCancelled)
		case errors.Is(context.Cause(ctx), errNoWord):
			err = errNoWord
			fallthrough
		case err != nil && done.Run != "":
			code(fmt.Errorf("following run %s: %w", done.Run, err), around.err)
			return exit(exitLost)
		case err != nil:
			return c.refused(around, err)
		}
		if c.JSON {
			err = printJSON(around.out, done)
		} else {
			err = done.print(around.out, width)
		}
		if err != nil {
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

func (c checkCommand) refused(around *surroundings, err error) error {
	code(err, around.err)
	return exit(exitRefused)
}

// choose finds the device and the checks.
func (c checkCommand) choose(ctx context.Context, relay *client.Client) (bench, device string, chosen []api.Check, err error) {
	benches, err := relay.Benches(ctx)
	if err != nil {
		return "", "", nil, fmt.Errorf("looking for %s: %w", c.Target, err)
	}
	if bench, device, err = resolve(benches.Benches, c.Target); err != nil {
		return "", "", nil, err
	}
	doc, err := relay.Checks(ctx)
	if err != nil {
		return "", "", nil, fmt.Errorf("reading the checks: %w", err)
	}
	if c.All {
		model := ""
		for _, d := range find(benches.Benches, bench).Devices {
			if d.ID == device {
				model = d.Model
			}
		}
		for _, check := range doc.Checks {
			if model == "" || checks.Fits(check, model) {
				chosen = append(chosen, check)
			}
		}
		if chosen == nil {
			return "", "", nil, &usageError{fmt.Sprintf("no check is meant for a %q", clean(model)), "farbench checks lists them"}
		}
		return bench, device, chosen, nil
	}
	for _, name := range c.Names {
		check, err := named(doc.Checks, name)
		if err != nil {
			return "", "", nil, err
		}
		chosen = append(chosen, check)
	}
	return bench, device, chosen, nil
}

// named finds a check by its id, else by its label, without case.
func named(all []api.Check, name string) (api.Check, error) {
	var byLabel []api.Check
	var ids []string
	for _, check := range all {
		if check.ID == name {
			return check, nil
		}
		if strings.EqualFold(check.Label, name) {
			byLabel = append(byLabel, check)
		}
		ids = append(ids, check.ID)
	}
	switch {
	case len(byLabel) == 1:
		return byLabel[0], nil
	case len(byLabel) > 1:
		return api.Check{}, &usageError{fmt.Sprintf("%d checks are labelled %q", len(byLabel), name), "name one by its id: farbench checks lists them"}
	case len(ids) == 0:
		return api.Check{}, &usageError{"the lab has no checks", "add some in the dashboard, at /checks"}
	}
	return api.Check{}, &usageError{fmt.Sprintf("there is no check %q", name), "there is " + strings.Join(ids, ", ")}
}

// one runs a check and waits for its verdict.
func (c checkCommand) one(ctx context.Context, e *execution, interrupts <-chan os.Signal, bench, device string, check api.Check) (checked, error) {
	ctx, done := context.WithCancel(ctx)
	defer e.wait.Wait()
	defer done()
	e.watch(ctx, interrupts)
	out := checked{Check: check.ID, Label: check.Label, Bench: bench, Device: device}
	run, err := startAgain(ctx, e.relay, api.RunRequest{ID: wire.NewID(""), Bench: bench, Device: device, Check: check.ID})
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

type checksCommand struct {
	JSON bool `help:"Print the API's document."`
}

func (c checksCommand) Run(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	doc, err := relay.Checks(around.ctx)
	if err != nil {
		return fmt.Errorf("reading the checks: %w", err)
	}
	if c.JSON {
		return printJSON(around.out, doc)
	}
	if len(doc.Checks) == 0 {
		fmt.Fprintln(around.out, "the lab has no checks: add some in the dashboard, at /checks")
	}
	rows := make([][]string, 0, len(doc.Checks))
	for _, check := range doc.Checks {
		models := "all models"
		if len(check.Models) > 0 {
			models = strings.Join(check.Models, ", ")
		}
		rows = append(rows, []string{check.ID, clean(check.Label), "expects " + clean(checks.Expected(*checks.Copy(check))), clean(models), cut(clean(check.Command), around.out.columns/2)})
	}
	table(around.out, "", rows, nil)
	return nil
}
