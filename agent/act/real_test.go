package act_test

import (
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// A real adb server lists a dead TCP device as ready for a while, connects it
// again by itself only for a minute, and then under another transport.
func TestActs_realServer(t *testing.T) {
	b := newRealBench(t, 300*time.Millisecond)
	log := b.begin(wire.Act{Kind: wire.ActLogcat, Filters: []string{"Acts:I", "*:S"}})
	log.says("following the log")
	b.sh("log -t Acts first")
	log.prints("Acts    : first\n", 1)

	before := b.bootID()
	g := b.begin(wire.Act{Kind: wire.ActReboot, Wait: true})
	g.exits(0)
	g.says("new boot id " + b.bootID())
	if b.bootID() == before {
		t.Error("the device has not rebooted")
	}
	log.says("the log goes on")
	b.sh("log -t Acts second")
	log.prints("Acts    : second\n", 1)

	g = b.begin(wire.Act{Kind: wire.ActRoot})
	g.exits(0)
	g.says("adbd is back after")
	if who := b.sh("id -u"); who != "0" {
		t.Errorf("commands run as %s", who)
	}
	b.begin(wire.Act{Kind: wire.ActDisableVerity}).exits(0)
	b.begin(wire.Act{Kind: wire.ActWait}).exits(0)
	log.prints("Acts    : first\n", 1)
	log.cancel()
	log.end()
}
