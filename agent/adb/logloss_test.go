package adb_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
)

func TestBench_Logcat_goesOnWhenTheServerIsBack(t *testing.T) {
	killed := legs{alone: "real", simulation: "kills the adb server"}
	killed.run(t, func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{})
		say(t, b, 1, 20)
		want := counted(1, 20)
		l.until(t, want)
		b.server.Kill()
		l.until(t, want+" LOST")
		say(t, b, 21, 40)
		b.server.Resume()
		b.reconnect(t)
		l.until(t, want+" LOST RESUMED "+counted(21, 40))
	})
}

func TestBench_Logcat_goesOnWhenLogcatWasKilled(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		l := logcat(t, b, adb.LogOptions{Filters: []string{b.tag + ":V", "*:S"}})
		say(t, b, 1, 20)
		l.until(t, counted(1, 20))
		// By its filter, which no other logcat has; in brackets, so that the shell
		// that looks for it is not found.
		b.sh(t, "pkill -9 -f '"+b.tag[:1]+"["+b.tag[1:2]+"]"+b.tag[2:]+":V'")
		l.until(t, counted(1, 20)+" LOST RESUMED")
		say(t, b, 21, 22)
		l.until(t, counted(1, 20)+" LOST RESUMED 21 22")
	})
}

func TestBench_Logcat_anEndWithoutExitIsALoss(t *testing.T) {
	onBothServers(t, "needs an adbd that leaves out the exit packet", func(t *testing.T, b *bench) {
		b.device.OmitExit(true)
		defer b.device.OmitExit(false)
		say(t, b, 1, 3)
		l := logcat(t, b, adb.LogOptions{Dump: true})
		for over := time.Now().Add(20 * time.Second); !strings.HasPrefix(strings.Join(l.tested(), " "), "1 2 3 LOST"); {
			if time.Now().After(over) {
				t.Fatal(l.tested())
			}
			time.Sleep(time.Millisecond)
		}
		b.device.OmitExit(false)
		select {
		case err := <-l.end:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it goes on")
		}
		if got := strings.Join(l.tested(), " "); strings.Count(got, "1 2 3") != 1 {
			t.Errorf("%q", got)
		}
		l.end <- nil
	})
}

// A program that writes without end: what is shown are its lines in
// their order, and where some are missing because the taker was slow they are
// counted. (What the device itself had no room for, no logcat knows.)
func TestBench_Logcat_flood(t *testing.T) {
	onBothServers(t, "floods the log", func(t *testing.T, b *bench) {
		const rate = 10_000 // so that a busy machine's device keeps up
		if r := b.run(t, fmt.Sprintf("logcat -b main -G 64M; setprop debug.farbench.fault 'flood %d'", rate)); r.exit != 0 {
			t.Fatal(r)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		last, shown, dropped, missing, held := 0, 0, int64(0), int64(0), false
		err := b.Logcat(ctx, b.Locate(b.serial, ""), adb.LogOptions{Buffers: []string{"main"}, Filters: []string{"Flood", "*:S"}, Keep: 256 << 10}, func(entries []adb.LogEntry) error {
			for _, e := range entries {
				if e.Kind == adb.LogDropped {
					dropped += e.Count
				}
				var n int
				if _, err := fmt.Sscanf(e.Text, "line %d of", &n); err != nil {
					continue
				}
				if n <= last {
					return fmt.Errorf("line %d comes behind %d", n, last)
				}
				missing += int64(n - last - 1)
				last, shown = n, shown+1
			}
			if shown > 8_000 {
				cancel()
			}
			if shown > 2_000 && !held { // until the flood is far ahead
				held = true
				<-time.After(20_000 * time.Second / rate)
			}
			return nil
		})
		if ctx.Err() == nil || shown <= 8_000 {
			t.Errorf("%d lines, %v", shown, err)
		}
		if missing != dropped || dropped == 0 {
			t.Errorf("%d lines are missing, %d were counted", missing, dropped)
		}
		b.device.FloodLog(0)
	})
}
