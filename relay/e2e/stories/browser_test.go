package stories

import (
	"os"
	"os/exec"
	"testing"
)

// A tester opens the link in a real browser. What they do is written in ui/e2e.
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
	d := sitDown(t, "--adb=sim")
	cmd := exec.CommandContext(t.Context(), "node", "e2e/run.mjs")
	cmd.Dir = "../../../ui"
	cmd.Env = append(d.env, "FARBENCH_OPEN="+d.link)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
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
