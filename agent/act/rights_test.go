package act_test

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

func TestRights(t *testing.T) {
	b := newBench(t, 300*time.Millisecond)
	done := func(kind wire.ActKind, words ...string) {
		t.Helper()
		g := b.begin(wire.Act{Kind: kind})
		g.exits(0)
		for _, want := range words {
			if all := g.text() + "\n" + g.lines.String(); !strings.Contains(all, want) {
				t.Errorf("%s: %q is missing in:\n%s", kind, want, all)
			}
		}
	}
	if g := b.begin(wire.Act{Kind: wire.ActRemount}); true {
		if e := g.end(); e.Outcome != wire.Exited || e.Code != 1 || e.Fault.Code != wire.Forbidden || e.Fault.Hint == "" {
			t.Errorf("a remount without root ends as %+v, %+v", e, e.Fault)
		}
	}
	done(wire.ActRoot, "asking adbd to restart as root", "restarting adbd as root", "adbd is back after")
	if who := b.sh("id -u"); who != "0" {
		t.Errorf("commands run as %s", who)
	}
	done(wire.ActRoot, "already running as root")
	done(wire.ActDisableVerity)
	done(wire.ActUnroot, "adbd is back after")
}

func TestUninstall(t *testing.T) {
	b := newBench(t, time.Hour)
	g := b.begin(wire.Act{Kind: wire.ActUninstall, Package: "com.nobody.knows"})
	if e := g.end(); e.Outcome != wire.Exited || e.Code != 1 || e.Fault == nil || e.Fault.Hint == "" {
		t.Errorf("ended as %+v, %+v", e, e.Fault)
	}
}
