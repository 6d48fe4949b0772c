package spool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

func ended(run string, lines int64) wire.Result {
	return wire.Result{Run: run, Rev: 3, State: wire.Ended, Outcome: wire.Exited, Lines: lines}
}

func whole(t *testing.T, h *hub, run string, n int64) {
	t.Helper()
	wait(t, "all lines at the hub", func() bool { _, _, last := h.read(run); return last == n })
	if lines, gaps, _ := h.read(run); lines != n || gaps != 0 {
		t.Fatalf("%d lines and %d in gaps of %d", lines, gaps, n)
	}
}

func TestSpool_SendsInOrderAndTheEndLast(t *testing.T) {
	h, b := newHub(t), start(t, Config{})
	w := b.Writer("r1")
	b.SetResult(wire.Result{Run: "r1", Rev: 1, State: wire.Running})
	b.connect(h)
	write(w, "r1", 1, 5000, 7)
	w.Close()
	b.SetResult(ended("r1", 5000))
	whole(t, h, "r1", 5000)
	wait(t, "the end is told", func() bool { _, ok := b.told.Load("r1"); return ok })
	h.set(func() {
		if h.subject[len(h.subject)-1] != wire.UpResult("r1") || h.results["r1"].State != wire.Ended {
			t.Error("the end did not come last")
		}
	})
}

func TestSpool_ResendsFromTheFirstRefused(t *testing.T) {
	h, b := newHub(t), start(t, Config{})
	n := 0
	h.refuse = func(m Message) error {
		n++
		if n%37 == 0 || n > 300 && n < 340 {
			return errors.New("429")
		}
		return nil
	}
	w := b.Writer("r1")
	b.connect(h)
	write(w, "r1", 1, 5000, 5)
	w.Close()
	b.SetResult(ended("r1", 5000))
	whole(t, h, "r1", 5000)
	wait(t, "all acknowledged", b.Idle)
}

func TestSpool_ResendsWhatIsNotAnswered(t *testing.T) {
	h, b := newHub(t), start(t, Config{AckWait: 50 * time.Millisecond})
	n := 0
	h.mute = func(m Message) bool { n++; return n%101 == 0 }
	w := b.Writer("r1")
	b.connect(h)
	write(w, "r1", 1, 3000, 5)
	w.Close()
	b.SetResult(ended("r1", 3000))
	whole(t, h, "r1", 3000)
	wait(t, "all acknowledged", b.Idle)
}

func TestSpool_KeepsWhileTheLinkIsDown(t *testing.T) {
	h, b := newHub(t), start(t, Config{})
	w := b.Writer("r1")
	b.connect(h)
	write(w, "r1", 1, 100, 5)
	whole(t, h, "r1", 100)
	h.set(func() { h.down = true })
	b.Down()
	write(w, "r1", 101, 4000, 5)
	w.Close()
	b.SetResult(ended("r1", 4000))
	h.set(func() { h.down = false })
	b.connect(h)
	whole(t, h, "r1", 4000)
	wait(t, "all acknowledged", b.Idle)
}

