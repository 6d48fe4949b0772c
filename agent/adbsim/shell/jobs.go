package shell

import (
	"sort"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// foreground runs statements in a child and waits.
func (s *Shell) foreground(stmts ...*syntax.Stmt) {
	child, err := s.spawn(stmts...)
	if err != nil {
		s.errorf("%v", err)
		s.status = 1
		return
	}
	defer s.inFront(child)()
	s.status = s.waitFor(child)
}

// An interactive shell gives each job a process group of its own, led by the
// job's first process (s.group is 0 then), so that ^C ends the job in front and
// nothing else. The terminal is handed to a job in front by its first process
// as well, which may be faster than the shell. inFront gives what takes it back.
func (s *Shell) inFront(first *machine.Proc) (back func()) {
	t := s.jobTerminal()
	t.Foreground(first.PGID)
	return func() { t.Foreground(s.p.PGID) }
}

// jobTerminal is the terminal of a shell that controls jobs, nil for others.
func (s *Shell) jobTerminal() *machine.TTY {
	if !s.interactive {
		return nil
	}
	return s.terminal()
}

// terminal is where the shell reads from, nil where that is none.
func (s *Shell) terminal() *machine.TTY { return machine.Terminal(s.p.FD(0)) }

// background starts a statement and goes on. Its standard input is empty, as
// for any shell that does not control jobs.
func (s *Shell) background(st *syntax.Stmt) {
	one := *st
	one.Background, one.Disown = false, false
	null, err := s.p.Open("/dev/null", 0)
	if err != nil {
		s.errorf("/dev/null: %s", machine.Reason(err))
		s.status = 1
		return
	}
	old := s.p.SetFD(0, null) // and with it no terminal to be handed
	child, err := s.spawn(&one)
	s.p.SetFD(0, old)
	_ = null.Close()
	if err != nil {
		s.errorf("%v", err)
		s.status = 1
		return
	}
	s.job, s.status = child, 0
	s.jobs = append(s.jobs, child)
	if s.interactive {
		s.p.Errorf("[%d] %d\n", len(s.jobs), child.PID)
	}
	if len(s.jobs) > 64 { // forget those that have ended, so that the list stays small
		s.forgetEnded()
	}
}

func (s *Shell) forgetEnded() {
	var going []*machine.Proc
	for _, job := range s.jobs {
		select {
		case <-job.Done():
			if job == s.job {
				going = append(going, job)
			}
		default:
			going = append(going, job)
		}
	}
	s.jobs = going
}

// pipeline runs each part in a child of its own, all at once.
func (s *Shell) pipeline(c *syntax.BinaryCmd) {
	type part struct {
		st  *syntax.Stmt
		all bool // its standard error goes into the pipe too
	}
	parts := []part{{st: c.Y}}
	left := c
	for {
		parts = append(parts, part{st: left.X, all: left.Op == syntax.PipeAll})
		next, ok := left.X.Cmd.(*syntax.BinaryCmd)
		if !ok || next.Op != syntax.Pipe && next.Op != syntax.PipeAll || left.X.Negated || len(left.X.Redirs) > 0 {
			break
		}
		parts[len(parts)-1].st = next.Y
		left = next
	}
	var children []*machine.Proc
	var in *machine.Shared // the read end for the next part
	for i := len(parts) - 1; i >= 0; i-- {
		var r, w *machine.Shared
		saved := [3]*machine.Shared{s.p.FD(0), s.p.FD(1), s.p.FD(2)}
		if in != nil {
			s.p.SetFD(0, in)
		}
		if i > 0 {
			r, w = machine.NewPipe()
			s.p.SetFD(1, w)
			if parts[i].all {
				s.p.SetFD(2, w)
			}
		}
		child, err := s.spawn(parts[i].st)
		for fd, old := range saved {
			s.p.SetFD(fd, old)
		}
		_ = w.Close()
		_ = in.Close()
		in = r
		if err != nil {
			_ = in.Close()
			s.group = 0
			s.errorf("%v", err)
			s.status = 1
			for _, child := range children {
				s.waitFor(child)
			}
			return
		}
		children = append(children, child)
		s.group = children[0].PGID
	}
	s.group = 0
	defer s.inFront(children[0])()
	failed := 0
	for _, child := range children {
		s.status = s.waitFor(child)
		if s.status != 0 {
			failed = s.status
		}
	}
	if s.opts.pipefail {
		s.status = failed
	}
}

// takeSignals runs what is trapped for the signals that have come.
func (s *Shell) takeSignals() {
	if s.inTrap {
		return
	}
	select {
	case <-s.p.Signalled():
	default:
		return
	}
	for _, sig := range s.p.TakeSignals() {
		s.react(sig)
	}
}

// react does what is trapped for a signal that was caught.
func (s *Shell) react(sig machine.Signal) {
	if action := s.traps[sig.String()]; action != "" {
		s.runTrap(action)
	} else if sig == machine.INT && s.interactive {
		s.aborted = true
	}
}

func (s *Shell) runTrap(action string) {
	file, err := parser().Parse(strings.NewReader(action), "trap")
	if err != nil {
		s.errorf("trap: %v", err)
		return
	}
	status, exiting := s.status, s.exiting
	s.inTrap, s.exiting = true, false
	s.stmts(file.Stmts)
	s.inTrap = false
	if !s.exiting { // an exit in the action decides; otherwise nothing has changed
		s.status, s.exiting = status, exiting
	}
}

func trap(s *Shell, args []string) int {
	args = args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		names := make([]string, 0, len(s.traps))
		for name := range s.traps {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			s.p.Printf("trap -- %s %s\n", quote(s.traps[name]), name)
		}
		return 0
	}
	action, names := args[0], args[1:]
	if len(names) == 0 { // trap SIGNAL: back to the default
		action, names = "-", args
	}
	if _, err := strconv.Atoi(action); err == nil {
		action, names = "-", args
	}
	status := 0
	for _, name := range names {
		if name == "EXIT" || name == "0" {
			if delete(s.traps, "EXIT"); action != "-" {
				s.traps["EXIT"] = action
			}
			continue
		}
		sig, err := machine.ParseSignal(name)
		if err != nil {
			s.errorf("trap: %v", err)
			status = 1
			continue
		}
		s.handle(sig, action)
	}
	return status
}

