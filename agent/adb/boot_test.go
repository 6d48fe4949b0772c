package adb

import "testing"

const aBoot = "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"

func TestParseBoot(t *testing.T) {
	for out, want := range map[string]Boot{
		aBoot + "\n1\n":               {aBoot, true},
		aBoot + "\r\n1\r\n":           {aBoot, true},
		aBoot + "\n\n":                {aBoot, false},
		aBoot + "\n0\n":               {aBoot, false},
		"\n1\n":                       {"", true},
		"":                            {"", false},
		"cat: Permission denied\n1\n": {"", true},
		aBoot + "\n1\n1\n":            {aBoot, false},
	} {
		if got := parseBoot(out); got != want {
			t.Errorf("%q gives %+v, want %+v", out, got, want)
		}
	}
}

func FuzzBoot(f *testing.F) {
	f.Add(aBoot + "\n1\n")
	f.Add("\n")
	f.Fuzz(func(t *testing.T, out string) {
		if b := parseBoot(out); b.ID != "" && len(b.ID) != 36 {
			t.Errorf("%q gives the id %q", out, b.ID)
		}
	})
}
