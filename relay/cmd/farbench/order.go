package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

// order is how a run is started and followed, whatever it does on the device.
type order struct {
	Timeout  time.Duration `default:"${timeout}" help:"How long it may take on the device, at most 24h."`
	TTL      time.Duration `name:"ttl" default:"5s" help:"How late it may start, at most 1m."`
	Patience time.Duration `default:"5m" help:"How long to wait for a relay or bench that went away in the middle."`
	ID       string        `placeholder:"ID" help:"The run's id; asking twice with the same id runs it once."`
	JSON     bool          `help:"Print the log's events, a JSON object a line."`
	Yes      bool          `help:"Do what looks destructive although somebody is at the bench."`
}

// fill completes a request, unless there is a mistake in the flags.
func (o order) fill(request *api.RunRequest) error {
	timeout, ttl := int(o.Timeout.Seconds()), int(o.TTL.Milliseconds())
	request.ID, request.TimeoutS, request.TTLMS, request.Confirmed = o.ID, &timeout, &ttl, o.Yes
	switch {
	case o.Timeout < time.Second || o.Timeout > 24*time.Hour:
		return &usageError{"--timeout is out of range", "use 1s to 24h"}
	case o.TTL < time.Millisecond || o.TTL > time.Minute:
		return &usageError{"--ttl is out of range", "use 1ms to 1m"}
	case o.ID != "" && !wire.ValidID(o.ID):
		return &usageError{fmt.Sprintf("--id %q is no id", o.ID), "use 1 to 32 of a-z, 0-9 and -"}
	case o.ID == "":
		request.ID = wire.NewID("")
	}
	return nil
}

// carryOut starts a run on BENCH/DEVICE and follows it to its end, which
// becomes the exit code.
func (o order) carryOut(around *surroundings, target string, request api.RunRequest) error {
	if err := o.fill(&request); err != nil {
		return err
	}
	// A reader of our output that left is an error of the write, not our end:
	// the command still has to be ended on the device.
	signal.Ignore(syscall.SIGPIPE)
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)

	ctx, leave := context.WithCancelCause(around.ctx)
	defer leave(nil)
	waiting := spin(around.err, "waiting for "+target)
	defer waiting.stop()

	lines := newLines(around, o.JSON, waiting.stop)
	relay, err := around.relay(client.Config{Patience: o.Patience, Waiting: lines.waiting})
	if err != nil {
		return o.refused(around, err)
	}
	e := &execution{around: around, relay: relay, leave: leave, lines: lines, act: request.Act != nil}
	defer e.await()
	e.watch(ctx, interrupts)

	run, err := e.start(ctx, target, request)
	if needsConfirming(err) {
		waiting.stop()
		if request.Confirmed, err = e.confirm(ctx, err); request.Confirmed {
			run, err = e.start(ctx, target, request)
		}
	}
	if err != nil {
		waiting.stop()
		speak(err, target)
		return o.failed(ctx, around, err)
	}
	e.started(ctx, run.ID)
	e.guard(ctx, run.ID, o.Patience)
	if err := e.follow(ctx, run.ID); err != nil {
		waiting.stop()
		return o.broken(ctx, around, run.ID, err)
	}
	return exit(e.finish())
}

// errLeft is the second Ctrl-C: whoever pressed it does not want to wait.
var errLeft = errors.New("left")

// failed is a start that brought no run, or none that we know of.
func (o order) failed(ctx context.Context, around *surroundings, err error) error {
	if errors.Is(context.Cause(ctx), errLeft) {
		return exit(exitCancelled)
	}
	var uncertain *uncertainError
	if errors.As(err, &uncertain) {
		code(err, around.err)
		return exit(exitLost)
	}
	return o.refused(around, err)
}

// refused is a command that surely does not run.
func (o order) refused(around *surroundings, err error) error {
	speak(err, "")
	var fault *wire.Fault
	if o.JSON {
		if !errors.As(err, &fault) {
			fault = &wire.Fault{Code: wire.Unavailable, Message: err.Error(), Hint: hintOf(err)}
		}
		if err := printJSON(around.out, api.LogLine{End: &api.End{Outcome: wire.Refused, Fault: fault}}); err != nil {
			return err
		}
	}
	code(err, around.err)
	return exit(exitRefused)
}

// broken is a log that could not be followed to its end.
func (o order) broken(ctx context.Context, around *surroundings, run string, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), errLeft):
		fmt.Fprintf(around.err, "farbench: left; the command may still run\n  farbench cancel %s ends it, farbench logs -f %s shows it\n", run, run)
		return exit(exitCancelled)
	case errors.Is(err, syscall.EPIPE):
		return exit(exitCancelled)
	case errors.Is(context.Cause(ctx), errNoWord):
		err = errNoWord
	}
	code(fmt.Errorf("following run %s: %w", run, err), around.err)
	fmt.Fprintf(around.err, "  the command may still run: farbench logs -f %s shows it\n", run)
	return exit(exitLost)
}
