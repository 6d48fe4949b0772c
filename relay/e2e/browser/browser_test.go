// Package browser runs the tests of ui/e2e: what testers do, in a real browser,
// on the programs as they are built.
package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/relay/e2e/lab"
)

var built lab.Programs // set by TestMain, read by tests

func TestMain(m *testing.M) { os.Exit(lab.Main(m, &built)) }

// long are the files that take longest, and mostly wait: they begin first, so
// that no core is left alone with one of them in the end.
var long = []string{"cut", "run", "workspace", "frame", "screens", "acts"}

// Testers work in a real browser. What they do is written in ui/e2e, a file a
// screen or story; each starts a farbench-local of its own, so as many run
// beside each other as there are cores.
func TestBrowser(t *testing.T) {
	t.Parallel()
	needTools(t)
	var files errgroup.Group
	files.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range longestFirst(testFiles(t, "e2e")) {
		files.Go(func() error {
			t.Run(name, func(t *testing.T) { runFile(t, "e2e/"+name, "FARBENCH_LOCAL="+built.Path("farbench-local")) })
			return nil
		})
	}
	if err := files.Wait(); err != nil {
		t.Error(err)
	}
}

// testFiles names the files of a folder of ui, without their ending.
func testFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../../ui", folder, "*.test.mjs"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no browser tests in %s (%v)", folder, err)
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(filepath.Base(file), ".test.mjs")
	}
	return names
}

func longestFirst(names []string) []string {
	rank := func(name string) int {
		if at := slices.Index(long, name); at >= 0 {
			return at
		}
		return len(long)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

// runFile runs one file to its end, with settings (NAME=value) in its environment.
func runFile(t *testing.T, name string, settings ...string) {
	cmd := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", name+".test.mjs")
	cmd.Dir = "../../../ui"
	cmd.Env = append(os.Environ(), settings...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func needTools(t *testing.T) {
	t.Helper()
	for _, missing := range []struct {
		is  bool
		how string
	}{
		{!exists("../../web/dist/index.html"), "no dashboard: make ui builds it"},
		{!exists("../../../ui/node_modules/playwright-core"), "no playwright-core: npm --prefix ui ci installs it"},
		{!inPath("node"), "no node: install Node 20 or newer"},
		{!inPath("chromium") && os.Getenv("CHROMIUM") == "", "no chromium: install it (Debian: apt-get install chromium) or set CHROMIUM"},
	} {
		if missing.is && os.Getenv("CI") != "" {
			t.Fatal(missing.how)
		}
		if missing.is {
			t.Skip(missing.how)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func inPath(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
