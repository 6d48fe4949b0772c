package browser

import (
	"strconv"
	"strings"
	"testing"

	"github.com/farbench/farbench/relay/e2e/lab"
)

// People work together though each is at another relay. What they do is written
// in ui/e2e/relays: two relays on one broker, a real agent, and in front of the
// relays an address that leads to whichever of them lives. A file may kill the
// first relay, so each has a lab of its own. They mostly wait, and do so beside
// the others.
func TestBrowser_TwoRelays(t *testing.T) {
	t.Parallel()
	needTools(t)
	for _, name := range testFiles(t, "e2e/relays") {
		t.Run(name, func(t *testing.T) { runFile(t, "e2e/relays/"+name, startRelays(t)...) })
	}
}

// startRelays gives the lab's addresses as a file's settings.
func startRelays(t *testing.T) []string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	broker, err := lab.StartBroker(built, dir, "demo")
	must(err)
	t.Cleanup(broker.Kill)
	front, err := lab.NewProxy()
	must(err)
	t.Cleanup(front.Close)
	hosts := "FARBENCH_HOSTS=127.0.0.1," + front.Addr()
	one, err := lab.StartRelay(built, broker.Addr, hosts)
	must(err)
	t.Cleanup(one.Kill)
	two, err := lab.StartRelay(built, broker.Addr, hosts)
	must(err)
	t.Cleanup(two.Kill)
	front.Aim(strings.TrimPrefix(one.Base, "http://"), strings.TrimPrefix(two.Base, "http://"))
	agent, err := lab.StartAgent(built, dir, "demo", "sim", broker.Addr)
	must(err)
	t.Cleanup(agent.Kill)
	return []string{
		"FARBENCH_ONE=" + one.Base, "FARBENCH_TWO=" + two.Base, "FARBENCH_FRONT=http://" + front.Addr(),
		"FARBENCH_ONE_PID=" + strconv.Itoa(one.PID()), "FARBENCH_TOKEN=" + lab.Token,
		"FARBENCH_AGENT=" + built.Path("farbench-agent"), "FARBENCH_DATA=" + agent.Data(),
	}
}
