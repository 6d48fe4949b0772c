package checks

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// output makes a block; a text that begins with "e:" is of err, "s:" of sys,
// and one that ends with "…" goes on.
func output(first int64, texts ...string) *wire.Block {
	b := &wire.Block{Run: "r"}
	for i, text := range texts {
		l := wire.Line{N: first + int64(i), UnixMS: 1, Stream: wire.Out, Level: wire.Plain}
		if rest, ok := strings.CutPrefix(text, "e:"); ok {
			text, l.Stream = rest, wire.Err
		} else if rest, ok := strings.CutPrefix(text, "s:"); ok {
			text, l.Stream = rest, wire.Sys
		}
		text, l.Cont = strings.CutSuffix(text, "…")
		l.Bytes = []byte(text)
		b.Add(l)
	}
	return b
}

func exited(code int) api.Run {
	return api.Run{State: wire.Ended, Outcome: wire.Exited, ExitCode: &code}
}

func ptr[T any](v T) *T { return &v }

func TestJudge_Verdicts(t *testing.T) {
	const version = `versionName=(?<version>\S+)`
	for name, c := range map[string]struct {
		pattern string
		expect  wire.Expect
		run     api.Run
		lines   []string
		want    api.Verdict
	}{
		"as expected": {
			version,
			wire.Expect{Is: ptr("24.46.3")},
			exited(0),
			[]string{"a", "  versionName=24.46.3\r", "versionName=9"},
			api.Verdict{Verdict: api.Pass, Found: "24.46.3", Expected: "24.46.3", Line: 2, Matched: "versionName=24.46.3", From: 12, To: 19, Reason: "as expected"},
		},
		"another": {
			version,
			wire.Expect{Is: ptr("24.46.4")},
			exited(0),
			[]string{"versionName=24.46.3"},
			api.Verdict{Verdict: api.Fail, Found: "24.46.3", Expected: "24.46.4", Line: 1, Matched: "versionName=24.46.3", From: 12, To: 19, Reason: "found 24.46.3, expected 24.46.4"},
		},
		"cut by the agent": {
			version,
			wire.Expect{},
			exited(1),
			[]string{"s:versionName=0", "e:versionNa…", "out", "e:me=24.…", "e:46.3"},
			api.Verdict{Verdict: api.Pass, Found: "24.46.3", Expected: "anything", Line: 4, Matched: "versionName=24.46.3", From: 12, To: 19, Reason: "as expected"},
		},
		"without its end": {
			version,
			wire.Expect{},
			exited(0),
			[]string{"versionName=7…"},
			api.Verdict{Verdict: api.Pass, Found: "7", Expected: "anything", Line: 1, Matched: "versionName=7", From: 12, To: 13, Reason: "as expected"},
		},
		"units as in a browser": {
			`😀ü (?<v>.+)$`,
			wire.Expect{},
			exited(0),
			[]string{"\xff😀ü 𝄞\xff"},
			api.Verdict{Verdict: api.Pass, Found: "𝄞\xff", Expected: "anything", Line: 1, Matched: "😀ü 𝄞\xff", From: 4, To: 7, Reason: "as expected"},
		},
		"below": {
			`(?<used>\d+)%`,
			wire.Expect{Below: ptr(90.0)},
			exited(0),
			[]string{"89%"},
			api.Verdict{Verdict: api.Pass, Found: "89", Expected: "below 90", Line: 1, Matched: "89%", To: 2, Reason: "as expected"},
		},
		"not below": {
			`(?<used>\d+)%`,
			wire.Expect{Below: ptr(90.0)},
			exited(0),
			[]string{"90%"},
			api.Verdict{Verdict: api.Fail, Found: "90", Expected: "below 90", Line: 1, Matched: "90%", To: 2, Reason: "found 90, expected below 90"},
		},
		"no number": {
			`=(?<v>.*)`,
			wire.Expect{Above: ptr(0.5)},
			exited(0),
			[]string{"=much"},
			api.Verdict{Verdict: api.Fail, Found: "much", Expected: "above 0.5", Line: 1, Matched: "=much", From: 1, To: 5, Reason: "found much, which is no number"},
		},
		"not": {
			`=(?<v>.*)`,
			wire.Expect{Not: ptr("watchdog")},
			exited(0),
			[]string{"=watchdog"},
			api.Verdict{Verdict: api.Fail, Found: "watchdog", Expected: "not watchdog", Line: 1, Matched: "=watchdog", From: 1, To: 9, Reason: "found watchdog, which it must not be"},
		},
		"matches": {
			`=(?<v>.*)`,
			wire.Expect{Matches: ptr(`^\d+$`)},
			exited(0),
			[]string{"=12"},
			api.Verdict{Verdict: api.Pass, Found: "12", Expected: `matches ^\d+$`, Line: 1, Matched: "=12", From: 1, To: 3, Reason: "as expected"},
		},
		"no line": {
			version,
			wire.Expect{},
			exited(20),
			[]string{"error: no devices"},
			api.Verdict{Verdict: api.NoMatch, Expected: "anything", Reason: "no line matches " + version + "; the command ended with exit code 20"},
		},
		"exit code 0": {
			"",
			wire.Expect{},
			exited(0), nil,
			api.Verdict{Verdict: api.Pass, Found: "exit code 0", Expected: "exit code 0", Reason: "as expected"},
		},
		"exit code 3": {
			"",
			wire.Expect{},
			exited(3), nil,
			api.Verdict{Verdict: api.Fail, Found: "exit code 3", Expected: "exit code 0", Reason: "the command ended with exit code 3"},
		},
		"going on": {
			version,
			wire.Expect{},
			api.Run{State: wire.Running},
			nil,
			api.Verdict{Verdict: api.Pending, Expected: "anything", Reason: "the command has not ended"},
		},
		"timed out": {
			version,
			wire.Expect{},
			api.Run{State: wire.Ended, Outcome: wire.TimedOut, Fault: &wire.Fault{Message: "after 20 s"}},
			nil,
			api.Verdict{Verdict: api.NotRun, Expected: "anything", Reason: "the run is timed out: after 20 s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := NewJudge(wire.RunCheck{Pattern: c.pattern, Expect: c.expect})
			if j.Reads(c.run) && c.lines != nil {
				j.Block(output(1, c.lines...))
			}
			if got := j.Verdict(c.run, true); got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestJudge_SaysWhatItDidNotLookAt(t *testing.T) {
	j := NewJudge(wire.RunCheck{Pattern: "(?<v>needle)"})
	many := make([]string, maxLines+1)
	many[maxLines] = "needle"
	if j.Block(output(1, many...)) {
		t.Error("wants more")
	}
	if v := j.Verdict(exited(0), true); v.Verdict != api.NoMatch || !v.Partial || !strings.Contains(v.Reason, "only the first 10000 lines") {
		t.Errorf("%+v", v)
	}
	j = NewJudge(wire.RunCheck{Pattern: "(?<v>needle)"})
	j.Block(wire.GapBlock("r", 1, 5, "spool full"))
	if v := j.Verdict(exited(0), true); v.Verdict != api.NoMatch || !strings.Contains(v.Reason, "spool full") {
		t.Errorf("%+v", v)
	}
	j = NewJudge(wire.RunCheck{Pattern: "(?<v>needle)"})
	j.Block(output(1, "hay"))
	if v := j.Verdict(exited(0), false); v.Verdict != api.Pending {
		t.Errorf("lines are still to come: %+v", v)
	}
}

// The worst that a pattern may ask of the longest output stays bounded.
func TestJudge_HostilePatternIsBounded(t *testing.T) {
	j := NewJudge(wire.RunCheck{Pattern: `(?<v>(a?){150}(a{1,150})?b)$`})
	if j.fault != nil {
		t.Fatal(j.fault)
	}
	began := time.Now()
	j.until = began.Add(200 * time.Millisecond)
	line := strings.Repeat("a", maxLine/8)
	for n := int64(1); j.Block(output(n, line)); n++ {
		if n > 100 {
			t.Fatal("it never has enough")
		}
	}
	t.Logf("%s", time.Since(began))
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %s", took)
	}
}
