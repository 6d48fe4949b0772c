package legible

import "testing"

func TestBad(t *testing.T) {
	for text, bad := range map[string]bool{
		"": false, "Ada, 1.5 m, “näher” 車 🚗": false, "a\nb\tc": false,
		"a\u202eb": true, "a\ab": true, "a\rb": true, "a\u2028b": true, "\ufeffa": true, "a\U000E0041": true,
		"a\u200db": true, "a\ufe0f": true, "\u2800": true, "\u3164": true, "\xff": true,
	} {
		if got := Bad(text, "\n\t"); (got != "") != bad {
			t.Errorf("%q: %q", text, got)
		}
	}
	if Bad("a\nb", "") == "" {
		t.Error("a line end where one line is wanted")
	}
}
