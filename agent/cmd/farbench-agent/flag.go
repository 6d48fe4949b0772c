package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/flag"
	"github.com/farbench/farbench/agent/wire"
)

// flagCommand is `farbench-agent flag`, for whoever stands at the bench.
type flagCommand struct {
	On     flagOn     `cmd:"" help:"Put the flag up."`
	Off    flagOff    `cmd:"" help:"Take it away."`
	Status flagStatus `cmd:"" help:"Say whether it is up."`
}

// flagPlace is where the bench's agent keeps it.
type flagPlace struct {
	Config kong.ConfigFlag `help:"The agent's file of KEY=VALUE lines." placeholder:"FILE"`
	Data   string          `env:"FARBENCH_DATA" help:"The agent's data directory; below this user's state directory if not given." placeholder:"DIR"`
}

func (p flagPlace) dir() (string, error) {
	dir, err := dataDir(p.Data)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("no agent has run with the data directory %s: name its own by --data or FARBENCH_DATA", dir)
	}
	return dir, nil
}

type flagOn struct {
	flagPlace `embed:""`
	Note      string `help:"Who is there and what for, for the testers." placeholder:"TEXT"`
}

func (c *flagOn) Run(out io.Writer) error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	f, err := flag.Set(dir, c.Note, time.Now())
	if err != nil {
		return fmt.Errorf("putting the flag up: %w", explained(err))
	}
	return sayFlag(out, &f)
}

type flagOff struct {
	flagPlace `embed:""`
}

func (c *flagOff) Run(out io.Writer) error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	if err := flag.Clear(dir); err != nil {
		return fmt.Errorf("taking the flag away: %w", explained(err))
	}
	return sayFlag(out, nil)
}

type flagStatus struct {
	flagPlace `embed:""`
}

func (c *flagStatus) Run(out io.Writer) error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	f, err := flag.Read(dir)
	if err != nil {
		return fmt.Errorf("reading the flag: %w", explained(err))
	}
	return sayFlag(out, f)
}

func sayFlag(out io.Writer, f *wire.Flag) error {
	text := "off"
	if f != nil {
		text = "on since " + f.Since.Local().Format("2006-01-02 15:04")
		if f.Note != "" {
			text += ": " + f.Note
		}
	}
	_, err := fmt.Fprintln(out, text)
	return err
}

// explained says what to do where the agent runs as another user.
func explained(err error) error {
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%w: call it as the user that the agent runs as", err)
	}
	return err
}
