package machine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Signal is a signal's number, as on Linux.
type Signal int

// The signals that programs meet.
const (
	HUP   Signal = 1
	INT   Signal = 2
	QUIT  Signal = 3
	KILL  Signal = 9
	USR1  Signal = 10
	USR2  Signal = 12
	PIPE  Signal = 13
	ALRM  Signal = 14
	TERM  Signal = 15
	CHLD  Signal = 17
	CONT  Signal = 18
	STOP  Signal = 19
	WINCH Signal = 28
)

var signalNames = map[Signal]string{
	HUP: "HUP", INT: "INT", QUIT: "QUIT", KILL: "KILL", USR1: "USR1", USR2: "USR2", PIPE: "PIPE",
	ALRM: "ALRM", TERM: "TERM", CHLD: "CHLD", CONT: "CONT", STOP: "STOP", WINCH: "WINCH",
}

func (s Signal) String() string {
	if name := signalNames[s]; name != "" {
		return name
	}
	return strconv.Itoa(int(s))
}

// ParseSignal reads "TERM", "SIGTERM" or "15".
func ParseSignal(text string) (Signal, error) {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < 65 {
		return Signal(n), nil
	}
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	for s, known := range signalNames {
		if known == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%s: bad signal", text)
}

// killed is why a process was ended by a signal.
type killed struct{ sig Signal }

func (k killed) Error() string { return "killed by " + k.sig.String() }

// Signal delivers sig: an ignored one is dropped, a caught one waits to be
// taken, any other ends the process, save those that do nothing by default.
func (p *Proc) Signal(sig Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch sig {
	case 0, CHLD, CONT, STOP:
		return
	case KILL:
	default:
		if p.ignored[sig] {
			return
		}
		if p.caught[sig] {
			if len(p.pending) < maxPending {
				p.pending = append(p.pending, sig)
			}
			select {
			case p.signalled <- struct{}{}:
			default:
			}
			if p.interrupt != nil {
				p.interrupt()
			}
			return
		}
		if sig == WINCH {
			return
		}
	}
	p.cancel(killed{sig})
}

// maxPending bounds the signals that wait to be taken; more are dropped, as a
// kernel drops a repeated signal.
const maxPending = 32

// Handle says what sig does from now on: "ignore", "catch" or the default.
func (p *Proc) Handle(sig Signal, how Handling) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.ignored, sig)
	delete(p.caught, sig)
	switch how {
	case Ignore:
		p.ignored[sig] = true
	case Catch:
		p.caught[sig] = true
	}
}

// Handling is what a process does with a signal.
type Handling uint8

// The ways to handle a signal.
const (
	Default Handling = iota
	Ignore
	Catch
)

// TakeSignals gives the caught signals that wait, oldest first.
func (p *Proc) TakeSignals() []Signal {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.pending
	p.pending = nil
	return taken
}

// Signalled has a value when a caught signal waits.
func (p *Proc) Signalled() <-chan struct{} { return p.signalled }

// UntilSignal gives a context that ends when the process is killed or catches a
// signal, one that waits already included: for a read that a signal interrupts.
// The process calls done afterwards.
func (p *Proc) UntilSignal() (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancel(p.ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interrupt = cancel
	if len(p.pending) > 0 {
		cancel()
	}
	return ctx, func() {
		p.mu.Lock()
		p.interrupt = nil
		p.mu.Unlock()
		cancel()
	}
}

// ForgetHandlers puts caught signals back to their default, as exec does;
// ignored ones stay ignored.
func (p *Proc) ForgetHandlers() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.caught)
	p.pending = nil
}
