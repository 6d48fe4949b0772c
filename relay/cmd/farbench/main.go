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

	Exec    execCommand    `cmd:"" group:"device" help:"Run a command on a device; its output and exit code become this one's."`
	Push    pushCommand    `cmd:"" group:"device" help:"Send files and folders of this PC to a device."`
	Pull    pullCommand    `cmd:"" group:"device" help:"Fetch files and folders of a device."`
	Install installCommand `cmd:"" group:"device" help:"Install an app on a device, from its APK or its base and splits."`
	Check   checkCommand   `cmd:"" group:"device" help:"Run the lab's checks on a device and say how they came out."`
	acts    `embed:"" group:"device"`

	Benches benchesCommand `cmd:"" group:"lab" help:"List benches and their devices."`
	Checks  checksCommand  `cmd:"" group:"lab" help:"List the lab's checks."`
	Runs    runsCommand    `cmd:"" group:"lab" help:"List runs, newest first."`
	Logs    logsCommand    `cmd:"" group:"lab" help:"Print a run's log."`
	Cancel  cancelCommand  `cmd:"" group:"lab" help:"End a run on its device."`
	Search  searchCommand  `cmd:"" group:"lab" help:"Look for a text in the lines of stored runs."`
	Jobs    jobsCommand    `cmd:"" group:"lab" help:"List long work of the relays, or end some."`

	Reserve reserveCommand `cmd:"" group:"people" help:"Reserve a device or a whole bench, or take it over."`
	Release releaseCommand `cmd:"" group:"people" help:"Release what you reserved, or leave its queue."`
	Ask     askCommand     `cmd:"" group:"people" help:"Ask whoever holds a device or bench to hand it over."`
	Hand    handCommand    `cmd:"" group:"people" help:"Hand what you hold over to somebody, who has a minute to accept."`
	Answer  answerCommand  `cmd:"" group:"people" help:"Accept what somebody hands over to you, or leave it with them."`
	Refuse  refuseCommand  `cmd:"" group:"people" help:"Keep what you hold although somebody asks for it."`
	Queue   queueCommand   `cmd:"" group:"people" help:"List who holds what, until when, and who waits."`
	Who     whoCommand     `cmd:"" group:"people" help:"List who is here, what they look at and what they hold."`
	Say     sayCommand     `cmd:"" group:"people" help:"Say something to the lab, to those at a bench, or to a person."`
	Notices noticesCommand `cmd:"" group:"people" help:"Print what was told to you: notices and messages; with --follow as they come."`
	Note    noteCommand    `cmd:"" group:"people" help:"List the notes that are pinned to a bench, pin one, or take one away."`

	SignIn  signInCommand  `cmd:"" group:"you" help:"Sign in with a single-use link: browser and command line are one person then."`
	SignOut signOutCommand `cmd:"" group:"you" help:"End what sign-in began."`
	Link    linkCommand    `cmd:"" group:"you" help:"Make a single-use link that signs a browser in."`
	Version versionCommand `cmd:"" group:"you" help:"Print the version."`
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
	parser := kong.Must(&args, append(plainActs(),
		kong.Name("farbench"),
		kong.Description("Run commands on devices of remote test benches, watch their logs, and share them with others."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "device", Title: "On a device:"},
			{Key: "lab", Title: "What there is, and what was:"},
			{Key: "people", Title: "With others:"},
			{Key: "you", Title: "You:"},
		}),
	)...)
	parsed, err := parser.Parse(flagsFirst(helpFirst(os.Args[1:])))
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
