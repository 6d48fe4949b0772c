package act_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

func (r *record) printed() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines.String()
}

// prints waits until a text was printed so many times.
func (g *going) prints(text string, times int) {
	g.b.t.Helper()
	g.b.until(fmt.Sprintf("%q, %d times", text, times), func() bool { return strings.Count(g.printed(), text) == times })
}

func TestLogcat(t *testing.T) {
	only := []string{"Acts:I", "*:S"}
	t.Run("a dump ends with the log", func(t *testing.T) {
		b := newBench(t, time.Hour)
		b.sh("log -t Acts one; log -t Other two; log -t Acts -p w three")
		g := b.begin(wire.Act{Kind: wire.ActLogcat, Dump: true, Filters: only})
		g.exits(0)
		out := g.printed()
		if !strings.Contains(out, " I Acts    : one\n") || !strings.Contains(out, " W Acts    : three\n") || strings.Contains(out, "two") {
			t.Errorf("printed:\n%s", out)
		}
		g = b.begin(wire.Act{Kind: wire.ActLogcat, Dump: true, Filters: only, Since: "1"})
		g.exits(0)
		if out := g.printed(); strings.Contains(out, "one") {
			t.Errorf("of the last line printed:\n%s", out)
		}
	})
	t.Run("since a time by the device's clock", func(t *testing.T) {
		b := newBench(t, time.Hour)
		b.sh("log -t Acts before")
		since := b.sh("sleep 1.1; date '+%m-%d %H:%M:%S'; log -t Acts after")
		g := b.begin(wire.Act{Kind: wire.ActLogcat, Dump: true, Filters: only, Since: since})
		g.exits(0)
		if out := g.printed(); !strings.Contains(out, "after") || strings.Contains(out, "before") {
			t.Errorf("since %s printed:\n%s", since, out)
		}
	})
	t.Run("goes on over a reboot and says so", func(t *testing.T) {
		b := newBench(t, 300*time.Millisecond)
		g := b.begin(wire.Act{Kind: wire.ActLogcat, Filters: only})
		g.says("following the log")
		b.sh("log -t Acts first")
		g.prints("Acts    : first\n", 1)
		b.begin(wire.Act{Kind: wire.ActReboot, Wait: true}).exits(0)
		g.says("the log broke off")
		g.says("the log goes on")
		b.sh("log -t Acts second")
		g.prints("Acts    : second\n", 1)
		g.cancel()
		g.end()
		if out := g.printed(); strings.Count(out, "Acts    : first") != 1 {
			t.Errorf("printed:\n%s", out)
		}
	})
	t.Run("leaves no logcat behind when it is ended", func(t *testing.T) {
		b := newBench(t, time.Hour)
		g := b.begin(wire.Act{Kind: wire.ActLogcat})
		g.says("following the log")
		b.until("a logcat on the device", func() bool { return strings.Contains(b.sh("ps -ef"), "logcat") })
		g.cancel()
		g.end()
		b.until("its end", func() bool { return !strings.Contains(b.sh("ps -ef"), "logcat") })
	})
}