func TestSpool_Resume(t *testing.T) {
	t.Run("goes back to what the hub still has", func(t *testing.T) {
		h, b := newHub(t), start(t, Config{})
		w := b.Writer("r1")
		b.connect(h)
		write(w, "r1", 1, 1000, 10)
		w.Close()
		b.SetResult(ended("r1", 1000))
		wait(t, "all acknowledged", b.Idle)
		// The broker is put back to a copy some seconds old.
		b.Down()
		h.set(func() { h.store = h.store[:30]; delete(h.results, "r1") })
		b.Up(h)
		if got := b.Unresumed(10); len(got) != 1 || got[0] != "r1" {
			t.Fatalf("asks for %q", got)
		}
		b.Resumed(map[string]int64{"r1": 300})
		if got := b.Unresumed(10); len(got) != 0 {
			t.Fatalf("still asks for %q", got)
		}
		whole(t, h, "r1", 1000)
		wait(t, "the result is said again", func() bool {
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.results["r1"].State == wire.Ended
		})
	})
	t.Run("goes forward over what was stored without an answer", func(t *testing.T) {
		h, b := newHub(t), start(t, Config{AckWait: time.Minute})
		h.mute = func(m Message) bool { return m.First > 0 }
		w := b.Writer("r1")
		b.connect(h)
		write(w, "r1", 1, 100, 10)
		whole(t, h, "r1", 100)
		b.Down()
		h.set(func() { h.mute, h.refuse = nil, func(Message) error { return errors.New("not now") } })
		b.Up(h)
		b.Resumed(map[string]int64{"r1": 100})
		wait(t, "all acknowledged", b.Idle)
	})
	t.Run("counts as a gap what neither has", func(t *testing.T) {
		h, b := newHub(t), start(t, Config{Bound: 256 << 10})
		w := b.Writer("r1")
		b.connect(h)
		write(w, "r1", 1, 60_000, 100) // acknowledged files go, for room
		wait(t, "all acknowledged", b.Idle)
		b.Down()
		h.set(func() { h.store = h.store[:2] })
		b.Up(h)
		b.Resumed(map[string]int64{"r1": 200})
		wait(t, "the last line", func() bool { _, _, last := h.read("r1"); return last == 60_000 })
		if lines, gaps, _ := h.read("r1"); gaps == 0 || lines+gaps != 60_000 {
			t.Fatalf("%d lines, %d in gaps", lines, gaps)
		}
	})
}

func TestSpool_Bound(t *testing.T) {
	t.Run("drops the oldest as a counted gap while the link is down", func(t *testing.T) {
		h, b := newHub(t), start(t, Config{Bound: 256 << 10})
		w := b.Writer("r1")
		write(w, "r1", 1, 50_000, 20)
		w.Close()
		b.SetResult(ended("r1", 50_000))
		if size := b.Size(); size > 300<<10 {
			t.Fatalf("%d bytes on disk", size)
		}
		b.connect(h)
		wait(t, "all acknowledged", b.Idle)
		lines, gaps, last := h.read("r1")
		if last != 50_000 || gaps == 0 || lines+gaps != 50_000 || lines < 1000 {
			t.Fatalf("%d lines and %d in gaps, last %d", lines, gaps, last)
		}
		if h.results["r1"].State != wire.Ended {
			t.Fatal("the result is lost")
		}
	})
	t.Run("takes from the oldest run, and the gap survives a restart", func(t *testing.T) {
		dir := t.TempDir()
		b := start(t, Config{Dir: dir, Bound: 256 << 10})
		old := b.Writer("old")
		write(old, "old", 1, 3000, 20)
		old.Close()
		flood := b.Writer("flood")
		write(flood, "flood", 1, 30_000, 20)
		flood.Close()
		b.stop()
		h := newHub(t)
		b = start(t, Config{Dir: dir, Bound: 256 << 10})
		if last, _ := b.Last("flood"); last != 30_000 {
			t.Fatalf("last line %d", last)
		}
		b.Up(answering{h})
		h.set(func() { h.spool = b.Spool })
		b.Resumed(map[string]int64{"old": 0, "flood": 0})
		for run, n := range map[string]int64{"old": 3000, "flood": 30_000} {
			wait(t, run, func() bool { _, _, last := h.read(run); return last == n })
			if lines, gaps, _ := h.read(run); gaps == 0 || lines+gaps != n {
				t.Errorf("%s: %d lines, %d in gaps", run, lines, gaps)
			}
		}
	})
	t.Run("waits for room while the link moves", func(t *testing.T) {
		h, b := newHub(t), start(t, Config{Bound: 256 << 10})
		b.connect(h)
		w := b.Writer("r1")
		write(w, "r1", 1, 50_000, 20)
		w.Close()
		whole(t, h, "r1", 50_000)
	})
}

// answering waits until the hub knows whom to answer.
type answering struct{ h *hub }

