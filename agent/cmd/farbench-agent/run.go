package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/daemon"
	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/heap"
)

// exitWithin bounds a stop, whatever hangs.
const exitWithin = 9500 * time.Millisecond

// runCommand is `farbench-agent run`: the agent of a bench.
type runCommand struct {
	Config kong.ConfigFlag `help:"File of KEY=VALUE lines with the variables below; the environment and flags come before it." placeholder:"FILE"`

	Bench      string   `env:"FARBENCH_BENCH" help:"The bench's id, also its account's name at the broker." placeholder:"ID"`
	ADB        string   `name:"adb" env:"FARBENCH_ADB" default:"auto" help:"Where the devices are: attach, to this PC's adb server; own or own:PORT, to one that the agent runs, with its own key; tcp:HOST:PORT of another; sim; or auto: this PC's adb server where it has devices, else the simulation."`
	ADBPath    string   `name:"adb-path" env:"FARBENCH_ADB_PATH" help:"The adb program; that of PATH or ANDROID_HOME if not given." placeholder:"FILE"`
	SimDevices int      `env:"FARBENCH_SIM_DEVICES" default:"3" help:"How many devices, where they are simulated." placeholder:"N"`
	Labels     []string `env:"FARBENCH_LABELS" sep:"," help:"The lab's own words for the bench, at most 8, such as gothenburg,hil." placeholder:"LABEL,…"`
	Data       string   `env:"FARBENCH_DATA" help:"Directory of the journal and the spool; below the user's state directory if not given." placeholder:"DIR"`

	NATSURL      string `name:"nats-url" env:"FARBENCH_NATS_URL" help:"The broker; beyond this machine tls:// or wss://." placeholder:"URL"`
	NATSCreds    string `name:"nats-creds" env:"FARBENCH_NATS_CREDS" help:"Credentials file." placeholder:"FILE"`
	NATSUser     string `name:"nats-user" env:"FARBENCH_NATS_USER" help:"User at the broker."`
	NATSPassword string `name:"nats-password" env:"FARBENCH_NATS_PASSWORD" help:"Its password; better by the environment, where other users do not see it."`
	NATSCA       string `name:"nats-ca" env:"FARBENCH_NATS_CA" help:"Certificate authority of the broker." placeholder:"FILE"`

	Quiet bool `help:"Do not print the runs' lines."`
}

// Run serves until ctx ends. Standard output has one line: ready, and the
// bench. Runs' lines and what the agent logs go to standard error.
func (c *runCommand) Run(ctx context.Context) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	if !c.Quiet {
		config.Console = os.Stderr
	}
	config.Ready = func() { fmt.Println("ready", c.Bench) }
	d, err := daemon.New(config)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(exitWithin, func() {
			fmt.Fprintln(os.Stderr, "farbench-agent: not stopped in time")
			os.Exit(1)
		})
	})()
	defer heap.Give(heap.Usual)()
	return d.Run(ctx)
}

func (c *runCommand) config() (daemon.Config, error) {
	var missing []error
	if c.Bench == "" {
		missing = append(missing, errors.New("no bench: set FARBENCH_BENCH or --bench to the bench's id"))
	}
	if c.NATSURL == "" {
		missing = append(missing, errors.New("no broker: set FARBENCH_NATS_URL or --nats-url, such as tls://broker.example:4222"))
	}
	data, err := dataDir(c.Data)
	if err != nil {
		missing = append(missing, err)
	}
	config := daemon.Config{
		Bench: c.Bench, Labels: c.Labels, Data: data, ADB: c.ADB, SimDevices: c.SimDevices, Version: version,
		NATS: dial.Server{URL: c.NATSURL, Creds: c.NATSCreds, User: c.NATSUser, Password: c.NATSPassword, CA: c.NATSCA},
	}
	if missing != nil {
		return config, errors.Join(append(missing, config.CheckGiven())...)
	}
	return config, nil
}

// dataDir is the directory that is given, or this user's.
func dataDir(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	dir, err := stateDir()
	if err != nil {
		return "", fmt.Errorf("no data directory: set FARBENCH_DATA or --data: %w", err)
	}
	return dir, nil
}

func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "farbench-agent"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "farbench-agent"), nil
}
