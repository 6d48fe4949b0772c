package adb_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/wire"
)

// logs collects what a Logcat tells.
type logs struct {
	tag     string
	mu      sync.Mutex // guards entries
	entries []adb.LogEntry
	end     chan error
	stop    context.CancelFunc
}

func (l *logs) emit(entries []adb.LogEntry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, entries...)
	return nil
}

// tested gives the texts of the messages under the tests' tag, and the words on
// the stream between them.
func (l *logs) tested() (said []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		switch {
		case e.Kind == adb.LogMessage && e.Tag == l.tag:
			said = append(said, e.Text)
		case e.Kind == adb.LogLost:
			said = append(said, "LOST")
		case e.Kind == adb.LogResumed:
			said = append(said, "RESUMED")
		case e.Kind == adb.LogGap:
			said = append(said, "GAP")
		}
	}
	return said
}

const tag = "Tested"

// until waits until the log tells this, words apart from each other by blanks.
func (l *logs) until(t *testing.T, want string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		got := strings.Join(l.tested(), " ")
		if got == want {
			return
		}
		select {
		case err := <-l.end:
			t.Fatalf("it ended with %v after %q", err, got)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("it tells %q, want %q", got, want)
		}
	}
}

// logcat follows the bench's device until the test ends.
func logcat(t *testing.T, b *bench, o adb.LogOptions) *logs {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &logs{tag: b.tag, end: make(chan error, 1), stop: cancel}
	var going sync.WaitGroup
	going.Go(func() { l.end <- b.Logcat(ctx, b.Locate(b.serial, ""), o, l.emit) })
	t.Cleanup(func() {
		cancel()
		going.Wait()
	})
	return l
}

// say writes numbered messages.
func say(t testing.TB, b *bench, from, to int) {
	t.Helper()
	if b.device == nil {
		b.sh(t, fmt.Sprintf("for i in $(seq %d %d); do log -p i -t %s $i || exit; done", from, to, b.tag))
		return
	}
	for i := from; i <= to; i++ {
		b.device.Log(logd.Main, 'I', tag, strconv.Itoa(i))
	}
}

func TestBench_Logcat_follows(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		l.until(t, "")
		say(t, b, 1, 3)
		l.until(t, "1 2 3")
		b.sh(t, "log -p w -t "+b.tag+" 'a warning: 50% \"of\" it'")
		l.until(t, `1 2 3 a warning: 50% "of" it`)
		now := b.now(t)
		l.mu.Lock()
		defer l.mu.Unlock()
		last := l.newest()
		if age := now.Sub(last.Time); last.PID == 0 || last.TID == 0 || last.Priority != 'W' || age.Abs() > time.Minute {
			t.Errorf("at %v: %+v", now, last)
		}
		l.stop()
		if err := <-l.end; !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled, it ends with %v", err)
		}
		l.end <- nil
	})
}

// newest is the last message under the tests' tag; l.mu is held.
func (l *logs) newest() (last adb.LogEntry) {
	for _, e := range l.entries {
		if e.Kind == adb.LogMessage && e.Tag == l.tag {
			last = e
		}
	}
	return last
}

func TestBench_Logcat_keepsBytesAndLines(t *testing.T) {
	onBothServers(t, "writes what no tool of a device can", func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		b.device.Log(logd.System, 'W', tag, "two\nlines \x01\xff")
		l.until(t, "two lines \x01\xff")
		l.mu.Lock()
		defer l.mu.Unlock()
		last := l.newest()
		if age := time.Since(last.Time); last.PID != 1104 || last.TID != 1104 || last.Priority != 'W' || age < 0 || age > time.Minute {
			t.Errorf("%+v", last)
		}
		if got := string(last.Append(nil)); got != last.Time.Format("01-02 15:04:05.000")+"  1104  1104 W Tested  : lines \x01\xff" {
			t.Errorf("%q", got)
		}
	})
}

