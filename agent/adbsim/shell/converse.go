package shell

import (
	"strconv"
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
		s.measure()
		s.p.Errorf("%s", prompt)
		ctx, done := s.p.UntilSignal()
		line, whole := s.readLine(ctx, 0, true, maxLine)
		done()
		if s.interrupted() {
			s.p.Errorf("\n")
			text, s.status = "", 128+int(machine.INT)
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
		if s.interrupted() || s.aborted || s.status == 128+int(machine.INT) {
			s.p.Errorf("\n")
			s.status = 128 + int(machine.INT)
		}
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

// measure keeps LINES and COLUMNS in step with the terminal.
func (s *Shell) measure() {
	t := s.terminal()
	if t == nil {
		return
	}
	rows, cols := t.Size()
	if rows == 0 || cols == 0 {
		rows, cols = 24, 80
	}
	s.setString("LINES", strconv.Itoa(rows))
	s.setString("COLUMNS", strconv.Itoa(cols))
}

// prompt is what PS1 says, or Android's: the exit code unless it is 0, host and
// directory.
func (s *Shell) prompt() string {
	if own := s.get("PS1"); own != "" {
		if word, err := parser().Document(strings.NewReader(own)); err == nil {
			return s.literal(word)
		}
		return own
	}
	failed := ""
	if s.status != 0 {
		failed = strconv.Itoa(s.status) + "|"
	}
	end := "$"
	if s.p.Getenv("USER") == "root" {
		end = "#"
	}
	return failed + s.p.Machine.Props.Get("ro.product.device") + ":" + s.p.Dir + " " + end + " "
}
