package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/level"
	"github.com/farbench/farbench/agent/spool"
	"github.com/farbench/farbench/agent/wire"
)

// sink is a hub that stores everything and answers at once.
type sink struct {
	s       *spool.Spool
	answers chan string

	mu     sync.Mutex // guards blocks
	keep   bool
	blocks []wire.Block
}

func (k *sink) Publish(m spool.Message) error {
	if k.keep {
		var b wire.Block
		if err := json.Unmarshal(m.Data, &b); err != nil {
			return err
		}
		k.mu.Lock()
		k.blocks = append(k.blocks, b)
		k.mu.Unlock()
	}
	k.answers <- m.Token
	return nil
}

func newSink(t testing.TB, keep bool) *sink {
	s, err := spool.Open(spool.Config{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	k := &sink{s: s, answers: make(chan string, 10_000), keep: keep}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Run(ctx) })
	wg.Go(func() {
		seq := uint64(0)
		for {
			select {
			case <-ctx.Done():
				return
			case token := <-k.answers:
				seq++
				s.Answered(token, seq, nil)
			}
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	s.Up(k)
	return k
}

func (k *sink) recorder(run string) *recorder {
	c := Config{Spool: k.s, Level: level.Of, Wall: time.Now, Logger: slog.New(slog.DiscardHandler)}
	return newRecorder(context.Background(), wire.Start{Run: run, Device: "d"}, &c)
}

// lines waits for all lines and returns them.
func (k *sink) lines(t *testing.T, n int64) (all []wire.Line) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !k.s.Idle(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not all is stored")
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.blocks {
		if err := k.blocks[i].Check(); err != nil {
			t.Fatal(err)
		}
		for l := range k.blocks[i].Lines {
			if l.N != int64(len(all)+1) {
				t.Fatalf("line %d after %d lines", l.N, len(all))
			}
			all = append(all, l)
		}
	}
	if int64(len(all)) != n {
		t.Fatalf("%d lines of %d", len(all), n)
	}
	return all
}

func restored(lines []wire.Line, stream wire.Stream) []byte {
	var out []byte
	for _, l := range lines {
		if l.Stream == stream {
			out = append(out, l.Bytes...)
			if !l.Cont {
				out = append(out, '\n')
			}
		}
	}
	return out
}

func TestRecorder_RestoresBothStreams(t *testing.T) {
	for seed := range 40 {
		rnd := rand.New(rand.NewPCG(7, uint64(seed)))
		var want [2][]byte
		k := newSink(t, true)
		r := k.recorder("r1")
		for range rnd.IntN(60) {
			stream, piece := rnd.IntN(2), make([]byte, rnd.IntN(20_000))
			for i := range piece {
				switch v := rnd.IntN(40); {
				case v == 0 && seed%3 > 0:
					piece[i] = '\n'
				case v < 3 && seed%2 == 0:
					piece[i] = byte(rnd.IntN(256))
				default:
					piece[i] = byte('a' + v%26)
				}
			}
			want[stream] = append(want[stream], piece...)
			r.begin()
			r.output([]wire.Stream{wire.Out, wire.Err}[stream], piece)
			r.flushIfFree()
			if rnd.IntN(10) == 0 {
				r.quietUntil = time.Time{}
				r.silent()
			}
		}
		n, size := r.close()
		all := k.lines(t, n)
		for i, stream := range []wire.Stream{wire.Out, wire.Err} {
			if got := restored(all, stream); !bytes.Equal(got, want[i]) {
				t.Fatalf("seed %d: stream %c: %d bytes of %d", seed, stream, len(got), len(want[i]))
			}
		}
		if int(size) != len(want[0])+len(want[1]) {
			t.Fatalf("counted %d bytes of %d", size, len(want[0])+len(want[1]))
		}
	}
}

func TestRecorder_LongLines(t *testing.T) {
	for _, n := range []int{wire.MaxLine - 1, wire.MaxLine, wire.MaxLine + 1, 3*wire.MaxLine + 5} {
		for _, text := range [][]byte{bytes.Repeat([]byte("x"), n), bytes.Repeat([]byte("é你"), n/5+1)} {
			k := newSink(t, true)
			r := k.recorder("r1")
			for rest := append(bytes.Clone(text), '\n'); len(rest) > 0; {
				cut := min(len(rest), 50_001)
				r.output(wire.Out, rest[:cut])
				rest = rest[cut:]
			}
			count, _ := r.close()
			all := k.lines(t, count)
			if want := (len(text) + wire.MaxLine - 1) / wire.MaxLine; len(all) < want || len(all) > want+1 {
				t.Errorf("%d bytes made %d lines", len(text), len(all))
			}
			if got := restored(all, wire.Out); !bytes.Equal(got, append(text, '\n')) {
				t.Errorf("%d bytes came back as %d", len(text)+1, len(got))
			}
			for _, l := range all {
				if !bytes.Equal(bytes.ToValidUTF8(l.Bytes, nil), l.Bytes) {
					t.Errorf("a character is cut in line %d", l.N)
				}
			}
		}
	}
}

func TestRecorder_SplitsNoLineThatGoesOn(t *testing.T) {
	k := newSink(t, true)
	r := k.recorder("r1")
	r.output(wire.Out, []byte("begun "))
	r.flushIfFree()
	r.silent() // its timer fired late: another read came meanwhile
	r.output(wire.Out, []byte("and ended\n"))
	n, _ := r.close()
	if all := k.lines(t, n); n != 1 || string(all[0].Bytes) != "begun and ended" || all[0].Cont {
		t.Fatalf("%d lines: %+v", n, all)
	}
}

func TestPidLine(t *testing.T) {
	for whole, want := range map[string]struct {
		pid int
		out string
	}{
		"123\nhello\n":        {123, "hello\n"},
		"123\n":               {123, ""},
		"123":                 {0, "123"},
		"":                    {0, ""},
		"oops\n":              {0, "oops\n"},
		"1234567890123456\nx": {0, "1234567890123456\nx"},
		"-5\n":                {0, "-5\n"},
	} {
		for size := 1; size <= len(whole)+1; size++ {
			p := pidLine{known: make(chan struct{})}
			var out []byte
			for rest := []byte(whole); len(rest) > 0; {
				n := min(size, len(rest))
				out = append(out, p.strip(rest[:n])...)
				rest = rest[n:]
			}
			out = append(out, p.rest()...)
			if p.pid != want.pid || string(out) != want.out {
				t.Errorf("%q by %d: pid %d, out %q", whole, size, p.pid, out)
			}
		}
	}
}

// BenchmarkRecorder is the bar of 1.2 M lines of 130 B a second on one core:
// split, level, encode, spool.
func BenchmarkRecorder(b *testing.B) {
	for _, quiet := range []bool{true, false} {
		b.Run(fmt.Sprintf("hub=%v", !quiet), func(b *testing.B) {
			k := newSink(b, false)
			if quiet {
				k.s.Down()
			}
			r := k.recorder("r1")
			line := append(bytes.Repeat([]byte("0123456789 "), 12)[:129], '\n')
			read := bytes.Repeat(line, 64<<10/130)
			b.SetBytes(130)
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += len(read) / 130 {
				r.begin()
				r.output(wire.Out, read)
				r.flushIfFree()
			}
			r.close()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
