// Package shell is the sh of a simulated device: the language of mksh, as far
// as testers' scripts use it, over the processes and files of package machine.
// Parsing and word expansion are mvdan.cc/sh's; running is our own, because
// process ids, groups, signals, $$ and SIGPIPE must be the simulated device's
// and nothing of the host may be reached. It knows nothing of adb.
package shell

import (
	"io"
	"maps"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// Shell is the state of one shell process.
type Shell struct {
	p      *machine.Proc
	name   string // $0
	pid    int    // $$: of the shell, also in its subshells
	params []string
	vars   map[string]expand.Variable
	frames []frame // one for each function being called
	funcs  map[string]*syntax.Stmt
	cfg    *expand.Config
	opts   options

	status     int // $?
	substTaken bool
	subst      int // the status of the last command substitution
	job        *machine.Proc
	jobs       []*machine.Proc // background children that nobody has waited for
	traps      map[string]string

	// What ends the statements that are going on.
	exiting, returning  bool
	breaking, resuming  int // loops to leave, loops to go on with
	loops, depth, quiet int // quiet > 0: a failure does not trigger set -e
	sourcing            int
	inTrap              bool
	tail                bool // the next command is the process's last: it may take its place
	only                bool // the next statement is the process's only one
	keepRedirs          bool // exec without a command: its redirections stay
	interactive         bool
	aborted             bool // ^C was typed: the line that is being run is left
	group               int  // of the children of an interactive shell: see spawnIn
}

type options struct {
	errexit, nounset, xtrace, noglob, pipefail, noexec bool
}

// frame remembers what a function's local variables hid.
type frame map[string]expand.Variable

// maxDepth bounds nested calls: an endless recursion is a script's error, not
// the end of the simulation.
const maxDepth = 200

// Main is the program sh: sh -c COMMAND [NAME ARGS…], sh FILE [ARGS…], or
// commands from standard input (with -i, or on a terminal, with a prompt).
func Main(p *machine.Proc, args []string) int {
	s := newShell(p, args[0])
	args = args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" && args[0] != "--" && args[0] != "-c" {
		switch {
		case args[0] == "-i":
			s.interactive = true
		case strings.HasPrefix(args[0], "-c"), strings.HasSuffix(args[0], "c"):
			s.setOptions("-" + strings.Trim(args[0], "-c"))
			args = append([]string{"-c"}, args[1:]...)
			continue
		case !s.setOptions(args[0]):
			p.Errorf("%s: %s: unknown option\n", s.name, args[0])
			return 1
		}
		args = args[1:]
		if len(args) > 0 && args[0] == "-c" {
			break
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	switch {
	case len(args) > 0 && args[0] == "-c":
		if len(args) == 1 {
			p.Errorf("%s: -c requires an argument\n", s.name)
			return 1
		}
		if len(args) > 2 {
			s.name, s.params = args[2], args[3:]
		}
		return s.runScript(args[1])
	case len(args) > 0 && args[0] != "-":
		s.name, s.params = args[0], args[1:]
		script, err := p.ReadFile(args[0], maxScript)
		if err != nil {
			p.Errorf("sh: %s: %s\n", args[0], machine.Reason(err))
			return 127
		}
		return s.runScript(string(script))
	case s.interactive:
		return s.converse()
	}
	script, err := io.ReadAll(io.LimitReader(p.Stdin(), maxScript))
	if err != nil && len(script) == 0 {
		return 1
	}
	return s.runScript(string(script))
}

// maxScript bounds a script read from a file or standard input.
const maxScript = 8 << 20

func newShell(p *machine.Proc, name string) *Shell {
	s := &Shell{
		p: p, name: name, pid: p.PID,
		vars: make(map[string]expand.Variable), funcs: make(map[string]*syntax.Stmt), traps: make(map[string]string),
	}
	for _, kv := range p.Env {
		name, value, _ := strings.Cut(kv, "=")
		s.vars[name] = expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}
	}
	s.setString("PWD", p.Dir)
	s.setString("IFS", " \t\n")
	s.setString("OPTIND", "1")
	s.measure()
	s.configure()
	return s
}

func parser() *syntax.Parser { return syntax.NewParser(syntax.Variant(syntax.LangMirBSDKorn)) }

// runScript runs a whole script and what is trapped on exit.
func (s *Shell) runScript(script string) int {
	file, err := parser().Parse(strings.NewReader(script), "")
	if err != nil {
		s.errorf("syntax error: %v", err)
		return 1
	}
	s.only = len(file.Stmts) == 1
	s.tail = s.only && isSimple(file.Stmts[0])
	s.stmts(file.Stmts)
	s.atExit()
	return s.status
}

// isSimple reports whether st is one plain command in the foreground.
func isSimple(st *syntax.Stmt) bool {
	_, call := st.Cmd.(*syntax.CallExpr)
	return call && !st.Negated && !st.Background && !st.Coprocess
}

func (s *Shell) atExit() {
	if action := s.traps["EXIT"]; action != "" && !s.p.Killed() {
		delete(s.traps, "EXIT")
		s.runTrap(action)
	}
}

// fork copies the shell for a child process, which is set when it runs.
func (s *Shell) fork() *Shell {
	c := &Shell{
		name: s.name, pid: s.pid, params: s.params, opts: s.opts, status: s.status, depth: s.depth,
		vars: maps.Clone(s.vars), funcs: maps.Clone(s.funcs), traps: make(map[string]string),
		job: s.job, quiet: s.quiet,
	}
	for sig, action := range s.traps {
		if action == "" && sig != "EXIT" { // ignored signals stay ignored
			c.traps[sig] = ""
		}
	}
	c.configure()
	return c
}

// spawn runs statements in a child process.
func (s *Shell) spawn(stmts ...*syntax.Stmt) (*machine.Proc, error) {
	name := s.p.Name()
	pgid := s.p.PGID
	if s.interactive {
		pgid = s.group
	}
	// The copy is made here, in the parent's goroutine: the child must not
	// read what the parent goes on changing.
	c := s.fork()
	c.only = len(stmts) == 1
	c.tail = c.only && isSimple(stmts[0])
	front := s.jobTerminal()
	return s.p.SpawnIn(name, pgid, func(p *machine.Proc) int {
		front.Foreground(p.PGID)
		c.p = p
		c.stmts(stmts)
		c.atExit()
		return c.status
	})
}

func (s *Shell) errorf(format string, args ...any) {
	s.p.Errorf(s.name+": "+format+"\n", args...)
}
