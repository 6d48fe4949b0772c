package danger_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/danger"
	"github.com/farbench/farbench/agent/wire"
)

// The dashboard's tests read the same file: both sides mean one thing.
func TestOf_Golden(t *testing.T) {
	text, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases struct{ Asks, Passes []string }
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Asks) < 50 || len(cases.Passes) < 50 {
		t.Fatalf("%d and %d cases", len(cases.Asks), len(cases.Passes))
	}
	for _, command := range cases.Asks {
		if danger.Of(command) == nil {
			t.Errorf("does not ask before %q", command)
		}
	}
	for _, command := range cases.Passes {
		if d := danger.Of(command); d != nil {
			t.Errorf("asks before %q: %s", command, d.Text)
		}
	}
}

func TestOf_SaysWhatItWouldDo(t *testing.T) {
	for command, want := range map[string]danger.Danger{
		"reboot":                       {Does: "Reboot device", Text: "The device leaves the bench until it has booted.", Leaves: true},
		"ls; rm -rf /data":             {Does: "Remove", Text: "/data is removed from the device, for good."},
		"find / -name x | xargs rm -r": {Does: "Remove", Text: "what was found is removed from the device, for good."},
	} {
		if d := danger.Of(command); d == nil || *d != want {
			t.Errorf("%q: %+v", command, d)
		}
	}
}

func TestOf_JudgesActsByTheirWords(t *testing.T) {
	for _, kind := range wire.ActKinds {
		a := wire.Act{Kind: kind}
		asks := danger.OfRun("", &a) != nil
		want := kind != wire.ActWait && kind != wire.ActLogcat
		if asks != want {
			t.Errorf("%s: asks %v", kind, asks)
		}
	}
}

// The parser calls itself at each nesting: what is too deep for it is not read,
// and asked about.
func TestOf_BearsWhatNestsWithoutEnd(t *testing.T) {
	for _, open := range []string{"$(", "(", "{ ", "`", "if ", "! ", "${a:-", "$((", "[[ ! ", "while ", "case x in x) ", "f() ", "for i in x; do ", "\"$(", "<(", "x | ", "x && "} {
		for _, n := range []int{100, 1000, 60 << 10 / len(open)} {
			danger.Of(strings.Repeat(open, n) + "reboot") // ends
		}
	}
	if danger.Of(strings.Repeat("( ", 2000)+"reboot") == nil {
		t.Error("passes what it cannot read")
	}
	if danger.Of("echo "+strings.Repeat("x", 70<<10)) == nil {
		t.Error("passes what is too long to be read")
	}
}

func FuzzOf(f *testing.F) {
	for _, seed := range []string{"rm -rf /data", "sh -c \"su -c 'reboot'\"", "$(", "a <<E\nx\nE", "echo $'\\x72' | sh", "${x:-`a`}"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, script string) { danger.Of(script) })
}

func TestOfSession_AsksBeforeWhatMayBeOverwritten(t *testing.T) {
	push := func(path, name string) wire.SessionSpec {
		return wire.SessionSpec{Kind: wire.SessionPush, Path: path, Name: name}
	}
	for _, spec := range []wire.SessionSpec{
		{Kind: wire.SessionInstall},
		push("/system/etc/hosts", "hosts"), push("/data", "x"), push("/", "sdcard"), push("/data/local/tmp/../../app", "x"),
		push("/vendor/", "x"), push("/sdcard/../system/x", "x"), push("/data/local", "tmp"), push("/dev/block/sda", "x"),
	} {
		if danger.OfSession(spec) == nil {
			t.Errorf("does not ask before %+v", spec)
		}
	}
	for _, spec := range []wire.SessionSpec{
		{Kind: wire.SessionPull, Path: "/system/build.prop"},
		push("/data/local/tmp/x", "x"), push("/data/local/tmp", "x"), push("/data/local/tmp/", "x"), push("/data/local/tmp/", ""),
		push("/sdcard/", "x"), push("/sdcard", "x"), push("/sdcard/Download/a.txt", "x"), push("/storage/emulated/10/x", "x"),
	} {
		if d := danger.OfSession(spec); d != nil {
			t.Errorf("asks before %+v: %s", spec, d.Text)
		}
	}
}
