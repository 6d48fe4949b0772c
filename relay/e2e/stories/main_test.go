// Package stories plays what a tester does, with the real programs as processes:
// a script a story, and in Go what a script cannot count.
package stories

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/farbench/farbench/relay/e2e/lab"
)

var built lab.Programs // set by TestMain, read by tests

func TestMain(m *testing.M) { os.Exit(lab.Main(m, &built)) }

func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", built.Path("")+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("XDG_STATE_HOME", env.WorkDir+"/state")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"local": startLocal, "code": expectCode, "until": lab.Until, "checks": saveChecks, "apk": buildAPK,
		},
	})
}
