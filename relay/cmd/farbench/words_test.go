package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

func TestFlags_StandAnywhereAmongWords(t *testing.T) {
	for line, want := range map[string]string{
		"pull demo/a:/x --json out":               "pull --json demo/a:/x out",
		"push a --sha256 b demo/a:/x --url u":     "push --sha256 --url u a b demo/a:/x",
		"pull demo/a:/x -- --json":                "pull demo/a:/x -- --json",
		"exec demo/a -- pull b --json c":          "exec demo/a -- pull b --json c",
		"--url u install demo/a -r x --user 10 y": "--url u install -r --user 10 demo/a x y",
	} {
		if got := flagsFirst(strings.Fields(line)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: %q", line, got)
		}
	}
}

func TestHints_SpeakTheCommandLinesWords(t *testing.T) {
	for want, fault := range map[string]*wire.Fault{
		"farbench benches lists them":       {Code: wire.BenchUnknown, Hint: "GET /api/v1/benches lists them"},
		"FARBENCH_TOKEN":                    {Code: wire.Unauthorized, Hint: "send Authorization: Bearer TOKEN, or sign in"},
		"farbench reserve demo/a --wait":    {Code: wire.Reserved, Hint: "wait in the queue, ask for control, or watch what runs there"},
		"farbench reserve demo/a, then try": {Code: wire.ReserveFirst, Hint: "reserve it, then try again"},
	} {
		if speak(fault, "demo/a"); !strings.Contains(fault.Hint, want) || strings.Contains(fault.Hint, "Authorization") {
			t.Errorf("%s: %s", fault.Code, fault.Hint)
		}
	}
	if got := until(time.Unix(0, 0)); !strings.Contains(got, ":") {
		t.Error(got)
	}
}
