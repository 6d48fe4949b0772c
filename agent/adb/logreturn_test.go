package adb_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/adbsim/logd"
)

func TestBench_Logcat_goesOnWhenTheDeviceIsBack(t *testing.T) {
	onBothServers(t, "takes the device away and gives it back", func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		say(t, b, 1, 100)
		want := counted(1, 100)
		l.until(t, want)
		for i := range 3 {
			b.device.Vanish()
			l.until(t, want+" LOST")
			say(t, b, 101+i*50, 150+i*50)
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
	onBothServers(t, "takes the device away and fills its log", func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		say(t, b, 1, 1)
		l.until(t, "1")
		b.device.Vanish()
		l.until(t, "1 LOST")
		for range 5000 { // more than the device keeps
			b.device.Log(logd.Main, 'I', "Other", strings.Repeat("x", 100))
		}
		b.device.SetState("device")
		b.reconnect(t)
		l.until(t, "1 LOST GAP")
		say(t, b, 2, 3)
		l.until(t, "1 LOST GAP 2 3")
	})
}

// A buffer that was silent for so long that its newest message is not looked
// for, and then ran over.
func TestBench_Logcat_aQuietBufferRunsOver(t *testing.T) {
	var ahead atomic.Int64
	onSimulation(t, adbsim.Config{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}, "sets its clock and fills its log", func(t *testing.T, b *bench) {
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
	})
}

func TestBench_Logcat_readsANewBootFromItsBeginning(t *testing.T) {
	onBothServers(t, "reboots", func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{Buffers: []string{"main", "events"}})
		say(t, b, 1, 2)
		l.until(t, "1 2")
		rebooting := b.open(t, "reboot")
		readAll(rebooting)
		l.until(t, "1 2 LOST")
		b.reconnect(t)
		l.until(t, "1 2 LOST GAP")
		say(t, b, 3, 4)
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
	onSimulation(t, adbsim.Config{Now: func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }}, "sets its clock", func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		say(t, b, 1, 2)
		l.until(t, "1 2")
		b.device.Vanish()
		l.until(t, "1 2 LOST")
		back.Store(int64(24 * time.Hour))
		b.device.SetState("device")
		l.until(t, "1 2 LOST GAP")
		n := 2 // what is said before the new logcat looks is the gap's
		for over := time.Now().Add(20 * time.Second); len(l.tested()) == 4 && time.Now().Before(over); time.Sleep(time.Millisecond) {
			n++
			say(t, b, n, n)
		}
		first := l.tested()[4]
		from, err := strconv.Atoi(first)
		if err != nil {
			t.Fatal(l.tested())
		}
		say(t, b, n+1, n+2)
		l.until(t, "1 2 LOST GAP "+counted(from, n+2))
	})
}

func TestBench_Logcat_olderThanAndroid7(t *testing.T) {
	onBothServers(t, "needs a logcat from before Android 7", func(t *testing.T, b *bench) {
		if got := b.run(t, "setprop debug.farbench.logcat old"); got.exit != 0 {
			t.Fatal(got)
		}
		l := logcat(t, b, adb.LogOptions{})
		say(t, b, 1, 2)
		l.until(t, "1 2")
		b.device.Vanish()
		l.until(t, "1 2 LOST")
		say(t, b, 3, 4)
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
	onSimulation(t, adbsim.Config{}, "fills the log", func(t *testing.T, b *bench) {
		if got := b.run(t, "logcat -G 64M"); got.exit != 0 {
			t.Fatal(got)
		}
		const lines = 60_000
		say(t, b, 1, 1)
		for i := 2; i < lines; i++ {
			b.device.Log(logd.Main, 'I', "Other", strconv.Itoa(i))
		}
		say(t, b, lines, lines)
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
					if e.Tag == b.tag {
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
	})
}
