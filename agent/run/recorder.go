package run

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/spool"
	"github.com/farbench/farbench/agent/wire"
)

const (
	joinFor = 2 * time.Millisecond   // how long lines may wait in an open block
	silence = 200 * time.Millisecond // after which a line without its end is shown, such as a prompt
	// A read of bulk bytes ends within a line by chance: the rest is on its way,
	// even if the device or this PC is slow.
	bulk        = 1 << 10
	bulkSilence = 3 * time.Second
	// A look that comes later than this was held up, and so may be the reader: it
	// looks once more, or a process that was stopped and goes on would cut a line
	// whose rest waits in its socket.
	heldUp    = 100 * time.Millisecond
	fullBlock = 64 << 10
	hugeBlock = 256 << 10 // one read of nothing but short or binary lines
)

// recorder makes numbered lines of what a command prints and blocks of these.
// What one read returned goes out at once; while an acknowledgement is
// outstanding it joins the open block instead, up to 64 KiB or 2 ms.
type recorder struct {
	ctx    context.Context
	device string
	level  func([]byte) wire.Level
	show   func(string, wire.Line)
	wall   func() time.Time
	log    *slog.Logger

	mu     sync.Mutex // guards what follows: the reader's and the timers'
	w      *spool.Writer
	b      *wire.Builder
	next   int64
	bytes  int64
	ms     int64 // of the lines that are being added
	out    []byte
	err    []byte // lines of either stream that have no end yet
	closed bool

	join, quiet *time.Timer
	joining     bool
	size        int       // of the read that is being taken
	quietUntil  time.Time // when a line without its end is shown, if nothing comes
}

func newRecorder(ctx context.Context, s wire.Start, c *Config) *recorder {
	r := &recorder{
		ctx: ctx, device: s.Device, level: c.Level, show: c.Line, wall: c.Wall, log: c.Logger.With("run", s.Run),
		w: c.Spool.Writer(s.Run), b: wire.NewBuilder(s.Run), next: 1,
	}
	r.b.Reset(1)
	r.join = time.AfterFunc(time.Hour, r.joined)
	r.quiet = time.AfterFunc(time.Hour, r.silent)
	return r
}

// begin is called before each read: lines take the time of what follows.
func (r *recorder) begin() {
	r.mu.Lock()
	r.ms, r.size = 0, 0
	r.mu.Unlock()
}

// output takes a piece of one stream.
func (r *recorder) output(stream wire.Stream, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ms == 0 {
		r.ms = r.wall().UnixMilli()
	}
	r.size += len(data)
	open := &r.out
	if stream == wire.Err {
		open = &r.err
	}
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			r.hold(stream, open, data)
			return
		}
		text := data[:end]
		if len(*open) > 0 || len(text) > wire.MaxLine {
			r.hold(stream, open, text)
			r.add(stream, *open, false)
			*open = (*open)[:0]
		} else {
			r.add(stream, text, false)
		}
		data = data[end+1:]
	}
}

// hold adds to a line that has no end yet; what is longer than a line may be
// goes on in the next.
func (r *recorder) hold(stream wire.Stream, open *[]byte, data []byte) {
	for len(*open)+len(data) > wire.MaxLine {
		n := wire.MaxLine - len(*open)
		*open = append(*open, data[:n]...)
		data = data[n:]
		cut := wholeRunes(*open)
		r.add(stream, (*open)[:cut], true)
		*open = append((*open)[:0], (*open)[cut:]...)
	}
	*open = append(*open, data...)
}

// wholeRunes is the length of p without a character that is cut at its end.
func wholeRunes(p []byte) int {
	for back := 1; back < utf8.UTFMax && back < len(p); back++ {
		if c := p[len(p)-back]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(p[len(p)-back:]) {
				return len(p) - back
			}
			break
		}
	}
	return len(p)
}

// note takes a remark of the agent, a line of its own.
func (r *recorder) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ms = r.wall().UnixMilli()
	r.put(wire.Sys, wire.System, []byte(text), false)
}

func (r *recorder) add(stream wire.Stream, text []byte, cont bool) {
	r.bytes += int64(len(text))
	if !cont {
		r.bytes++
	}
	r.put(stream, r.level(text), text, cont)
}

// put numbers a line.
func (r *recorder) put(stream wire.Stream, level wire.Level, text []byte, cont bool) {
	if r.show != nil {
		r.show(r.device, wire.Line{N: r.next, UnixMS: r.ms, Stream: stream, Level: level, Bytes: text, Cont: cont})
	}
	r.b.Add(stream, level, r.ms, text, cont)
	r.next++
	if r.b.Size() > hugeBlock {
		r.flush()
	}
}

// flushIfFree is called after each read.
func (r *recorder) flushIfFree() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.b.Count() > 0 {
		switch {
		case r.b.Size() >= fullBlock || !r.w.Busy():
			r.flush()
		case !r.joining:
			r.joining = true
			r.join.Reset(joinFor)
		}
	}
	if len(r.out) > 0 || len(r.err) > 0 {
		wait := silence
		if r.size >= bulk {
			wait = bulkSilence
		}
		r.quietUntil = time.Now().Add(wait)
		r.quiet.Reset(wait)
	}
}

func (r *recorder) joined() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.joining = false
	if !r.closed {
		r.flush()
	}
}

// silent shows lines that have no end yet.
func (r *recorder) silent() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	left := time.Until(r.quietUntil)
	if left < -heldUp && !r.quietUntil.IsZero() {
		left = silence
		r.quietUntil = time.Now().Add(left)
	}
	if left > 0 {
		r.quiet.Reset(left) // or a read came while this waited for its turn
		return
	}
	r.openEnds()
	r.flush()
	r.ms = 0 // the read that is under way has a time of its own
}

func (r *recorder) openEnds() {
	if r.ms == 0 {
		r.ms = r.wall().UnixMilli()
	}
	if len(r.out) > 0 {
		r.add(wire.Out, r.out, true)
		r.out = r.out[:0]
	}
	if len(r.err) > 0 {
		r.add(wire.Err, r.err, true)
		r.err = r.err[:0]
	}
}

func (r *recorder) flush() {
	if r.b.Count() == 0 {
		return
	}
	err := r.w.Append(r.ctx, r.b.First(), r.b.Last(), r.bytes, r.b.AppendJSON(spool.Buffer()))
	if err != nil {
		r.log.Warn("block only in memory", "err", err)
	}
	r.b.Reset(r.next)
}

// close flushes everything and returns the run's counts.
func (r *recorder) close() (lines, bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.join.Stop()
	r.quiet.Stop()
	r.openEnds()
	r.flush()
	r.w.Close()
	return r.next - 1, r.bytes
}
