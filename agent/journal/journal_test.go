package journal

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

func open(t *testing.T, dir string, keep int) *Journal {
	t.Helper()
	j, err := Open(Config{Dir: dir, Keep: keep, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestJournal_Begin(t *testing.T) {
	t.Run("one of many wins", func(t *testing.T) {
		j := open(t, t.TempDir(), 0)
		var first atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				known, ok, err := j.Begin(wire.Result{Run: "r1", State: wire.Accepted, Device: "d"})
				if err != nil || known.Device != "d" {
					t.Error(known, err)
				}
				if ok {
					first.Add(1)
				}
			})
		}
		wg.Wait()
		if first.Load() != 1 {
			t.Fatalf("%d were first", first.Load())
		}
		must(t, j.Close())
	})
	t.Run("a known id is known to the next life, with its newest result", func(t *testing.T) {
		dir := t.TempDir()
		j := open(t, dir, 0)
		_, _, err := j.Begin(wire.Result{Run: "r1", Rev: 1, State: wire.Accepted})
		must(t, err)
		must(t, j.Put(wire.Result{Run: "r1", Rev: 3, State: wire.Ended, Outcome: wire.Exited, Lines: 7}))
		// No Close: the process was killed.
		j = open(t, dir, 0)
		known, first, err := j.Begin(wire.Result{Run: "r1", Rev: 1, State: wire.Accepted})
		if first || err != nil || known.Rev != 3 || known.Lines != 7 {
			t.Fatal(known, first, err)
		}
	})
}

func TestJournal_GoingAndUntold(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, 0)
	for _, id := range []string{"a", "b", "c"} {
		_, _, err := j.Begin(wire.Result{Run: id, State: wire.Accepted})
		must(t, err)
	}
	must(t, j.Put(wire.Result{Run: "b", State: wire.Ended}))
	must(t, j.Put(wire.Result{Run: "c", State: wire.Ended}))
	must(t, j.Told("c"))
	must(t, j.Told("a")) // goes on: nothing was told
	must(t, j.Close())
	j = open(t, dir, 0)
	going, err := j.Going()
	must(t, err)
	untold, err := j.Untold()
	must(t, err)
	if len(going) != 1 || going[0].Run != "a" || len(untold) != 1 || untold[0].Run != "b" {
		t.Fatal(going, untold)
	}
}

func TestJournal_IgnoresATornTail(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, 0)
	for i := range 3 {
		_, _, err := j.Begin(wire.Result{Run: fmt.Sprint("r", i), State: wire.Accepted})
		must(t, err)
	}
	must(t, j.Close())
	path := filepath.Join(dir, "journal")
	whole, err := os.ReadFile(path)
	must(t, err)
	for cut := len(whole) - 1; cut > len(whole)/3*2; cut-- {
		must(t, os.WriteFile(path, whole[:cut], 0o600))
		j := open(t, dir, 0)
		_, torn, _ := j.Get("r2")
		_, whole, _ := j.Get("r1")
		if torn || !whole {
			t.Fatalf("cut at %d: torn record known: %v, the one before it: %v", cut, torn, whole)
		}
		// What is written behind the cut is found again.
		_, _, err := j.Begin(wire.Result{Run: "later", State: wire.Accepted})
		must(t, err)
		must(t, j.Close())
		j = open(t, dir, 0)
		if _, ok, _ := j.Get("later"); !ok {
			t.Fatalf("cut at %d: a record behind the cut is lost", cut)
		}
		must(t, j.Close())
	}
}

func TestJournal_StaysBounded(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, 50)
	_, _, err := j.Begin(wire.Result{Run: "going", State: wire.Running})
	must(t, err)
	_, _, err = j.Begin(wire.Result{Run: "untold", State: wire.Ended})
	must(t, err)
	for i := range 500 {
		id := fmt.Sprint("r", i)
		_, _, err := j.Begin(wire.Result{Run: id, State: wire.Accepted})
		must(t, err)
		must(t, j.Put(wire.Result{Run: id, State: wire.Ended, Device: strings.Repeat("x", 10_000)}))
		must(t, j.Told(id))
	}
	must(t, j.Close())
	info, err := os.Stat(filepath.Join(dir, "journal"))
	must(t, err)
	if info.Size() > 5<<20 {
		t.Fatalf("the journal is %d bytes long", info.Size())
	}
	j = open(t, dir, 50)
	for _, id := range []string{"going", "untold", "r499", "r460"} {
		if r, ok, err := j.Get(id); !ok || err != nil || r.Run != id {
			t.Errorf("%s is forgotten: %v", id, err)
		}
	}
	if _, ok, _ := j.Get("r0"); ok {
		t.Error("the oldest id is still known")
	}
}

func TestLockDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	release, err := LockDir(dir)
	must(t, err)
	if _, err := LockDir(dir); err == nil || !strings.Contains(err.Error(), "in use by another process") || !strings.Contains(err.Error(), dir) {
		t.Fatalf("got %v", err)
	}
	must(t, release())
	release, err = LockDir(dir)
	must(t, err)
	must(t, release())
}

func FuzzOpen(f *testing.F) {
	f.Add(record.Append(nil, []byte(`{"result":{"run":"r1","rev":1,"state":"accepted"}}`)))
	f.Add(record.Append(nil, []byte(`{"result":`)))
	f.Fuzz(func(t *testing.T, p []byte) {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "journal"), p, 0o600))
		j := open(t, dir, 0)
		defer j.Close()
		if _, err := j.Going(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := j.Begin(wire.Result{Run: "new"}); err != nil {
			t.Fatal(err)
		}
	})
}
