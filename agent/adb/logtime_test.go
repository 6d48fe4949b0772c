package adb

import (
	"testing"
	"time"
)

// The device's clock stands at 2026-01-01 09:00 in Kolkata.
const aClock = "1767238200 +0530\n"

func TestParseLogTime(t *testing.T) {
	for words, want := range map[string]string{
		"2026-01-01 08:30:00.5":   "2026-01-01T03:00:00.5Z",
		"01-01 08:30:00":          "2026-01-01T03:00:00Z",
		"12-31 23:59:59.999":      "2025-12-31T18:29:59.999Z", // last year's
		"1767238199.25":           "2026-01-01T03:29:59.25Z",
		"yesterday":               "",
		"":                        "",
		"13-41 08:30:00":          "",
		"01-01 08:30:00.0 ; true": "",
	} {
		at, ok := parseLogTime(aClock, words)
		if got := at.UTC().Format(time.RFC3339Nano); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %s (%v), want %s", words, got, ok, want)
		}
	}
	if _, ok := parseLogTime("date: not found\n", "01-01 08:30:00"); ok {
		t.Error("a device without a clock has a time")
	}
}

func FuzzLogTime(f *testing.F) {
	f.Add(aClock, "01-01 08:30:00.5")
	f.Add("9223372036854775807 +9999", "02-29 00:00:00")
	f.Fuzz(func(_ *testing.T, clock, words string) { parseLogTime(clock, words) })
}
