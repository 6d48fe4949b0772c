// Command farbench-relay is the process in the cloud: it serves the dashboard
// and the API, and reaches the benches through NATS. It keeps nothing on disk;
// any number of copies serve the same benches.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

func main() {
	var cli struct {
		Serve   serve            `cmd:"" help:"Serve until SIGTERM. Configured by FARBENCH_… in the environment, or in a file of KEY=VALUE lines."`
		Version kong.VersionFlag `help:"Print the version."`
	}
	parsed := kong.Parse(&cli, kong.Name("farbench-relay"), kong.Description("The relay between benches and browsers."),
		kong.UsageOnError(), kong.Vars{"version": version})
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "farbench-relay: "+err.Error())
		os.Exit(1)
	}
}
