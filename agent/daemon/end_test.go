package daemon

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// shell runs a command and returns its stdout.
func (h *hub) shell(id, command string) string {
	h.t.Helper()
	h.start(id, command)
	h.result(id)
	return h.log(id).out.String()
}

func (h *hub) running(id string) {
	h.t.Helper()
	wait(h.t, id+" is running", func() bool { return h.run(id).Result.State == wire.Running })
}

func TestDaemon_EndsWhatRuns(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	for name, command := range map[string]string{
		"alone":    "sleep 600",
		"children": "sleep 601 & sleep 602 & wait",
		"hup":      "trap '' HUP; sleep 603 & sleep 604",
		"term":     "trap '' TERM HUP; sleep 605; sleep 606; sleep 607",
	} {
		t.Run("cancel "+name, func(t *testing.T) {
			id := "cancel-" + name
			h.start(id, command)
			h.running(id)
			if a := h.cancel(id); a.Result == nil {
				t.Fatalf("answer %+v", a)
			}
			if r := h.result(id); r.Outcome != wire.Cancelled || r.ExitCode != nil || r.Fault != nil {
				t.Fatalf("result %+v, %+v", r, r.Fault)
			}
			if ps := h.shell("ps-"+name, "ps"); strings.Contains(ps, "sleep") {
				t.Fatalf("still there:\n%s", ps)
			}
			if a := h.cancel(id); a.Fault == nil || a.Fault.Code != wire.RunEnded {
				t.Fatalf("cancelled again: %+v", a)
			}
		})
	}
	t.Run("timeout", func(t *testing.T) {
		h.start("slow", "echo before; sleep 600", func(s *wire.Start) { s.TimeoutS = 3 })
		if r := h.result("slow"); r.Outcome != wire.TimedOut || r.Lines != 1 {
			t.Fatalf("result %+v", r)
		}
		if ps := h.shell("ps-slow", "ps"); strings.Contains(ps, "sleep") {
			t.Fatalf("still there:\n%s", ps)
		}
	})
	t.Run("no such run", func(t *testing.T) {
		if a := h.cancel("nosuch"); a.Fault == nil || a.Fault.Code != wire.NotFound {
			t.Fatalf("answer %+v", a)
		}
	})
}

func TestDaemon_LostIsNeverAnExitCode(t *testing.T) {
	h := newHub(t)
	b := startBench(t, h)
	b.simBench.Device("SIM0001").OmitExit(true)
	h.start("lost", "echo printed")
	r := h.result("lost")
	if r.Outcome != wire.Lost || r.ExitCode != nil || r.Fault == nil || r.Fault.Code != wire.StreamLost || r.Lines != 1 {
		t.Fatalf("result %+v", r)
	}
}

func TestDaemon_Stop(t *testing.T) {
	h := newHub(t)
	b := startBench(t, h)
	h.start("going", "echo hello; sleep 600")
	wait(t, "its line", func() bool { return h.log("going").out.String() == "hello\n" })
	began := time.Now()
	b.stop()
	if took := time.Since(began); took > 9*time.Second {
		t.Errorf("took %v", took)
	}
	r := h.result("going")
	if r.Outcome != wire.Cancelled || r.Fault == nil || r.Fault.Code != wire.AgentStopped || h.log("going").out.String() != "hello\n" {
		t.Fatalf("result %+v", r)
	}
	wait(t, "goodbye", func() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.byes == 1 })
}

func TestDaemon_LongScript(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	var script strings.Builder
	for n := 1; script.Len() < wire.MaxCommand-600; n++ {
		fmt.Fprintf(&script, "echo line %d # %s\n", n, strings.Repeat("x", 500))
	}
	script.WriteString("exit 3")
	h.start("long", script.String())
	r := h.result("long")
	if r.Outcome != wire.Exited || *r.ExitCode != 3 || r.Lines != int64(strings.Count(script.String(), "echo")) {
		t.Fatalf("result %+v: %s", r, h.log("long").err.String())
	}
	if left := h.shell("ls", "ls -a /data/local/tmp"); strings.Contains(left, ".farbench") {
		t.Fatalf("left behind: %s", left)
	}
}

func TestDaemon_BytesSurvive(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	h.start("bytes", `printf 'a\r\nb\000c\377d\n\nno end'; printf 'err no end' >&2`)
	h.result("bytes")
	l := h.log("bytes")
	if got, want := l.out.String(), "a\r\nb\x00c\xffd\n\nno end"; got != want {
		t.Errorf("out %q, want %q", got, want)
	}
	if got := l.err.String(); got != "err no end" {
		t.Errorf("err %q", got)
	}
	h.start("big", "head -c 3000000 /dev/zero; head -c 1000000 /dev/urandom; head -c 500000 /dev/urandom >&2")
	r := h.result("big")
	l = h.log("big")
	out := l.out.String()
	if len(out) != 4_000_000 || !bytes.Equal([]byte(out[:3_000_000]), make([]byte, 3_000_000)) || l.err.Len() != 500_000 || r.Bytes != 4_500_000 {
		t.Errorf("%d bytes out, %d err, result %+v", len(out), l.err.Len(), r)
	}
}

func TestDaemon_ShowsAPromptWithoutItsEnd(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	h.start("prompt", "printf 'sure? '; sleep 600")
	wait(t, "the prompt", func() bool { l := h.log("prompt"); return len(l.lines) == 1 && l.lines[0].Cont })
	h.cancel("prompt")
	h.result("prompt")
}
