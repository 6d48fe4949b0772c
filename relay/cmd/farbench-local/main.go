// Command farbench-local is a whole Farbench in one process, for one tester on
// one PC: the broker with the accounts of the real one, a relay and the agent
// of the bench "demo". It listens on loopback only. Agent and relay do not know
// that they are not in different countries.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/daemon"
	"github.com/farbench/farbench/relay/auth"
	"github.com/farbench/farbench/relay/client"
)

// version is set by the linker.
var version = "dev"

type arguments struct {
	Listen     string `env:"FARBENCH_LISTEN" default:"127.0.0.1:7070" placeholder:"HOST:PORT" help:"Where browsers and the CLI connect; loopback only, port 0 takes a free one. Default ${default}."`
	Data       string `env:"FARBENCH_DATA" type:"path" placeholder:"DIR" help:"Where runs, logs and the token are kept; by default in the user's state directory."`
	ADB        string `env:"FARBENCH_ADB" default:"auto" placeholder:"sim|attach|own|tcp:HOST:PORT|auto" help:"The devices: simulated, of this PC's adb server, of one that is run for them, of this adb server, or auto: of the adb server that runs here if it has any, else simulated."`
	SimDevices int    `env:"FARBENCH_SIM_DEVICES" default:"3" placeholder:"N" help:"How many simulated devices; the first three are a head unit, a cluster over TCP and one that is unauthorized. Default ${default}."`
	Verbose    bool   `short:"v" help:"Log what is of use only when looking for a mistake."`

	Version kong.VersionFlag `help:"Print the version."`
}

func main() {
	var args arguments
	kong.Parse(&args, kong.Name("farbench-local"), kong.Description("Farbench in one process, on this PC alone."), kong.UsageOnError(), kong.Vars{"version": version})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process as it always does
	if err := run(ctx, args, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "farbench-local:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args arguments, stdout, stderr io.Writer) error {
	if err := args.check(); err != nil {
		return err
	}
	data, err := openData(args.Data)
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if args.Verbose {
		level = slog.LevelDebug
	}
	return serve(ctx, options{
		listen: args.Listen, adb: args.ADB, simDevices: args.SimDevices, data: data, console: stderr,
		log: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
		ready: func(address, link string) error {
			announced := client.Local{URL: address, TokenFile: data.tokenFile(), PID: os.Getpid()}
			if err := client.Announce(announced); err != nil {
				return err
			}
			context.AfterFunc(ctx, func() { _ = client.Withdraw(announced) })
			_, err := fmt.Fprintf(stdout, "ready %s\nopen %s\n", address, link)
			return err
		},
	})
}

// check lists every mistake at once.
func (a *arguments) check() error {
	var mistakes []string
	if _, _, err := net.SplitHostPort(a.Listen); err != nil {
		mistakes = append(mistakes, fmt.Sprintf("--listen %q is not of the form HOST:PORT", a.Listen))
	} else if !auth.Loopback(a.Listen) {
		mistakes = append(mistakes, fmt.Sprintf("--listen %s is not on loopback: for other PCs run farbench-relay serve with a token and FARBENCH_HOSTS", a.Listen))
	}
	if address, tcp := strings.CutPrefix(a.ADB, "tcp:"); tcp {
		if _, _, err := net.SplitHostPort(address); err != nil {
			mistakes = append(mistakes, fmt.Sprintf("--adb %q: give tcp:HOST:PORT, for example tcp:127.0.0.1:5037", a.ADB))
		}
	} else if err := daemon.CheckADB(a.ADB); err != nil {
		mistakes = append(mistakes, "--"+err.Error())
	}
	if a.SimDevices < 0 || a.SimDevices > daemon.MaxSimDevices {
		mistakes = append(mistakes, fmt.Sprintf("--sim-devices %d: give 1 to %d", a.SimDevices, daemon.MaxSimDevices))
	}
	if a.Data == "" {
		state, err := client.StateDir()
		if err != nil {
			mistakes = append(mistakes, err.Error()+"; name a directory with --data")
		}
		a.Data = filepath.Join(state, "local")
	}
	if len(mistakes) > 0 {
		return fmt.Errorf("%s", strings.Join(mistakes, "\n  "))
	}
	return nil
}
