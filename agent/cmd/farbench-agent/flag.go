package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/flag"
	"github.com/farbench/farbench/agent/journal"
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
	if !journal.IsDir(dir) {
		hint := "name the agent's own by --data or FARBENCH_DATA"
		if inner := filepath.Join(dir, "agent"); journal.IsDir(inner) {
			hint = "its agent's is " + inner + ": give --data " + inner
		}
		return "", fmt.Errorf("%s is no agent's data directory: %s", dir, hint)
	}
	return dir, nil
}

// heardWithin is how long an agent may take to see the flag: what it was just
// about to begin begins first, and a device may take 10 s for that.
const heardWithin = 15 * time.Second

// untilHeard waits until the agent has taken the flag over, and says what is so
// where none does.
func untilHeard(dir string, f wire.Flag) (instead string, err error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(heardWithin); ; {
		switch runs, err := journal.InUse(dir); {
		case err != nil:
			return "", err
		case !runs:
			return "no agent runs with " + dir + " now: the flag counts from its start", nil
		case flag.Heard(dir, f):
			return "", nil
		}
		select {
		case <-tick.C:
		case <-late:
			return "", fmt.Errorf("the agent that runs with %s has not taken it over within %s: see its log", dir, heardWithin)
		}
	}
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
	instead, err := untilHeard(dir, f)
	if err != nil {
		return fmt.Errorf("the flag is up, and nobody is told yet: %w", explained(err))
	}
	if err := sayFlag(out, &f); err != nil || instead == "" {
		return err
	}
	_, err = fmt.Fprintln(out, instead)
	return err
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
