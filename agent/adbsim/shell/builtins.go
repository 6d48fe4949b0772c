package shell

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// A builtin runs in the shell's own process.
type builtin func(s *Shell, args []string) int

// builtins is filled by init: several of them run other commands, which the
// table would otherwise need before it exists.
var builtins map[string]builtin

func init() {
	builtins = map[string]builtin{
		":": yes, "true": yes, "false": no, "echo": plain(Echo), "printf": plain(Printf),
		"test": test, "[": test, "cd": cd, "pwd": pwd, "exit": exit, "return": returnFrom,
		"break": leave, "continue": leave, "shift": shift, "set": setParams, "unset": unset,
		"eval": eval, ".": source, "source": source, "exec": exec, "trap": trap, "wait": wait,
		"kill": kill, "read": read, "type": describe, "whence": describe, "command": command,
		"times": times, "umask": umask, "ulimit": ulimit, "jobs": jobs, "getopts": getopts,
		"alias": yes, "unalias": yes, "hash": yes, "builtin": command,
	}
}

func yes(*Shell, []string) int { return 0 }
func no(*Shell, []string) int  { return 1 }

// plain is a program that needs nothing of the shell, run in its process.
func plain(run machine.Program) builtin {
	return func(s *Shell, args []string) int { return run(s.p, args) }
}

func pwd(s *Shell, _ []string) int {
	s.p.Printf("%s\n", s.p.Dir)
	return 0
}

func cd(s *Shell, args []string) int {
	to := s.get("HOME")
	if len(args) > 1 {
		to = args[len(args)-1]
	}
	if to == "-" {
		to = s.get("OLDPWD")
		s.p.Printf("%s\n", to)
	}
	if to == "" {
		to = "/"
	}
	abs := s.p.Abs(to)
	info, err := s.p.Machine.FS.Stat(abs)
	if err == nil && !info.IsDir() {
		s.errorf("cd: %s: Not a directory", to)
		return 2
	}
	if err != nil {
		s.errorf("cd: %s: %s", to, machine.Reason(err))
		return 2
	}
	s.setString("OLDPWD", s.p.Dir)
	s.p.Dir = abs
	s.setString("PWD", abs)
	return 0
}

func exit(s *Shell, args []string) int {
	s.exiting = true
	return s.number(args, s.status) & 0xff
}

func returnFrom(s *Shell, args []string) int {
	s.returning = true
	if len(s.frames) == 0 && s.sourcing == 0 {
		s.returning, s.exiting = false, true
	}
	return s.number(args, s.status) & 0xff
}

// number reads the one argument of exit and its like.
func (s *Shell) number(args []string, otherwise int) int {
	if len(args) < 2 {
		return otherwise
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		s.errorf("%s: %s: bad number", args[0], args[1])
		return 2
	}
	return n
}

func leave(s *Shell, args []string) int {
	n := min(s.number(args, 1), s.loops)
	if n < 1 {
		return 0
	}
	if args[0] == "break" {
		s.breaking = n
	} else {
		s.resuming = n
	}
	return 0
}

func shift(s *Shell, args []string) int {
	n := s.number(args, 1)
	if n < 0 || n > len(s.params) {
		s.errorf("shift: nothing to shift")
		return 1
	}
	s.params = s.params[n:]
	return 0
}

func setParams(s *Shell, args []string) int {
	args = args[1:]
	if len(args) == 0 {
		s.listVariables()
		return 0
	}
	for len(args) > 0 {
		arg := args[0]
		switch {
		case arg == "--" || arg == "-":
			s.params = args[1:]
			return 0
		case (arg == "-o" || arg == "+o") && len(args) > 1:
			if !s.option(args[1], arg[0] == '-') {
				s.errorf("set: %s: bad option", args[1])
				return 1
			}
			args = args[2:]
		case strings.HasPrefix(arg, "-") || strings.HasPrefix(arg, "+"):
			if !s.setOptions(arg) {
				s.errorf("set: %s: unknown option", arg)
				return 1
			}
			args = args[1:]
		default:
			s.params = args
			return 0
		}
	}
	return 0
}

// setOptions sets the options of a word like -eu or +x.
func (s *Shell) setOptions(word string) bool {
	names := map[rune]string{'e': "errexit", 'u': "nounset", 'x': "xtrace", 'f': "noglob", 'n': "noexec"}
	for _, flag := range word[1:] {
		if strings.ContainsRune("imhBs", flag) { // nothing to do for them here
			continue
		}
		if !s.option(names[flag], word[0] == '-') {
			return false
		}
	}
	return true
}

func (s *Shell) option(name string, on bool) bool {
	switch name {
	case "errexit":
		s.opts.errexit = on
	case "nounset":
		s.opts.nounset = on
	case "xtrace":
		s.opts.xtrace = on
	case "noglob":
		s.opts.noglob = on
	case "pipefail":
		s.opts.pipefail = on
	case "noexec":
		s.opts.noexec = on
	default:
		return false
	}
	s.configure()
	return true
}

