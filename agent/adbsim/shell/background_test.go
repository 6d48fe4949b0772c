package shell_test

import "testing"

// A background job whose output goes elsewhere does not hold the output of the
// shell that started it: adb shell 'job >/dev/null 2>&1 &' returns at once.
func TestBackground_letsTheShellsOutputGo(t *testing.T) {
	m := newMachine(t)
	for _, job := range []string{
		"sleep 600 >/dev/null 2>&1 &",
		"nohup sleep 600 >/dev/null 2>&1 &",
		"(sleep 600; echo late) >/dev/null 2>&1 &",
		"{ sleep 600; echo late; } >/data/local/tmp/log 2>&1 &",
		"while true; do sleep 600; done >/dev/null 2>&1 &",
		"trap '' HUP; sleep 600 >/dev/null 2>&1 &",
	} {
		if r := run(t, m, "", job+" echo begun"); r.out != "begun\n" || r.exit != 0 {
			t.Errorf("%s: %+v", job, r)
		}
	}
	if r := run(t, m, "", "(trap 'echo end' EXIT; echo in) >/data/local/tmp/x; cat /data/local/tmp/x"); r.out != "in\nend\n" {
		t.Errorf("a trap within a redirection: %+v", r)
	}
	if r := run(t, m, "", "echo a >/data/local/tmp/y; nosuch 2>/dev/null; cat /data/local/tmp/y"); r.out != "a\n" || r.err != "" {
		t.Errorf("later commands have the shell's own output: %+v", r)
	}
}
