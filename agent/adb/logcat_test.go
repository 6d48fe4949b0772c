package adb_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/wire"
)

// logs collects what a Logcat tells.
type logs struct {
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
		case e.Kind == adb.LogMessage && e.Tag == tag:
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
	l := &logs{end: make(chan error, 1), stop: cancel}
	var going sync.WaitGroup
	going.Go(func() { l.end <- b.Logcat(ctx, b.Locate(b.serial, ""), o, l.emit) })
	t.Cleanup(func() {
		cancel()
		going.Wait()
	})
	return l
}

// say writes numbered messages.
func say(b *bench, from, to int) {
	for i := from; i <= to; i++ {
		b.device.Log(logd.Main, 'I', tag, strconv.Itoa(i))
	}
}

func TestBench_Logcat_follows(t *testing.T) {
	onBothServers(t, func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		l.until(t, "")
		say(b, 1, 3)
		l.until(t, "1 2 3")
		b.device.Log(logd.System, 'W', tag, "two\nlines \x01\xff")
		l.until(t, "1 2 3 two lines \x01\xff")
		l.mu.Lock()
		defer l.mu.Unlock()
		last := l.entries[len(l.entries)-1]
		for i := len(l.entries) - 1; last.Tag != tag; i-- {
			last = l.entries[i]
		}
		if age := time.Since(last.Time); last.PID != 1104 || last.TID != 1104 || last.Priority != 'W' || age < 0 || age > time.Minute {
			t.Errorf("%+v", last)
		}
		if got := string(last.Append(nil)); got != last.Time.Format("01-02 15:04:05.000")+"  1104  1104 W Tested  : lines \x01\xff" {
			t.Errorf("%q", got)
		}
		l.stop()
		if err := <-l.end; !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled, it ends with %v", err)
		}
		l.end <- nil
	})
}

func TestBench_Logcat_options(t *testing.T) {
	onBothServers(t, func(t *testing.T, b *bench) {
		say(b, 1, 5)
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
				c.o.Dump = true
				var l logs
				if err := b.Logcat(t.Context(), b.Locate(b.serial, ""), c.o, l.emit); err != nil {
					t.Fatal(err)
				}
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
	onBothServers(t, func(t *testing.T, b *bench) {
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

func TestBench_Logcat_goesOnWhenTheDeviceIsBack(t *testing.T) {
	onBothServers(t, func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		say(b, 1, 100)
		want := counted(1, 100)
		l.until(t, want)
		for i := range 3 {
			b.device.Vanish()
			l.until(t, want+" LOST")
			say(b, 101+i*50, 150+i*50)
			b.device.SetState("device")
			b.reconnect(t)
			want += " LOST RESUMED " + counted(101+i*50, 150+i*50)
			l.until(t, want)
		}
	})
}

func counted(from, to int) string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, strconv.Itoa(i))
	}
	return strings.Join(all, " ")
}

// reconnect makes a real server connect to the device again.
func (b *bench) reconnect(t *testing.T) {
	t.Helper()
	if !strings.Contains(b.serial, ":") {
		return
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := b.Connect(t.Context(), b.serial)
		if err == nil {
			// It may be the connection of before, of which the server does not
			// know yet that it is dead.
			var id int64
			if id, err = b.Locate(b.serial, "")(t.Context()); err == nil {
				var shell *adb.Shell
				if shell, err = b.Shell(t.Context(), id, "true"); err == nil {
					shell.Close()
					return
				}
			}
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func TestBench_Logcat_tellsWhatNobodyCanKnow(t *testing.T) {
	onBothServers(t, func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		say(b, 1, 1)
		l.until(t, "1")
		b.device.Vanish()
		l.until(t, "1 LOST")
		for range 5000 { // more than the device keeps
			b.device.Log(logd.Main, 'I', "Other", strings.Repeat("x", 100))
		}
		b.device.SetState("device")
		b.reconnect(t)
		l.until(t, "1 LOST GAP")
		say(b, 2, 3)
		l.until(t, "1 LOST GAP 2 3")
	})
}

// A buffer that was silent for so long that its newest message is not looked
// for, and then ran over.
func TestBench_Logcat_aQuietBufferRunsOver(t *testing.T) {
	var ahead atomic.Int64
	b := onSimulated(t, adbsim.Config{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}, "")
	l := logcat(t, b, adb.LogOptions{Buffers: []string{"main", "radio"}})
	b.device.Log(logd.Radio, 'I', tag, "1")
	l.until(t, "1")
	ahead.Store(int64(5 * time.Minute))
	b.device.Log(logd.Main, 'I', tag, "2")
	l.until(t, "1 2")
	b.device.Vanish()
	l.until(t, "1 2 LOST")
	for range 5000 {
		b.device.Log(logd.Radio, 'I', "Other", strings.Repeat("x", 100))
	}
	b.device.Log(logd.Main, 'I', tag, "3")
	b.device.SetState("device")
	l.until(t, "1 2 LOST RESUMED GAP 3")
}

func TestBench_Logcat_readsANewBootFromItsBeginning(t *testing.T) {
	onBothServers(t, func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{Buffers: []string{"main", "events"}})
		say(b, 1, 2)
		l.until(t, "1 2")
		rebooting := b.open(t, "reboot")
		readAll(rebooting)
		l.until(t, "1 2 LOST")
		b.reconnect(t)
		l.until(t, "1 2 LOST GAP")
		say(b, 3, 4)
		l.until(t, "1 2 LOST GAP 3 4")
		l.mu.Lock()
		defer l.mu.Unlock()
		began, gap := false, false
		for _, e := range l.entries {
			gap = gap || e.Kind == adb.LogGap
			began = began || gap && e.Tag == "boot_progress_start"
		}
		if !began {
			t.Errorf("the boot's first messages are missing: %v", l.entries)
		}
	})
}

func TestBench_Logcat_clockPutBack(t *testing.T) {
	var back atomic.Int64
	b := onSimulated(t, adbsim.Config{Now: func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }}, "")
	l := logcat(t, b, adb.LogOptions{})
	say(b, 1, 2)
	l.until(t, "1 2")
	b.device.Vanish()
	l.until(t, "1 2 LOST")
	back.Store(int64(24 * time.Hour))
	b.device.SetState("device")
	l.until(t, "1 2 LOST GAP")
	n := 2 // what is said before the new logcat looks is the gap's
	for over := time.Now().Add(20 * time.Second); len(l.tested()) == 4 && time.Now().Before(over); time.Sleep(time.Millisecond) {
		n++
		say(b, n, n)
	}
	first := l.tested()[4]
	from, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(l.tested())
	}
	say(b, n+1, n+2)
	l.until(t, "1 2 LOST GAP "+counted(from, n+2))
}