func (a answering) Publish(m Message) error {
	for {
		a.h.mu.Lock()
		known := a.h.spool != nil
		a.h.mu.Unlock()
		if known {
			return a.h.Publish(m)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestSpool_SurvivesADeath(t *testing.T) {
	dir := t.TempDir()
	b := start(t, Config{Dir: dir})
	w := b.Writer("r1")
	write(w, "r1", 1, 1000, 10)
	b.stop()
	paths, _ := filepath.Glob(filepath.Join(dir, "*.seg"))
	f, err := os.OpenFile(paths[len(paths)-1], os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(record.Append(nil, []byte("torn in the middle"))[:12])
	_ = f.Close()

	h := newHub(t)
	b = start(t, Config{Dir: dir})
	if last, bytes := b.Last("r1"); last != 1000 || bytes != 10_000 {
		t.Fatalf("line %d, %d bytes", last, bytes)
	}
	w = b.Writer("r1")
	write(w, "r1", 1001, 1001, 1) // the marker of another life
	w.Close()
	b.SetResult(ended("r1", 1001))
	b.connect(h)
	whole(t, h, "r1", 1001)
}

func TestSpool_LetsGoOfWhatIsTold(t *testing.T) {
	dir := t.TempDir()
	h, b := newHub(t), start(t, Config{Dir: dir, Keep: 50 * time.Millisecond, AckWait: time.Second})
	b.connect(h)
	w := b.Writer("r1")
	write(w, "r1", 1, 100, 10)
	w.Close()
	b.SetResult(ended("r1", 100))
	wait(t, "the files are gone", func() bool {
		paths, _ := filepath.Glob(filepath.Join(dir, "*"))
		return len(paths) == 0 && b.Size() == 0
	})
	wait(t, "the run is forgotten", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.runs) == 0 })
}

func TestSpool_OneRunsFloodDelaysNoOthersEnd(t *testing.T) {
	h, b := newHub(t), start(t, Config{})
	flood := b.Writer("flood")
	write(flood, "flood", 1, 100_000, 50) // 2000 blocks wait
	small := b.Writer("small")
	write(small, "small", 1, 2, 1)
	small.Close()
	b.SetResult(ended("small", 2))
	b.connect(h)
	wait(t, "the small run's end", func() bool { _, ok := b.told.Load("small"); return ok })
	h.set(func() {
		for i, subject := range h.subject {
			if subject == wire.UpResult("small") {
				if i > 10 {
					t.Errorf("the end came after %d messages of the flood", i)
				}
				return
			}
		}
	})
}

func TestSpool_SaysTheStateAfterEveryReconnect(t *testing.T) {
	h, b := newHub(t), start(t, Config{})
	said := func() (n int) {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, subject := range h.subject {
			if subject == wire.UpState {
				n++
			}
		}
		return n
	}
	n := 0
	h.refuse = func(Message) error {
		if n++; n < 4 {
			return errors.New("503")
		}
		return nil
	}
	b.SetState(wire.State{Rev: 1})
	b.connect(h)
	wait(t, "the state is stored", b.Idle)
	if got := said(); got != 4 {
		t.Fatalf("said %d times", got)
	}
	b.Down()
	b.connect(h)
	wait(t, "the state is said again", func() bool { return said() == 5 })
}

func FuzzLoad(f *testing.F) {
	buf := append(Buffer(), `{"run":"r1","first":1,"count":1,"text":["a"],"t":[[1,1]],"s":"o","l":"p"}`...)
	seal(buf, 1, 1, 2)
	f.Add(buf)
	f.Fuzz(func(t *testing.T, p []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "r1.00000001.seg"), p, 0o600); err != nil {
			t.Fatal(err)
		}
		b := start(t, Config{Dir: dir})
		last, _ := b.Last("r1")
		w := b.Writer("r1")
		if err := w.Append(context.Background(), last+1, last+1, 0, append(Buffer(), "{}"...)); err != nil && last < 1<<62 {
			t.Fatal(err)
		}
		b.stop()
	})
}
