// Command farbench is the tester's command line: it lists benches and runs,
// runs a command on a device as if the device hung on this PC, follows logs and
// cancels. It speaks the relay's HTTP API through relay/client and keeps no
// state of its own but the session of sign-in.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/client"
)

// version is set when a release is built.
var version = ""

// Exit codes beside the command's own.
const (
	exitUsage     = 2
	exitTimedOut  = 124
	exitRefused   = 125 // or never reached
	exitLost      = 126 // or unknown
	exitCancelled = 130
)

type arguments struct {
	URL   string `env:"FARBENCH_URL" placeholder:"URL" help:"The relay's address; without it this user's local mode is asked."`
	Token string `env:"FARBENCH_TOKEN" placeholder:"TOKEN" help:"The relay's token. Better in the environment: others on this PC see flags."`
	As    string `env:"FARBENCH_NAME" placeholder:"NAME" help:"Who you are with the token; without it who farbench sign-in signed in, else the tester."`

	Benches benchesCommand `cmd:"" help:"List benches and their devices."`
	Exec    execCommand    `cmd:"" help:"Run a command on a device; its output and exit code become this one's."`
	Push    pushCommand    `cmd:"" help:"Send files and folders of this PC to a device."`
	Install installCommand `cmd:"" help:"Install an app on a device, from its APK or its base and splits."`
	Pull    pullCommand    `cmd:"" help:"Fetch files and folders of a device."`
	Check   checkCommand   `cmd:"" help:"Run the lab's checks on a device and say how they came out."`
	Checks  checksCommand  `cmd:"" help:"List the lab's checks."`
	Runs    runsCommand    `cmd:"" help:"List runs, newest first."`
	Logs    logsCommand    `cmd:"" help:"Print a run's log."`
	Cancel  cancelCommand  `cmd:"" help:"End a run on its device."`
	acts    `embed:""`
	Reserve reserveCommand `cmd:"" help:"Reserve a device or a whole bench."`
	Release releaseCommand `cmd:"" help:"Release what you reserved, or leave its queue."`
	Queue   queueCommand   `cmd:"" help:"List who holds what, until when, and who waits."`
	Who     whoCommand     `cmd:"" help:"List who is here, what they look at and what they hold."`
	Say     sayCommand     `cmd:"" help:"Say something to the lab, to those at a bench, or to a person."`
	SignIn  signInCommand  `cmd:"" help:"Sign in with a single-use link: browser and command line are one person then."`
	SignOut signOutCommand `cmd:"" help:"End what sign-in began."`
	Link    linkCommand    `cmd:"" help:"Make a single-use link that signs a browser in."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// surroundings are what a command touches of the process.
type surroundings struct {
	ctx      context.Context
	out, err *terminal
	// relay finds the relay to ask; the configuration may say how to wait for it.
	relay func(client.Config) (*client.Client, error)
}

// exit ends the process with a code and nothing said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func main() { os.Exit(run()) }

func run() int {
	var args arguments
	parser := kong.Must(&args,
		kong.Name("farbench"),
		kong.Description("Run commands on devices of remote test benches and watch their logs."),
		kong.UsageOnError(),
	)
	parsed, err := parser.Parse(flagsFirst(os.Args[1:]))
	if err != nil {
		hint := "farbench --help lists the commands"
		if len(os.Args) > 1 && os.Args[1] == "exec" {
			hint = "the device's command stands behind --: farbench exec BENCH/DEVICE -- ls -l"
		}
		fmt.Fprintf(os.Stderr, "farbench: %v\n  %s\n", err, hint)
		return exitUsage
	}
	stdout, stderr := newTerminal(os.Stdout), newTerminal(os.Stderr)
	around := &surroundings{
		ctx: context.Background(), out: stdout, err: stderr,
		relay: func(config client.Config) (*client.Client, error) {
			found, err := client.Find(args.URL, args.Token, args.As)
			if err != nil {
				return nil, err
			}
			config.URL, config.Token, config.Name, config.Cookie = found.URL, found.Token, found.Name, found.Cookie
			return client.New(config)
		},
	}
	return code(parsed.Run(around), stderr)
}

// code says what went wrong and what to do about it, and chooses the exit code.
func code(err error, stderr io.Writer) int {
	var silent exit
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &silent):
		return int(silent)
	}
	speak(err, "")
	fmt.Fprintf(stderr, "farbench: %s\n", clean(err.Error()))
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(stderr, "  %s\n", clean(hint))
	}
	if errors.As(err, &usage) {
		return exitUsage
	}
	return 1
}

func hintOf(err error) string {
	var fault *wire.Fault
	var away *client.Unreachable
	var usage *usageError
	switch {
	case errors.As(err, &fault):
		return fault.Hint
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &away):
		return "is the relay running? farbench-local starts one here; FARBENCH_URL names another"
	}
	return ""
}

// usageError is a mistake in the arguments.
type usageError struct{ message, hint string }

func (u *usageError) Error() string { return u.message }

type versionCommand struct{}

func (versionCommand) Run(around *surroundings) error {
	fmt.Fprintf(around.out, "farbench %s, protocol %d\n", ownVersion(), wire.Version)
	return nil
}

func ownVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unreleased"
}