func TestBench_Logcat_olderThanAndroid7(t *testing.T) {
	onBothServers(t, func(t *testing.T, b *bench) {
		if got := b.run(t, "setprop debug.farbench.logcat old"); got.exit != 0 {
			t.Fatal(got)
		}
		l := logcat(t, b, adb.LogOptions{})
		say(b, 1, 2)
		l.until(t, "1 2")
		b.device.Vanish()
		l.until(t, "1 2 LOST")
		say(b, 3, 4)
		b.device.SetState("device")
		b.reconnect(t)
		l.until(t, "1 2 LOST RESUMED 3 4")
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, e := range l.entries {
			if age := time.Since(e.Time); e.Kind == adb.LogMessage && (age < -time.Second || age > 2*time.Minute) {
				t.Fatalf("%v old: %+v", age, e)
			}
		}
	})
}

func TestBench_Logcat_countsWhatIsNotTakenInTime(t *testing.T) {
	b := onSimulated(t, adbsim.Config{}, "")
	if got := b.run(t, "logcat -G 64M"); got.exit != 0 {
		t.Fatal(got)
	}
	const lines = 60_000
	say(b, 1, 1)
	for i := 2; i < lines; i++ {
		b.device.Log(logd.Main, 'I', "Other", strconv.Itoa(i))
	}
	say(b, lines, lines)
	held := make(chan struct{})
	var dropped, got int64
	first := true
	var last string
	err := b.Logcat(t.Context(), b.Locate(b.serial, ""), adb.LogOptions{Buffers: []string{"main"}, Dump: true, Keep: 1 << 20}, func(entries []adb.LogEntry) error {
		if first {
			first = false
			// The stream goes on while this waits: the device is not held up.
			over := time.Now().Add(20 * time.Second)
			for b.run(t, "pidof logcat").exit == 0 && time.Now().Before(over) {
				time.Sleep(time.Millisecond)
			}
			close(held)
		}
		for _, e := range entries {
			switch e.Kind {
			case adb.LogDropped:
				dropped += e.Count
			case adb.LogMessage:
				got++
				if e.Tag == tag {
					last = e.Text
				}
			case adb.LogBuffer:
				got++
			}
		}
		return nil
	})
	<-held
	if err != nil || dropped == 0 || last != fmt.Sprint(lines) {
		t.Errorf("%d dropped, the last is %q, %v", dropped, last, err)
	}
	// The buffer had some messages of the device's own before.
	if total := got + dropped; total < lines || total > lines+1000 {
		t.Errorf("%d came and %d were dropped of %d", got, dropped, lines)
	}
}
