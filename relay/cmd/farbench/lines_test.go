package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/console"
	"github.com/farbench/farbench/relay/api"
)

// shown is what a terminal with colours gets of these lines.
func shown(t *testing.T, entries ...api.LogLine) string {
	t.Helper()
	var out bytes.Buffer
	on := &terminal{Writer: &out, interactive: true, colours: true, lines: console.Paint{Depth: console.Colours256}}
	l := newLines(&surroundings{out: on, err: on}, false, func() {})
	for _, entry := range entries {
		if err := l.take(nil, &entry); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func entryOf(stream, level, text string, cont bool) api.LogLine {
	return api.LogLine{N: 1, Stream: stream, Level: level, Text: &text, Cont: cont}
}

func TestLines_TerminalShowsLevels(t *testing.T) {
	if got := shown(t, entryOf("out", "error", "E/tag: broken", false)); !strings.HasPrefix(got, "\x1b[") || !strings.HasSuffix(got, "broken\x1b[0m\n") {
		t.Errorf("an error is shown as %q", got)
	}
	for _, text := range []string{"own \x1b[32mcolours\x1b[0m", "10%\r20%", strings.Repeat("x", 5000)} {
		if got := shown(t, entryOf("out", "error", text, false)); got != text+"\n" {
			t.Errorf("%.20q is shown as %.40q", text, got)
		}
	}
	if got := shown(t, entryOf("out", "plain", "text", false)); got != "text\n" {
		t.Errorf("plain text is shown as %q", got)
	}
}

func TestLines_NoticeStandsOnALineOfItsOwn(t *testing.T) {
	to := int64(9)
	got := shown(t, entryOf("out", "plain", "half", true), api.LogLine{Gap: &api.Gap{From: 2, To: &to, Reason: "spool full"}})
	if !strings.HasPrefix(got, "half\n") || !strings.Contains(got, "lines 2 to 9 are missing: spool full") {
		t.Errorf("shown as %q", got)
	}
}

func TestLines_SysRemarksAreNoOutput(t *testing.T) {
	var out, errs bytes.Buffer
	l := newLines(&surroundings{out: &terminal{Writer: &out}, err: &terminal{Writer: &errs}}, false, func() {})
	text := "a remark"
	if err := l.take(nil, &api.LogLine{N: 1, Stream: "sys", Level: "system", Text: &text}); err != nil || out.Len()+errs.Len() != 0 {
		t.Errorf("%v, %q, %q", err, &out, &errs)
	}
}
