// Package browser runs the tests of ui/e2e: what testers do, in a real browser,
// on the programs as they are built.
package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/farbench/farbench/relay/e2e/lab"
)

var built lab.Programs // set by TestMain, read by tests

func TestMain(m *testing.M) { os.Exit(lab.Main(m, &built)) }

// Testers work in a real browser. What they do is written in ui/e2e, a file a
// screen or story; each starts a farbench-local of its own.
func TestBrowser(t *testing.T) {
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
	files, err := filepath.Glob("../../../ui/e2e/*.test.mjs")
	if err != nil || len(files) == 0 {
		t.Fatalf("no browser tests (%v)", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".test.mjs"), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", "e2e/"+name)
			cmd.Dir = "../../../ui"
			cmd.Env = append(os.Environ(), "FARBENCH_LOCAL="+built.Path("farbench-local"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
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
