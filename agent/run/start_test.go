package run

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/journal"
	"github.com/farbench/farbench/agent/life"
	"github.com/farbench/farbench/agent/wire"
)

// newRunner makes a runner whose one device answers as open says.
func newRunner(t testing.TB, l *life.Life, open func() (Shell, error)) (*Runner, *sink) {
	k := newSink(t, true)
	j, err := journal.Open(journal.Config{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{
		Life: l, Journal: j, Spool: k.s, Logger: slog.New(slog.DiscardHandler),
		Level: func([]byte) wire.Level { return wire.Plain },
		Open:  func(context.Context, int64, string) (Shell, error) { return open() },
		Device: func(id string) (wire.Device, bool) {
			return wire.Device{ID: id, State: wire.DeviceState(strings.TrimPrefix(id, "is-"))}, strings.HasPrefix(id, "is-")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Stop(); _ = j.Close() })
	return r, k
}

func (r *Runner) ended(t *testing.T, id string) wire.Result {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if a := r.Ask(wire.Request{Run: id}); a.Result != nil && a.Result.State == wire.Ended {
			return *a.Result
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not end", id)
		}
	}
}

func TestRunner_NamesWhyADeviceCannotRun(t *testing.T) {
	l := life.New()
	r, _ := newRunner(t, l, nil)
	for device, want := range map[string]wire.Code{
		"nosuch":          wire.DeviceUnknown,
		"is-offline":      wire.DeviceOffline,
		"is-recovery":     wire.DeviceOffline,
		"is-unauthorized": wire.DeviceUnauthorized,
		"is-authorizing":  wire.DeviceUnauthorized,
	} {
		a := r.Start(wire.Start{Life: l.Name(), VoidAt: 1 << 40, Run: "r-" + device, Device: device, Command: "id", TimeoutS: 1})
		if a.Result == nil || a.Result.Outcome != wire.Refused || a.Result.Fault.Code != want {
			t.Errorf("%s: %+v", device, a)
		}
	}
}

func TestRunner_WhatAdbSaysOfAnOpen(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		outcome wire.Outcome
		code    wire.Code
	}{
		"refused":   {&adb.Error{Code: wire.DeviceOffline, Message: "offline"}, wire.Refused, wire.DeviceOffline},
		"no server": {&adb.Error{Code: wire.Unavailable, Err: errors.New("connection refused")}, wire.Refused, wire.Unavailable},
		"no answer": {&adb.Error{Code: wire.OpenFailed, Err: context.DeadlineExceeded}, wire.Lost, wire.OpenFailed},
		"unknown":   {errors.New("odd"), wire.Lost, wire.OpenFailed},
	} {
		t.Run(name, func(t *testing.T) {
			l := life.New()
			r, _ := newRunner(t, l, func() (Shell, error) { return nil, c.err })
			r.Start(wire.Start{Life: l.Name(), VoidAt: 1 << 40, Run: "r1", Device: "is-device", Command: "id", TimeoutS: 1})
			if got := r.ended(t, "r1"); got.Outcome != c.outcome || got.Fault.Code != c.code || got.ExitCode != nil {
				t.Fatalf("%+v, %+v", got, got.Fault)
			}
		})
	}
}

// A process that was stopped between acceptance and open must not run late.
func TestRunner_LooksAtTheClockRightBeforeTheOpen(t *testing.T) {
	now := time.Duration(0)
	looks := 0
	l := life.WithClock(func() time.Duration {
		if looks++; looks > 2 { // the life's start and the first check
			now = time.Minute
		}
		return now
	})
	r, _ := newRunner(t, l, func() (Shell, error) { t.Error("opened late"); return nil, errors.New("late") })
	a := r.Start(wire.Start{Life: l.Name(), VoidAt: 5000, Run: "r1", Device: "is-device", Command: "id", TimeoutS: 1})
	if a.Result == nil || a.Result.State != wire.Accepted {
		t.Fatalf("answer %+v", a)
	}
	if got := r.ended(t, "r1"); got.Outcome != wire.Refused || got.Fault.Code != wire.TooLate {
		t.Fatalf("%+v", got)
	}
}

func TestRunner_Draining(t *testing.T) {
	l := life.New()
	r, _ := newRunner(t, l, func() (Shell, error) { return nil, errors.New("odd") })
	r.Stop()
	s := wire.Start{Life: l.Name(), VoidAt: 1 << 40, Run: "r1", Device: "is-device", Command: "id", TimeoutS: 1}
	if a := r.Start(s); a.Fault == nil || a.Fault.Code != wire.Draining {
		t.Fatalf("answer %+v", a)
	}
}

func FuzzStart(f *testing.F) {
	f.Add([]byte(`{"life":"x","void_at":1,"run":"r1","device":"is-device","command":"id","timeout_s":1}`))
	l := life.New()
	r, _ := newRunner(f, l, func() (Shell, error) { return nil, errors.New("odd") })
	f.Fuzz(func(t *testing.T, data []byte) {
		var s wire.Start
		if json.Unmarshal(data, &s) != nil {
			return
		}
		s.Life, s.VoidAt = l.Name(), 1<<40
		a := r.Start(s)
		if (a.Fault == nil) == (a.Result == nil) {
			t.Fatalf("answer %+v", a)
		}
	})
}

// A run that was accepted and had not begun is asked about once more, and what it
// waits for to begin is told.
func TestRunner_AsksAgainBeforeARunBegins(t *testing.T) {
	l := life.New()
	r, _ := newRunner(t, l, func() (Shell, error) { t.Error("it began"); return nil, errors.New("no") })
	asked, ended := 0, 0
	r.c.Ask = func(s wire.Start) (func(), *wire.Fault) {
		if asked++; asked == 1 || s.Confirmed {
			return func() { ended++ }, nil
		}
		return func() {}, &wire.Fault{Code: wire.ConfirmNeeded}
	}
	a := r.Start(wire.Start{Life: l.Name(), VoidAt: 1 << 40, Run: "r1", Device: "is-device", Command: "reboot", TimeoutS: 1})
	if a.Result == nil || a.Result.State != wire.Accepted {
		t.Fatalf("%+v", a)
	}
	if end := r.ended(t, "r1"); end.Outcome != wire.Refused || end.Fault == nil || end.Fault.Code != wire.ConfirmNeeded || asked != 2 || ended != 1 {
		t.Errorf("%+v, asked %d times", end, asked)
	}
	// One that is refused when it comes leaves nothing behind: it may be confirmed.
	a = r.Start(wire.Start{Life: l.Name(), VoidAt: 1 << 40, Run: "r2", Device: "is-device", Command: "reboot", TimeoutS: 1})
	if a.Fault == nil || a.Fault.Code != wire.ConfirmNeeded {
		t.Fatalf("%+v", a)
	}
	if _, known, err := r.c.Journal.Get("r2"); known || err != nil {
		t.Errorf("it is in the journal: %v", err)
	}
}
