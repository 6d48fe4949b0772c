package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// hub stands for the broker's store and a reader with the one rule: only the
// next line. It answers from one goroutine, as a broker does.
type hub struct {
	t     *testing.T
	spool *Spool

	mu      sync.Mutex
	store   []wire.Block
	subject []string // of everything published, in order
	results map[string]wire.Result
	refuse  func(Message) error // called for each message: why it is not stored
	mute    func(Message) bool  // stored, but the answer is lost
	seq     uint64
	answers chan func()
	down    bool
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, results: map[string]wire.Result{}, answers: make(chan func(), 100_000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for f := range h.answers {
			f()
		}
	}()
	t.Cleanup(func() { close(h.answers); <-done })
	return h
}

func (h *hub) Publish(m Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down {
		return errors.New("link down")
	}
	h.subject = append(h.subject, m.Subject)
	answer := func(seq uint64, err error) { h.answers <- func() { h.spool.Answered(m.Token, seq, err) } }
	if h.refuse != nil {
		if err := h.refuse(m); err != nil {
			answer(0, err)
			return nil
		}
	}
	switch {
	case strings.HasPrefix(m.Subject, "up.run."):
		var b wire.Block
		if err := json.Unmarshal(m.Data, &b); err != nil {
			h.t.Errorf("published %q: %v", m.Data, err)
		}
		if last, _ := b.Last(); b.First != m.First || last != m.Last {
			h.t.Errorf("headers say %d to %d, block %d to %d", m.First, m.Last, b.First, last)
		}
		h.store = append(h.store, b)
	case strings.HasPrefix(m.Subject, "up.result."):
		var r wire.Result
		if err := json.Unmarshal(m.Data, &r); err != nil {
			h.t.Errorf("published %q: %v", m.Data, err)
		}
		h.results[r.Run] = r
	}
	h.seq++
	if h.mute == nil || !h.mute(m) {
		answer(h.seq, nil)
	}
	return nil
}

func (h *hub) set(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
}

// read replays a run by the rule: how many lines arrived, how many were
// counted as gaps, and the last of both.
func (h *hub) read(run string) (lines, gaps, last int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.store {
		b := &h.store[i]
		end, _ := b.Last()
		switch {
		case b.Run != run || end <= last:
		case b.Gap != "" && b.First <= last+1:
			gaps += end - last
			last = end
		case b.Gap == "" && b.First == last+1:
			for l := range b.Lines {
				if want := fmt.Sprint("line ", l.N); string(l.Bytes) != want {
					h.t.Errorf("line %d is %q", l.N, l.Bytes)
				}
				lines++
			}
			last = end
		}
	}
	return lines, gaps, last
}

// bench is a spool that runs, and what feeds it.
type bench struct {
	*Spool
	stop func()
	told *sync.Map
}

func start(t *testing.T, c Config) *bench {
	t.Helper()
	told := &sync.Map{}
	c.Logger = slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		c.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	c.Told = func(run string) {
		if _, twice := told.LoadOrStore(run, true); twice {
			t.Errorf("%s told twice", run)
		}
	}
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop := sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return &bench{s, stop, told}
}

func (b *bench) connect(h *hub) {
	h.spool = b.Spool
	b.Up(h)
	b.Resumed(map[string]int64{})
}

// write puts lines from first to last into blocks of size lines.
func write(w *Writer, run string, first, last, size int64) {
	builder := wire.NewBuilder(run)
	for n := first; n <= last; {
		builder.Reset(n)
		for ; n <= last && int64(builder.Count()) < size; n++ {
			builder.Add(wire.Out, wire.Plain, n, fmt.Append(nil, "line ", n), false)
		}
		_ = w.Append(context.Background(), builder.First(), builder.Last(), builder.Last()*10, builder.AppendJSON(Buffer()))
	}
}

func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for: %s", what)
		}
	}
}
