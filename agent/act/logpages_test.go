package act

import (
	"slices"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/level"
	"github.com/farbench/farbench/agent/wire"
)

// told keeps remarks and prints in their order.
type told []string

func (t *told) Say(text string)                  { *t = append(*t, "("+text+")") }
func (t *told) Print(_ wire.Stream, data []byte) { *t = append(*t, string(data)) }

func TestLogPages(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 30, 0, 5e6, time.UTC)
	message := func(priority byte, text string) adb.LogEntry {
		return adb.LogEntry{Kind: adb.LogMessage, Time: at, PID: 7, TID: 12345, Priority: priority, Tag: "Car", Text: text}
	}
	var got told
	p := logPages{log: &got}
	err := p.take([]adb.LogEntry{
		{Kind: adb.LogBuffer, Buffer: "main"},
		message('W', "one"),
		message('E', "two\nthree"),
		{Kind: adb.LogDropped, Count: 1204},
		message('I', "bytes \x00\xff"),
		{Kind: adb.LogLost, Text: "the device is offline"},
		{Kind: adb.LogGap, Text: "the device has booted"},
		{Kind: adb.LogOther, Text: "logcat: odd"},
	})
	const head = "11-21 09:30:00.005     7 12345 "
	want := told{
		"--------- beginning of main\n" + head + "W Car     : one\n" + head + "E Car     : two\n" + head + "E Car     : three\n",
		"(1204 lines dropped: the device writes its log faster than it leaves the bench)",
		head + "I Car     : bytes \x00\xff\n",
		"(the log broke off: the device is offline; it goes on when the device is back)",
		"(the log goes on, and lines may be missing: the device has booted)",
		"logcat: odd\n",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	for priority, want := range map[byte]wire.Level{'V': wire.Debug, 'D': wire.Debug, 'I': wire.Info, 'W': wire.Warn, 'E': wire.Error, 'F': wire.Fatal} {
		e := message(priority, "text")
		if got := level.Of(e.Append(nil)); got != want {
			t.Errorf("priority %c has the level %c, want %c", priority, got, want)
		}
	}
}

func TestSpoken(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.0 s", 400 * time.Millisecond: "0.4 s", 9940 * time.Millisecond: "9.9 s", 9960 * time.Millisecond: "10 s",
		23 * time.Second: "23 s", 59600 * time.Millisecond: "1 min 0 s", 123 * time.Second: "2 min 3 s",
	} {
		if got := spoken(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
