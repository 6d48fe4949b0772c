package machine

import (
	"bytes"
	"context"
	"io"
	"sync"
	"syscall"
)

// TTY is a terminal: the line discipline between what is typed and the
// processes that read it, a window size, and a foreground group that ^C goes to.
type TTY struct {
	out *pipe

	mu         sync.Mutex // guards what is below
	slave      *Shared
	modes      Modes
	rows, cols int
	signal     func(pgid int, sig Signal)
	foreground int
	line       []byte   // that is being typed
	lines      [][]byte // that can be read; an empty one is the end of the input
	size       int      // bytes in lines
	hung       bool
	changed    chan struct{} // closed at the next change; nil while nobody waits
}

// Modes are what a terminal does to its bytes, by the words of stty.
type Modes struct {
	Icanon bool // input comes in lines, which can be edited
	Echo   bool // what is typed is shown
	Isig   bool // ^C and its like are signals
	Icrnl  bool // a typed \r is a \n
	Onlcr  bool // a written \n is shown as \r\n
}

// Cooked are the modes of a new terminal, Raw those of one that only carries
// bytes.
var (
	Cooked = Modes{Icanon: true, Echo: true, Isig: true, Icrnl: true, Onlcr: true}
	Raw    = Modes{}
)

// NewTTY makes a terminal of no size yet.
func NewTTY(modes Modes) *TTY {
	return &TTY{modes: modes, out: &pipe{buf: make([]byte, 1024)}}
}

// Attach says who leads the terminal's session: its group is in the foreground
// until another is put there.
func (t *TTY) Attach(leader *Proc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signal = func(pgid int, sig Signal) { leader.Machine.Kill(-pgid, sig) }
	if t.foreground == 0 {
		t.foreground = leader.PID
	}
}

// Foreground puts a process group in the foreground. On no terminal it does
// nothing.
func (t *TTY) Foreground(pgid int) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.foreground = pgid
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

// Hangup is what happens when the other end goes: nothing more is read, and
// the foreground group is told.
func (t *TTY) Hangup() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hung = true
	t.wake()
	t.tell(HUP)
}

// tell sends a signal to the foreground group; the lock is held. (No signal
// takes it: a process's own work is done in its own time.)
func (t *TTY) tell(sig Signal) {
	if t.signal != nil {
		t.signal(t.foreground, sig)
	}
}

// Size is the window's.
func (t *TTY) Size() (rows, cols int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rows, t.cols
}

// Resize gives the window another size and tells the foreground group.
func (t *TTY) Resize(rows, cols int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if rows != t.rows || cols != t.cols {
		t.rows, t.cols = rows, cols
		t.tell(WINCH)
	}
}

// Modes are the terminal's.
func (t *TTY) Modes() Modes {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.modes
}

// SetModes changes them; what was typed of a line can be read at once without
// Icanon.
func (t *TTY) SetModes(m Modes) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.modes.Icanon && !m.Icanon && len(t.line) > 0 {
		t.feed(t.line)
		t.line = nil
	}
	t.modes = m
}

// Terminal is the terminal behind a file, nil where there is none.
func Terminal(f *Shared) *TTY {
	if f == nil {
		return nil
	}
	if s, ok := f.File.(slave); ok {
		return s.t
	}
	return nil
}

func (t *TTY) wake() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// wait unlocks, waits for a change and locks again.
func (t *TTY) wait(ctx context.Context) error {
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	changed := t.changed
	t.mu.Unlock()
	defer t.mu.Lock()
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type slave struct{ t *TTY }

// Read gives at most one line.
func (s slave) Read(ctx context.Context, b []byte) (int, error) {
	t := s.t
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.lines) == 0 {
		if t.hung {
			return 0, io.EOF
		}
		if err := t.wait(ctx); err != nil {
			return 0, err
		}
	}
	line := t.lines[0]
	n := copy(b, line)
	t.size -= n
	if n < len(line) {
		t.lines[0] = line[n:]
	} else {
		t.lines = t.lines[1:]
	}
	t.wake() // there is room for who types
	if len(line) == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (s slave) Write(ctx context.Context, b []byte) (int, error) {
	shown := b
	if s.t.Modes().Onlcr {
		shown = bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
	}
	if _, err := (pipeWriter{s.t.out}).Write(ctx, shown); err != nil {
		if err == syscall.EPIPE {
			err = syscall.EIO // whose terminal has gone gets SIGHUP, not SIGPIPE
		}
		return 0, err
	}
	return len(b), nil
}

func (s slave) Close() error { return pipeWriter{s.t.out}.Close() }
