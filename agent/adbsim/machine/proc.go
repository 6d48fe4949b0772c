package machine

import (
	"context"
	"errors"
	"io"
	"maps"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Proc is a process. Its own goroutine alone uses files, Env and Dir;
// everything else is safe for concurrent use.
type Proc struct {
	Machine *Machine
	PID     int
	PGID    int
	PPID    int
	Env     []string // NAME=value
	Dir     string
	Started time.Time

	parent *Proc
	files  Files
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when it has ended; status is set before
	status int
	// signalled holds one token when pending is not empty.
	signalled chan struct{}

	mu      sync.Mutex // guards what is below
	name    string
	ignored map[Signal]bool
	caught  map[Signal]bool
	pending []Signal
	// interrupt ends the read that a caught signal interrupts, nil for none.
	interrupt context.CancelFunc
}

func newProc(m *Machine, parent *Proc, name string) *Proc {
	p := &Proc{
		Machine: m, parent: parent, name: name, PPID: 1, Started: m.Now(), done: make(chan struct{}),
		signalled: make(chan struct{}, 1), ignored: make(map[Signal]bool), caught: make(map[Signal]bool),
	}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

// Spawn starts main as a child in the same group, with the parent's files,
// environment, directory and ignored signals.
func (p *Proc) Spawn(name string, main func(*Proc) int) (*Proc, error) {
	return p.SpawnIn(name, p.PGID, main)
}

// SpawnIn is Spawn into another process group, or into one that the child
// leads: 0.
func (p *Proc) SpawnIn(name string, pgid int, main func(*Proc) int) (*Proc, error) {
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	child := newProc(p.Machine, p, name)
	child.PGID, child.PPID = pgid, p.PID
	child.files = p.files.dup()
	child.Env = append([]string(nil), p.Env...)
	child.Dir = p.Dir
	p.mu.Lock()
	maps.Copy(child.ignored, p.ignored)
	p.mu.Unlock()
	if err := p.Machine.launch(child, main); err != nil {
		child.files.close()
		return nil, err
	}
	return child, nil
}

func (p *Proc) run(main func(*Proc) int) {
	status := 134 // as of an abort, should the program panic
	defer func() {
		if r := recover(); r != nil {
			p.Errorf("internal error of the simulation: %v\n", r)
			if p.Machine.Panicked != nil {
				p.Machine.Panicked(p.Name(), r, debug.Stack())
			}
		}
		if k, ok := errors.AsType[killed](context.Cause(p.ctx)); ok {
			status = 128 + int(k.sig)
		}
		p.files.close()
		p.status = status
		p.Machine.gone(p)
		p.cancel(nil)
		close(p.done)
	}()
	status = main(p) & 0xff
}

// Name is what ps shows.
func (p *Proc) Name() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.name
}

// SetName changes what ps shows, as exec does.
func (p *Proc) SetName(args ...string) {
	name := strings.Join(args, " ")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name = name[:min(len(name), 4096)]
}

// Killed reports whether a signal has ended the process: its program should
// return.
func (p *Proc) Killed() bool { return p.ctx.Err() != nil }

// Context ends when the process is killed.
func (p *Proc) Context() context.Context { return p.ctx }

// Done is closed when the process has ended and its files are closed.
func (p *Proc) Done() <-chan struct{} { return p.done }

// Status is the exit code, 128+n after signal n; valid once Done is closed.
func (p *Proc) Status() int { return p.status }

// Sleep waits for d, or less when the process is killed or catches a signal.
func (p *Proc) Sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ctx.Done():
	}
}

// Getenv gives a variable of the environment, or "".
func (p *Proc) Getenv(name string) string {
	for i := len(p.Env) - 1; i >= 0; i-- {
		if key, value, _ := strings.Cut(p.Env[i], "="); key == name {
			return value
		}
	}
	return ""
}

// Stdin is the process's descriptor 0.
func (p *Proc) Stdin() io.Reader { return stream{p, 0} }

// Stdout is the process's descriptor 1.
func (p *Proc) Stdout() io.Writer { return stream{p, 1} }

// Stderr is the process's descriptor 2.
func (p *Proc) Stderr() io.Writer { return stream{p, 2} }
