package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type execCommand struct {
	Target  string   `arg:"" name:"bench/device" help:"BENCH/DEVICE; DEVICE is an id, or a serial that only one device has. BENCH alone where it has one device."`
	Command []string `arg:"" optional:"" name:"command" help:"The command, behind --. Its words are joined by one space and given to the device's shell as they are."`
	order   `embed:"" set:"timeout=10m"`
}

func (c execCommand) Run(around *surroundings) error {
	request := api.RunRequest{Command: strings.Join(c.Command, " ")}
	switch {
	case request.Command == "":
		return &usageError{"no command", "put it behind --: farbench exec " + c.Target + " -- getprop"}
	case !utf8.ValidString(request.Command):
		return &usageError{"the command is not valid UTF-8", "let the device make other bytes: printf '\\377'"}
	}
	return c.carryOut(around, c.Target, request)
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
