package shell

import (
	"errors"
	"sort"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// simple runs a simple command: assignments, a function, a builtin or a
// program. With tail the program takes the shell's place in its process.
func (s *Shell) simple(c *syntax.CallExpr, tail bool) {
	s.substTaken = false
	args, ok := s.fields(c.Args...)
	if !ok {
		return
	}
	if len(args) == 0 {
		before := s.status // what $? means in them
		for _, as := range c.Assigns {
			s.assign(as, nil)
		}
		if s.status == before && !s.exiting {
			s.status = 0
		}
		if s.substTaken && s.status == 0 {
			s.status = s.subst
		}
		return
	}
	var hidden frame
	if len(c.Assigns) > 0 {
		hidden = make(frame)
		for _, as := range c.Assigns {
			s.assign(as, func(name string, old expand.Variable, v *expand.Variable) {
				if _, twice := hidden[name]; !twice {
					hidden[name] = old
				}
				v.Exported = true
			})
		}
	}
	if s.opts.xtrace {
		s.p.Errorf("+ %s\n", strings.Join(args, " "))
	}
	s.call(args, tail)
	for name, old := range hidden {
		s.restore(name, old)
	}
}

func (s *Shell) call(args []string, tail bool) {
	if body := s.funcs[args[0]]; body != nil {
		s.function(body, args[1:])
		return
	}
	if run := builtins[args[0]]; run != nil {
		s.status = run(s, args)
		return
	}
	s.status = s.program(args, tail)
}

func (s *Shell) function(body *syntax.Stmt, params []string) {
	if len(s.frames) >= maxDepth {
		s.errorf("functions nested too deeply")
		s.status, s.exiting = 1, true
		return
	}
	oldParams, oldLoops := s.params, s.loops
	s.params, s.loops = params, 0
	s.frames = append(s.frames, make(frame))
	s.status = 0
	s.stmt(body)
	top := s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	for name, old := range top {
		s.restore(name, old)
	}
	s.params, s.loops, s.returning = oldParams, oldLoops, false
}

// program runs a program as a child and waits for it, or in place with tail.
func (s *Shell) program(args []string, tail bool) int {
	run, _, err := s.p.Find(args[0], s.get("PATH"))
	if err != nil {
		if errors.Is(err, machine.ErrNotFound) {
			s.errorf("%s: %v", args[0], err)
			return 127
		}
		s.errorf("%s: can't execute: %s", args[0], machine.Reason(err))
		return 126
	}
	env := s.environ()
	if tail && s.traps["EXIT"] == "" {
		return s.become(run, args, env)
	}
	name := strings.Join(args, " ")
	pgid := s.p.PGID
	if s.interactive {
		pgid = s.group
	}
	front := s.jobTerminal()
	child, err := s.p.SpawnIn(name, pgid, func(p *machine.Proc) int {
		front.Foreground(p.PGID)
		p.Env = env
		return run(p, args)
	})
	if err != nil {
		s.errorf("%v", err)
		return 1
	}
	defer s.inFront(child)()
	return s.waitFor(child)
}

// become lets a program take the shell's place in its process.
func (s *Shell) become(run machine.Program, args, env []string) int {
	s.p.ForgetHandlers()
	s.p.SetName(args...)
	s.p.Env = env
	s.exiting = true
	return run(s.p, args)
}

// waitFor waits for a child; a caught signal waits for its end too. A ^C that
// came to an interactive shell while it was starting the child is the child's.
func (s *Shell) waitFor(child *machine.Proc) int {
	var typed <-chan struct{}
	if s.interactive {
		typed = s.p.Signalled()
	}
	for {
		select {
		case <-child.Done():
			if s.interactive && child.Status() == 128+int(machine.INT) {
				s.aborted = true // ^C was the job's: what stands behind it on the line is left too
			}
			return child.Status()
		case <-s.p.Context().Done():
			return 1 // the shell itself was killed
		case <-typed:
			for _, sig := range s.p.TakeSignals() {
				child.Signal(sig)
				s.react(sig)
			}
		}
	}
}

// environ lists the exported variables.
func (s *Shell) environ() []string {
	env := make([]string, 0, len(s.vars))
	for name, v := range s.vars {
		if v.Exported && v.Set {
			env = append(env, name+"="+v.String())
		}
	}
	sort.Strings(env)
	return env
}
