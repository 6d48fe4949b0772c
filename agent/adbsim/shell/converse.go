package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// converse is the interactive shell: a prompt, a command, and again.
func (s *Shell) converse() int {
	s.p.Handle(machine.INT, machine.Catch) // ends what runs, not the shell
	var text string
	for !s.exiting && !s.p.Killed() {
		prompt := s.prompt()
		if text != "" {
			prompt = "> "
		}
		s.p.Errorf("%s", prompt)
		line, whole := s.readLine(s.p.Context(), 0, true, maxLine)
		if s.interrupted() {
			text = ""
			continue
		}
		if !whole && line == "" {
			break
		}
		text += line + "\n"
		file, err := parser().Parse(strings.NewReader(text), "")
		if syntax.IsIncomplete(err) && whole {
			continue
		}
		text = ""
		if err != nil {
			s.errorf("syntax error: %v", err)
			s.status = 1
			continue
		}
		s.stmts(file.Stmts)
		s.interrupted()
		s.aborted = false
		s.breaking, s.resuming, s.returning = 0, 0, false
	}
	s.atExit()
	return s.status
}

// interrupted reports whether ^C was typed, and forgets it.
func (s *Shell) interrupted() bool {
	select {
	case <-s.p.Signalled():
		return len(s.p.TakeSignals()) > 0
	default:
		return false
	}
}

func (s *Shell) prompt() string {
	dir := s.p.Dir
	end := "$"
	if s.p.Getenv("USER") == "root" {
		end = "#"
	}
	return s.p.Machine.Props.Get("ro.product.device") + ":" + dir + " " + end + " "
}