// dump reads what a device's log holds.
func dump(t testing.TB, b *bench, o adb.LogOptions) *logs {
	t.Helper()
	o.Dump = true
	l := &logs{tag: b.tag}
	if err := b.Logcat(t.Context(), b.Locate(b.serial, ""), o, l.emit); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestBench_Logcat_dumps(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		say(t, b, 1, 5)
		only := []string{b.tag + ":V", "*:S"}
		eventually(t, "the log to have it all", func() bool {
			return strings.Join(dump(t, b, adb.LogOptions{Filters: only}).tested(), " ") == "1 2 3 4 5"
		})
		for name, c := range map[string]struct {
			o    adb.LogOptions
			want string
		}{
			"one buffer":  {adb.LogOptions{Buffers: []string{"main"}}, "1 2 3 4 5"},
			"another":     {adb.LogOptions{Buffers: []string{"crash"}}, ""},
			"a filter":    {adb.LogOptions{Filters: []string{b.tag + ":E", "*:S"}}, ""},
			"the newest":  {adb.LogOptions{Newest: 2, Filters: only}, "4 5"},
			"a process":   {adb.LogOptions{PID: 1 << 20, Filters: only}, ""},
			"since":       {adb.LogOptions{Since: b.now(t).Add(time.Hour), Filters: only}, ""},
			"from before": {adb.LogOptions{Since: b.now(t).Add(-time.Hour), Filters: only}, "1 2 3 4 5"},
		} {
			if got := strings.Join(dump(t, b, c.o).tested(), " "); got != c.want && (name != "the newest" || !strings.HasSuffix("1 2 3 4 5", got)) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	})
}

func TestBench_Logcat_options(t *testing.T) {
	onBothServers(t, "writes to buffers that no tool of a device writes to", func(t *testing.T, b *bench) {
		say(t, b, 1, 5)
		b.device.Log(logd.Events, 'I', tag, "event")
		b.device.Log(logd.System, 'E', tag, "a\n\nb")
		for name, c := range map[string]struct {
			o    adb.LogOptions
			want string
		}{
			"all buffers":    {adb.LogOptions{Buffers: []string{"all"}}, "1 2 3 4 5 event a  b"},
			"one":            {adb.LogOptions{Buffers: []string{"events"}}, "event"},
			"a filter":       {adb.LogOptions{Filters: []string{tag + ":E", "*:S"}}, "a  b"},
			"the newest":     {adb.LogOptions{Newest: 2, Buffers: []string{"main"}, Filters: []string{tag, "*:S"}}, ""},
			"a process":      {adb.LogOptions{PID: 4711}, ""},
			"since":          {adb.LogOptions{Since: time.Now().Add(time.Hour)}, ""},
			"whole messages": {adb.LogOptions{Long: true, Filters: []string{tag + ":W", "*:S"}}, "a\n\nb"},
		} {
			t.Run(name, func(t *testing.T) {
				l := dump(t, b, c.o)
				if got := strings.Join(l.tested(), " "); got != c.want && name != "the newest" {
					t.Errorf("%q, want %q", got, c.want)
				}
				if name == "the newest" && len(l.entries) > 3 { // two and a divider
					t.Errorf("%v", l.entries)
				}
			})
		}
	})
}

func TestBench_Logcat_refused(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		ignore := func([]adb.LogEntry) error { return nil }
		err := b.Logcat(t.Context(), b.Locate(b.serial, ""), adb.LogOptions{Buffers: []string{"attic"}}, ignore)
		if code(err) != wire.OpenFailed || !strings.Contains(err.Error(), "Unknown buffer 'attic'") {
			t.Errorf("an unknown buffer: %v", err)
		}
		if err := b.Logcat(t.Context(), b.Locate("nobody", ""), adb.LogOptions{}, ignore); code(err) != wire.DeviceOffline {
			t.Errorf("no such device: %v", err)
		}
		over := errors.New("enough")
		if err := b.Logcat(t.Context(), b.Locate(b.serial, ""), adb.LogOptions{}, func([]adb.LogEntry) error { return over }); err != over {
			t.Errorf("refused by the taker: %v", err)
		}
	})
}
