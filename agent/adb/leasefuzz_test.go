package adb

import (
	"strings"
	"testing"
)

// FuzzLeases reads what a device, a server or a file says about ports.
func FuzzLeases(f *testing.F) {
	for _, seed := range []string{
		"0000", "OKAY0000", "OKAY001aUsbFfs tcp:9000 tcp:37001\n", "FAIL0003abc", "ffff", "-001x", "Success: created install session [12]",
		"Success: created install session [-1]", "[]", `[{"serial":"x","local":"tcp:1","remote":"localabstract:a"}]`, "[99999999999999999999]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := afterLength(data); err == nil {
			for _, r := range parseReverses(string(text)) {
				if !isAddress(r.Local) || !isAddress(r.Remote) {
					t.Errorf("%+v", r)
				}
			}
		}
		if id, err := parseSession(string(data)); err == nil && strings.Trim(id, "0123456789") != "" {
			t.Errorf("session %q", id)
		}
		for _, e := range parseLedger(data) {
			if strings.ContainsAny(e.Local+e.Remote, ";\n\x00") || e.Serial == "" {
				t.Errorf("%+v", e)
			}
		}
	})
}
