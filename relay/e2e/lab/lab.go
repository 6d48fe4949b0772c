// Package lab runs Farbench's real programs as processes on loopback, for the
// tests and benchmarks beside it: a broker, relays, agents and simulated
// benches that can be stopped, killed and cut off at will, and the clients
// that watch what comes out. It knows the programs by their public contract
// alone: flags, environment, the ready line, HTTP and farbench.v1.
package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Programs are the built binaries.
type Programs struct{ dir string }

// Build compiles the programs and a plain nats-server into dir, with the race
// detector if asked.
func Build(ctx context.Context, dir string, race bool) (Programs, error) {
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	if race {
		args = append(args, "-race")
	}
	_, here, _, _ := runtime.Caller(0)
	module := filepath.Join(filepath.Dir(here), "..", "..")
	for _, group := range [][]string{
		append(args, "./cmd/...", "github.com/farbench/farbench/agent/cmd/farbench-agent"),
		{"build", "-o", dir + string(filepath.Separator), "github.com/nats-io/nats-server/v2"},
	} {
		cmd := exec.CommandContext(ctx, "go", group...)
		cmd.Dir = module
		if out, err := cmd.CombinedOutput(); err != nil {
			return Programs{}, fmt.Errorf("building the programs: %w\n%s", err, out)
		}
	}
	return Programs{dir: dir}, nil
}

// Path of a program by its name.
func (p Programs) Path(name string) string { return filepath.Join(p.dir, name) }

// Main is a test package's TestMain: it builds the programs into a directory
// that lasts as long as the tests, and returns their exit code.
func Main(tests interface{ Run() int }, built *Programs) int {
	dir, err := os.MkdirTemp("", "farbench-lab")
	if err == nil {
		defer os.RemoveAll(dir)
		*built, err = Build(context.Background(), dir, underRace)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return tests.Run()
}

// environ is this process's environment without Farbench's own settings.
func environ(extra []string) []string {
	var env []string
	for _, kv := range os.Environ() {
		if len(kv) < 9 || kv[:9] != "FARBENCH_" {
			env = append(env, kv)
		}
	}
	return append(env, extra...)
}
