package parcel

import "testing"

func TestBadName(t *testing.T) {
	for name, why := range map[string]string{
		"file": "", ".hidden": "", "a b": "", "\xff": "", "..x": "",
		"": "is none", ".": "is none", "..": "is none", "a/b": "is none", "/": "is none", "a\x00": "is none",
		`a\b`: "holds a backslash", `\`: "holds a backslash",
	} {
		if got := BadName(name); got != why {
			t.Errorf("%q: %q", name, got)
		}
	}
}
