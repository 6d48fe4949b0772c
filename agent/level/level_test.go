package level

import (
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

// lines is the table of what testers see, with the level that they expect.
var lines = []struct {
	text string
	want wire.Level
}{
	// logcat
	{"11-21 08:00:00.123  1234  1250 V Zygote: start", wire.Debug},
	{"11-21 08:00:00.123  1234  1250 D CarService: tick", wire.Debug},
	{"11-21 08:00:00.123  1234  1250 I ActivityManager: Start proc", wire.Info},
	{"11-21 08:00:00.123  1234  1250 W AudioFlinger: underrun", wire.Warn},
	{"11-21 08:00:00.123  1234  1250 E AndroidRuntime: java.lang.RuntimeException", wire.Error},
	{"11-21 08:00:00.123  1234  1250 F DEBUG   : *** ***", wire.Fatal},
	{"11-21 08:00:00.123  1234  1250 A libc: abort", wire.Fatal},
	{"2026-11-21 08:00:00.123  1234  1250 E Vhal: year", wire.Error},
	{"1795246488.123  1234  1250 W Vhal: epoch", wire.Warn},
	{"I/ActivityManager(  585): Starting activity", wire.Info},
	{"E/AndroidRuntime: tag format", wire.Error},
	{"11-21 08:00:00.123 W/AudioFlinger( 312): time format", wire.Warn},
	{"D(  585) process format", wire.Debug},
	{"--------- beginning of main", wire.Plain},
	// tools and scripts
	{"ERROR: no space left", wire.Error},
	{"ERROR no space left", wire.Error},
	{"error: device not found", wire.Error},
	{"Error: something", wire.Error},
	{"E: it broke", wire.Error},
	{"W: it may break", wire.Warn},
	{"[WARN] low voltage", wire.Warn},
	{"[warn] low voltage", wire.Warn},
	{"[  OK  ] started", wire.OK},
	{"[       OK ] Suite.Case (3 ms)", wire.OK},
	{"[  FAILED  ] Suite.Case", wire.Error},
	{"[  PASSED  ] 12 tests.", wire.OK},
	{"[E] short", wire.Error},
	{"FATAL EXCEPTION: main", wire.Fatal},
	{"PANIC", wire.Fatal},
	{"CRITICAL: overheated", wire.Fatal},
	{"PASS", wire.OK},
	{"PASS: boot in 8.2 s", wire.OK},
	{"OK (12 tests)", wire.OK},
	{"OK", wire.OK},
	{"ok 1 - boots", wire.OK},
	{"not ok 2 - reboots", wire.Error},
	{"not okay", wire.Plain},
	{"FAIL boot", wire.Error},
	{"Success", wire.OK},
	{"Failure [INSTALL_FAILED_INSUFFICIENT_STORAGE]", wire.Error},
	{"warning: deprecated", wire.Warn},
	{"INFO  starting", wire.Info},
	{"DEBUG x=1", wire.Debug},
	{"2026-11-21T08:00:00.123Z ERROR disk", wire.Error},
	{"2026-11-21 08:00:00,123 [WARN] disk", wire.Warn},
	{"08:00:00 INFO up", wire.Info},
	{"   ERROR: indented", wire.Error},
	// behind colours
	{"\x1b[31mERROR\x1b[0m: red", wire.Error},
	{"\x1b[1;33m[WARN]\x1b[0m yellow", wire.Warn},
	{"\x1b[38;2;250;10;10mFAIL", wire.Error},
	{"\x1b[32m11-21 08:00:00.123  1234  1250 E Tag: colour logcat", wire.Error},
	{"08:00:00 \x1b[31mERROR\x1b[0m x", wire.Error},
	// what has no mark
	{"", wire.Plain},
	{" ", wire.Plain},
	{"\x1b", wire.Plain},
	{"\x1b[", wire.Plain},
	{"\x1b[31m", wire.Plain},
	{"E", wire.Plain},
	{"hello", wire.Plain},
	{"I am a sentence", wire.Plain},
	{"A sentence", wire.Plain},
	{"D:\\windows", wire.Plain},
	{"error handling was tested", wire.Plain},
	{"Information", wire.Plain},
	{"ERRORS: 0", wire.Plain},
	{"OK_BUTTON", wire.Plain},
	{"WARNINGLIGHT on", wire.Plain},
	{"INFO2", wire.Plain},
	{"12", wire.Plain},
	{"12 24 36", wire.Plain},
	{"1234 E x", wire.Plain},
	{"123abc ERROR", wire.Plain},
	{"[ro.build.type]: [user]", wire.Plain},
	{"[    5.123456] usb 1-1: new device", wire.Plain},
	{"the last word is ERROR", wire.Plain},
	{"\xff\xfe ERROR", wire.Plain},
	{strings.Repeat("x", 100_000), wire.Plain},
	{strings.Repeat("1", 100_000), wire.Plain},
}

func TestOf(t *testing.T) {
	for _, l := range lines {
		if got := Of([]byte(l.text)); got != l.want {
			t.Errorf("%.60q is %c, want %c", l.text, got, l.want)
		}
	}
}

func TestOfAllocatesNothing(t *testing.T) {
	texts := make([][]byte, len(lines))
	for i, l := range lines {
		texts[i] = []byte(l.text)
	}
	if n := testing.AllocsPerRun(10, func() {
		for _, text := range texts {
			Of(text)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzOf(f *testing.F) {
	for _, l := range lines {
		f.Add([]byte(l.text[:min(len(l.text), 200)]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if got := Of(text); !strings.ContainsRune("pkdiwef", rune(got)) {
			t.Errorf("level %q", got)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	for _, l := range []struct{ name, text string }{
		{"plain", "hello from the device, this is line 123456 of a long run of lines that have no mark of any kind at all"},
		{"candidate", "Everything that begins with a letter of a mark is looked at twice, this is line 123456 of a long run"},
		{"number", "123456 of a long run of lines that have no mark of any kind at all, but a number in front of their text"},
		{"threadtime", "11-21 08:00:00.123  1234  1250 I ActivityManager: Start proc 4711:com.android.car/1000 for service"},
		{"brief", "I/ActivityManager(  585): Start proc 4711:com.android.car/1000 for service"},
		{"word", "ERROR: no space left on device"},
		{"coloured", "\x1b[1;33m[WARN]\x1b[0m low voltage"},
	} {
		text := []byte(l.text)
		b.Run(l.name, func(b *testing.B) {
			for b.Loop() {
				Of(text)
			}
		})
	}
}
