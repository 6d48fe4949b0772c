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

type execCommand struct {
	Target   string        `arg:"" name:"bench/device" help:"BENCH/DEVICE; DEVICE is an id, or a serial that only one device has. BENCH alone where it has one device."`
	Command  []string      `arg:"" optional:"" name:"command" help:"The command, behind --. Its words are joined by one space and given to the device's shell as they are."`
	Timeout  time.Duration `default:"10m" help:"How long it may run on the device, at most 24h."`
	TTL      time.Duration `name:"ttl" default:"5s" help:"How late it may start, at most 1m."`
	Patience time.Duration `default:"5m" help:"How long to wait for a relay or bench that went away in the middle."`
	ID       string        `placeholder:"ID" help:"The run's id; asking twice with the same id runs it once."`
	JSON     bool          `help:"Print the log's events, a JSON object a line."`
}

func (c execCommand) Run(around *surroundings) error {
	request, target, err := c.request()
	if err != nil {
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

	lines := newLines(around, c.JSON, waiting.stop)
	relay, err := around.relay(client.Config{Patience: c.Patience, Waiting: lines.waiting})
	if err != nil {
		return c.refused(around, err)
	}
	e := &execution{around: around, relay: relay, leave: leave, lines: lines}
	defer e.await()
	e.watch(ctx, interrupts)

	run, err := e.start(ctx, target, request)
	if err != nil {
		waiting.stop()
		return c.failed(ctx, around, err)
	}
	e.started(ctx, run.ID)
	e.guard(ctx, run.ID, c.Patience)
	if err := e.follow(ctx, run.ID); err != nil {
		waiting.stop()
		return c.broken(ctx, around, run.ID, err)
	}
	return exit(e.finish())
}

func (c execCommand) request() (api.RunRequest, string, error) {
	timeout, ttl := int(c.Timeout.Seconds()), int(c.TTL.Milliseconds())
	request := api.RunRequest{ID: c.ID, Command: strings.Join(c.Command, " "), TimeoutS: &timeout, TTLMS: &ttl}
	switch {
	case request.Command == "":
		return request, "", &usageError{"no command", "put it behind --: farbench exec " + c.Target + " -- getprop"}
	case !utf8.ValidString(request.Command):
		return request, "", &usageError{"the command is not valid UTF-8", "let the device make other bytes: printf '\\377'"}
	case c.Timeout < time.Second || c.Timeout > 24*time.Hour:
		return request, "", &usageError{"--timeout is out of range", "use 1s to 24h"}
	case c.TTL < time.Millisecond || c.TTL > time.Minute:
		return request, "", &usageError{"--ttl is out of range", "use 1ms to 1m"}
	case c.ID != "" && !wire.ValidID(c.ID):
		return request, "", &usageError{fmt.Sprintf("--id %q is no id", c.ID), "use 1 to 32 of a-z, 0-9 and -"}
	case c.ID == "":
		request.ID = wire.NewID("")
	}
	return request, c.Target, nil
}

// errLeft is the second Ctrl-C: whoever pressed it does not want to wait.
var errLeft = errors.New("left")

// failed is a start that brought no run, or none that we know of.
func (c execCommand) failed(ctx context.Context, around *surroundings, err error) error {
	if errors.Is(context.Cause(ctx), errLeft) {
		return exit(exitCancelled)
	}
	var uncertain *uncertainError
	if errors.As(err, &uncertain) {
		code(err, around.err)
		return exit(exitLost)
	}
	return c.refused(around, err)
}

// refused is a command that surely does not run.
func (c execCommand) refused(around *surroundings, err error) error {
	var fault *wire.Fault
	if c.JSON {
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
func (c execCommand) broken(ctx context.Context, around *surroundings, run string, err error) error {
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

// uncertainError is a start of which nobody knows whether it arrived.
type uncertainError struct{ err error }

func (u *uncertainError) Error() string {
	return fmt.Sprintf("starting the command: nobody knows whether it arrived: %v", u.err)
}
func (u *uncertainError) Unwrap() error { return u.err }

// startPatience is how long an uncertain start is asked for again. The id makes
// that safe: the run is there, or it is made now.
const startPatience = 30 * time.Second

func startAgain(ctx context.Context, relay *client.Client, request api.RunRequest) (api.Run, error) {
	uncertain := false
	for began := time.Now(); ; {
		run, err := relay.StartRun(ctx, request)
		if err == nil {
			return run, nil
		}
		var away *client.Unreachable
		var fault *wire.Fault
		switch {
		case errors.As(err, &away) && away.Dialed:
			uncertain = true
		case errors.As(err, &fault) && fault.Code == wire.Unavailable:
			// Says nothing about the run.
			uncertain = true
		}
		if !uncertain || !client.MayHelp(err) {
			return run, err
		}
		if time.Since(began) > startPatience {
			return run, &uncertainError{err}
		}
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			return run, &uncertainError{ctx.Err()}
		}
	}
}
