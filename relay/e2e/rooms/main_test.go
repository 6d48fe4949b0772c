// Package rooms plays what people do in rooms, with two relays as processes on
// one broker and real sockets: a script a behaviour.
package rooms

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/farbench/farbench/relay/e2e/lab"
)

var built lab.Programs // set by TestMain, read by tests

func TestMain(m *testing.M) { os.Exit(lab.Main(m, &built)) }

func TestRooms(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"dial": dial, "cut": cut, "say": say, "hear": hear, "next": next, "closed": closed, "relay": relay, "until": lab.Until,
		},
	})
}