func unset(s *Shell, args []string) int {
	functions := false
	status := 0
	for _, arg := range args[1:] {
		switch {
		case arg == "-f":
			functions = true
		case arg == "-v":
		case functions:
			delete(s.funcs, arg)
		default:
			if err := s.set(arg, expand.Variable{}); err != nil {
				s.errorf("%s: %v", arg, err)
				status = 1
			}
		}
	}
	return status
}

func eval(s *Shell, args []string) int {
	s.status = 0
	return s.include(strings.Join(args[1:], " "), "eval")
}

// include runs text in this shell.
func (s *Shell) include(text, name string) int {
	if s.depth++; s.depth > maxDepth*16 {
		s.errorf("nested too deeply")
		s.exiting = true
		return 2
	}
	defer func() { s.depth-- }()
	file, err := parser().Parse(strings.NewReader(text), name)
	if err != nil {
		s.errorf("%v", err)
		return 1
	}
	s.stmts(file.Stmts)
	return s.status
}

func source(s *Shell, args []string) int {
	if len(args) < 2 {
		s.errorf(".: missing argument")
		return 1
	}
	text, err := s.p.ReadFile(args[1], maxScript)
	if err != nil {
		s.errorf("%s: %s: %s", args[0], args[1], machine.Reason(err))
		return 1
	}
	old := s.params
	if len(args) > 2 {
		s.params = args[2:]
	}
	s.sourcing++
	s.status = 0
	status := s.include(string(text), args[1])
	s.sourcing--
	s.returning, s.params = false, old
	return status
}

func exec(s *Shell, args []string) int {
	if len(args) > 1 && args[1] == "--" {
		args = append(args[:1:1], args[2:]...)
	}
	if len(args) == 1 {
		s.keepRedirs = true
		return 0
	}
	args = args[1:]
	run, _, err := s.p.Find(args[0], s.get("PATH"))
	if err != nil {
		s.exiting = !s.interactive
		if errors.Is(err, machine.ErrNotFound) {
			s.errorf("%s: %v", args[0], err)
			return 127
		}
		s.errorf("%s: %s", args[0], machine.Reason(err))
		return 126
	}
	delete(s.traps, "EXIT")
	return s.become(run, args, s.environ())
}

func kill(s *Shell, args []string) int {
	for i, arg := range args {
		if strings.HasPrefix(arg, "%") {
			job := s.findJob(arg)
			if job == nil {
				s.errorf("kill: %s: no such job", arg)
				return 1
			}
			args[i] = strconv.Itoa(job.PID)
		}
	}
	return s.p.Machine.Programs["kill"](s.p, args)
}

func describe(s *Shell, args []string) int {
	status := 0
	for _, name := range args[1:] {
		if strings.HasPrefix(name, "-") {
			continue
		}
		switch _, where, err := s.p.Find(name, s.get("PATH")); {
		case s.funcs[name] != nil:
			s.p.Printf("%s is a function\n", name)
		case builtins[name] != nil:
			s.p.Printf("%s is a shell builtin\n", name)
		case err == nil:
			s.p.Printf("%s is %s\n", name, where)
		default:
			s.p.Printf("%s not found\n", name)
			status = 127
		}
	}
	return status
}

func command(s *Shell, args []string) int {
	args = args[1:]
	for len(args) > 0 && (args[0] == "-p" || args[0] == "--") {
		args = args[1:]
	}
	if len(args) == 0 {
		return 0
	}
	if args[0] == "-v" || args[0] == "-V" {
		status := 0
		for _, name := range args[1:] {
			switch _, where, err := s.p.Find(name, s.get("PATH")); {
			case s.funcs[name] != nil || builtins[name] != nil:
				s.p.Printf("%s\n", name)
			case err == nil:
				s.p.Printf("%s\n", where)
			default:
				status = 127
			}
		}
		return status
	}
	if run := builtins[args[0]]; run != nil {
		return run(s, args)
	}
	return s.program(args, false)
}

func times(s *Shell, _ []string) int {
	_, _ = io.WriteString(s.p.Stdout(), "0m00.00s 0m00.00s\n0m00.00s 0m00.00s\n")
	return 0
}

func umask(s *Shell, args []string) int {
	if len(args) == 1 {
		s.p.Printf("077\n")
	}
	return 0
}

func ulimit(s *Shell, _ []string) int {
	s.p.Printf("unlimited\n")
	return 0
}

func jobs(s *Shell, _ []string) int {
	for i, job := range s.jobs {
		state := "Running"
		select {
		case <-job.Done():
			state = "Done"
		default:
		}
		s.p.Printf("[%d] + %-12s %s\n", i+1, state, job.Name())
	}
	return 0
}
