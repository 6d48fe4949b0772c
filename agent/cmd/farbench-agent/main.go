// Command farbench-agent runs on a bench's PC. Its commands are in a file
// each; this one reads the command line and prints the one error that ends it.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

type commandLine struct {
	Run runCommand `cmd:"" help:"Serve this bench: connect to the broker and run commands on its devices."`
	Sim simCommand `cmd:"" help:"Run a simulated bench for demos, training and tests."`

	Flag flagCommand `cmd:"" help:"Say that somebody is at this bench: until it is taken away, testers are asked before what looks destructive."`

	Version kong.VersionFlag `help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var line commandLine
	parsed := kong.Parse(&line,
		kong.Name("farbench-agent"),
		kong.Description("The agent of a Farbench bench."),
		kong.UsageOnError(),
		kong.Configuration(environmentFile),
		kong.Vars{"version": version},
		kong.BindTo(os.Stdout, (*io.Writer)(nil)),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "farbench-agent:", err)
		os.Exit(1)
	}
}
