package machine

import (
	"bytes"
	"context"
	"sync"
)

// TTY is a terminal of the simplest kind: it echoes, gathers lines, turns ^C
// into SIGINT and ^D into the end of the input, and \n into \r\n.
type TTY struct {
	in  *pipe
	out *pipe

	mu     sync.Mutex // guards what is below
	slave  *Shared
	line   []byte
	signal func(Signal)
}

// NewTTY makes a terminal.
func NewTTY() *TTY {
	return &TTY{in: &pipe{buf: make([]byte, 1024)}, out: &pipe{buf: make([]byte, 1024)}}
}

// Control says where the signals of ^C and its like go.
func (t *TTY) Control(signal func(Signal)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signal = signal
}

// Slave gives the process's side. When every one has been closed the output
// ends.
func (t *TTY) Slave() *Shared {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.slave == nil {
		t.slave = Share(slave{t})
		return t.slave
	}
	return t.slave.Dup()
}

// Output gives what the terminal shows.
func (t *TTY) Output() *Shared { return Share(pipeReader{t.out}) }

// maxTyped bounds a line that is being typed.
const maxTyped = 4096

// Input is what was typed.
func (t *TTY) Input(typed []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range typed {
		switch {
		case c == 3 || c == 28:
			sig := map[byte]Signal{3: INT, 28: QUIT}[c]
			t.show("^" + string(rune(c+64)) + "\r\n")
			t.line = nil
			t.in.flush() // what was typed ahead is gone too
			if t.signal != nil {
				t.signal(sig)
			}
			t.feed([]byte("\n")) // so that a shell that waits for a line prompts again
		case c == 4 && len(t.line) > 0:
			t.feed(t.line)
			t.line = nil
		case c == 4:
			t.in.mu.Lock()
			t.in.noWriter = true
			t.in.wake()
			t.in.mu.Unlock()
		case c == '\r' || c == '\n':
			t.show("\r\n")
			t.feed(append(t.line, '\n'))
			t.line = nil
		case c == 127 || c == 8:
			if len(t.line) > 0 {
				t.line = t.line[:len(t.line)-1]
				t.show("\b \b")
			}
		case len(t.line) < maxTyped:
			t.line = append(t.line, c)
			t.show(string([]byte{c}))
		}
	}
}

// feed and show drop what does not fit: a terminal nobody reads loses input
// and echo rather than stand still.
func (t *TTY) feed(b []byte) { t.in.offer(b) }
func (t *TTY) show(s string) { t.out.offer([]byte(s)) }

func (p *pipe) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.size = 0, 0
}

func (p *pipe) offer(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.noReader || p.size+len(b) > pipeSize {
		return
	}
	p.grow(p.size + len(b))
	end := (p.at + p.size) % len(p.buf)
	n := copy(p.buf[end:], b)
	copy(p.buf, b[n:])
	p.size += len(b)
	p.wake()
}

type slave struct{ t *TTY }

// Terminal marks the file for test -t.
func (slave) Terminal() {}

func (s slave) Read(ctx context.Context, b []byte) (int, error) {
	return pipeReader{s.t.in}.Read(ctx, b)
}

func (s slave) Write(ctx context.Context, b []byte) (int, error) {
	if _, err := (pipeWriter{s.t.out}).Write(ctx, bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (s slave) Close() error { return pipeWriter{s.t.out}.Close() }