func (s *Shell) handle(sig machine.Signal, action string) {
	switch action {
	case "-":
		delete(s.traps, sig.String())
		s.p.Handle(sig, machine.Default)
	case "":
		s.traps[sig.String()] = ""
		s.p.Handle(sig, machine.Ignore)
	default:
		s.traps[sig.String()] = action
		s.p.Handle(sig, machine.Catch)
	}
}

// wait waits for all background children, or for those named; a trapped
// signal ends it.
func wait(s *Shell, args []string) int {
	if len(args) == 1 {
		for _, job := range s.jobs {
			if status, ended := s.waitJob(job); !ended {
				return status
			}
		}
		s.jobs = nil
		return 0
	}
	status := 0
	for _, arg := range args[1:] {
		job := s.findJob(arg)
		if job == nil {
			status = 127
			continue
		}
		var ended bool
		if status, ended = s.waitJob(job); !ended {
			return status
		}
	}
	return status
}

func (s *Shell) waitJob(job *machine.Proc) (status int, ended bool) {
	select {
	case <-job.Done():
		return job.Status(), true
	default:
	}
	select {
	case <-job.Done():
		return job.Status(), true
	case <-s.p.Signalled():
		for _, sig := range s.p.TakeSignals() {
			status = 128 + int(sig)
			s.status = status
			s.react(sig)
		}
		if s.exiting {
			status = s.status
		}
		return status, false
	case <-s.p.Context().Done():
		return 1, false
	}
}

// findJob finds a background child by process id or %n.
func (s *Shell) findJob(arg string) *machine.Proc {
	if n, ok := strings.CutPrefix(arg, "%"); ok {
		i, err := strconv.Atoi(n)
		if err != nil || i < 1 || i > len(s.jobs) {
			return nil
		}
		return s.jobs[i-1]
	}
	pid, err := strconv.Atoi(arg)
	if err != nil {
		return nil
	}
	for _, job := range s.jobs {
		if job.PID == pid {
			return job
		}
	}
	return nil
}
