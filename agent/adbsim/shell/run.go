package shell

import (
	"regexp"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// stopped reports whether the statements that are going on are to be left.
func (s *Shell) stopped() bool {
	return s.exiting || s.returning || s.aborted || s.breaking > 0 || s.resuming > 0 || s.p.Killed()
}

func (s *Shell) stmts(list []*syntax.Stmt) {
	for _, st := range list {
		if s.stopped() {
			return
		}
		s.stmt(st)
		s.takeSignals()
	}
}

func (s *Shell) stmt(st *syntax.Stmt) {
	switch {
	case s.stopped() || s.opts.noexec:
		return
	case st.Background || st.Disown:
		s.background(st)
		return
	}
	tail, only := s.tail, s.only
	s.tail, s.only = false, false
	undo, err := s.redirect(st.Redirs)
	if err == nil && only && !s.handles() {
		// Nothing comes after this: what was redirected is let go, or it would
		// hold the stream of a shell that has ended long before its background
		// job.
		undo.commit()
		undo = nil
	}
	if err != nil {
		s.errorf("%v", err)
		s.status = 1
	} else if st.Cmd != nil {
		s.command(st.Cmd, tail)
	} else {
		s.status = 0
	}
	if s.keepRedirs {
		s.keepRedirs = false
		undo.commit()
	} else {
		undo.revert(s.p)
	}
	if st.Negated {
		s.status = negated(s.status)
	} else if s.status != 0 && s.opts.errexit && s.quiet == 0 && !isList(st.Cmd) {
		s.exiting = true
	}
}

// handles says whether a trap is set that would run something.
func (s *Shell) handles() bool {
	for _, action := range s.traps {
		if action != "" {
			return true
		}
	}
	return false
}

func negated(status int) int {
	if status == 0 {
		return 1
	}
	return 0
}

// isList tells lists, whose failures set -e judges in their parts.
func isList(cmd syntax.Command) bool {
	b, ok := cmd.(*syntax.BinaryCmd)
	return ok && (b.Op == syntax.AndStmt || b.Op == syntax.OrStmt)
}

// condition runs statements whose failure is an answer, not an error.
func (s *Shell) condition(stmts []*syntax.Stmt) bool {
	s.quiet++
	s.stmts(stmts)
	s.quiet--
	return s.status == 0
}

func (s *Shell) command(cmd syntax.Command, tail bool) {
	if s.depth++; s.depth > maxDepth*16 {
		s.errorf("nested too deeply")
		s.status, s.exiting = 2, true
	}
	defer func() { s.depth-- }()
	switch c := cmd.(type) {
	case *syntax.CallExpr:
		s.simple(c, tail)
	case *syntax.Block:
		s.stmts(c.Stmts)
	case *syntax.Subshell:
		s.foreground(c.Stmts...)
	case *syntax.BinaryCmd:
		s.binary(c)
	case *syntax.IfClause:
		s.ifClause(c)
	case *syntax.WhileClause:
		s.while(c)
	case *syntax.ForClause:
		s.forClause(c)
	case *syntax.CaseClause:
		s.caseClause(c)
	case *syntax.FuncDecl:
		if c.Name == nil || c.Body == nil {
			s.errorf("syntax error: a function needs a name")
			s.status, s.exiting = 1, true
			return
		}
		s.funcs[c.Name.Value] = c.Body
		s.status = 0
	case *syntax.ArithmCmd:
		s.status = truth(s.arithm(c.X) != 0)
	case *syntax.LetClause:
		n := 0
		for _, x := range c.Exprs {
			n = s.arithm(x)
		}
		s.status = truth(n != 0)
	case *syntax.TestClause:
		s.status = s.testClause(c.X)
	case *syntax.DeclClause:
		s.declare(c)
	case *syntax.TimeClause:
		start := time.Now()
		if c.Stmt != nil {
			s.stmt(c.Stmt)
		}
		d := time.Since(start)
		s.p.Errorf("    %dm%05.2fs real     0m00.00s user     0m00.00s system\n", int(d.Minutes()), (d % time.Minute).Seconds())
	default:
		s.errorf("unsupported syntax")
		s.status = 1
	}
}

// truth is the exit code of a condition.
func truth(yes bool) int {
	if yes {
		return 0
	}
	return 1
}

func (s *Shell) binary(c *syntax.BinaryCmd) {
	switch c.Op {
	case syntax.AndStmt, syntax.OrStmt:
		s.quiet++
		s.stmt(c.X)
		s.quiet--
		if (s.status == 0) == (c.Op == syntax.AndStmt) {
			s.stmt(c.Y)
		}
	case syntax.Pipe, syntax.PipeAll:
		s.pipeline(c)
	}
}

func (s *Shell) ifClause(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 || s.condition(c.Cond) { // else has no condition
			s.status = 0
			s.stmts(c.Then)
			return
		}
		if s.stopped() {
			return
		}
	}
	s.status = 0
}

// body runs a loop's body once and reports whether the loop is over.
func (s *Shell) body(stmts []*syntax.Stmt) (over bool) {
	s.loops++
	s.stmts(stmts)
	s.loops--
	if s.resuming > 0 {
		s.resuming--
		return s.resuming > 0
	}
	if s.breaking > 0 {
		s.breaking--
		return true
	}
	return s.stopped()
}

func (s *Shell) while(c *syntax.WhileClause) {
	last := 0
	for {
		yes := s.condition(c.Cond)
		if s.stopped() {
			return
		}
		if yes == c.Until {
			break
		}
		over := s.body(c.Do)
		last = s.status
		if over {
			return
		}
	}
	s.status = last
}

func (s *Shell) forClause(c *syntax.ForClause) {
	s.status = 0
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		items := s.params
		if loop.InPos.IsValid() {
			var ok bool
			if items, ok = s.fields(loop.Items...); !ok {
				return
			}
		}
		for _, item := range items {
			s.setString(loop.Name.Value, item)
			if s.body(c.Do) {
				return
			}
		}
	case *syntax.CStyleLoop:
		if loop.Init != nil {
			s.arithm(loop.Init)
		}
		for (loop.Cond == nil || s.arithm(loop.Cond) != 0) && !s.stopped() {
			if s.body(c.Do) {
				return
			}
			if loop.Post != nil {
				s.arithm(loop.Post)
			}
		}
	}
}

func (s *Shell) caseClause(c *syntax.CaseClause) {
	word := s.literal(c.Word)
	s.status = 0
	through := false
	for _, item := range c.Items {
		if !through && !s.matchesAny(item.Patterns, word) {
			continue
		}
		s.stmts(item.Stmts)
		switch item.Op {
		case syntax.Fallthrough:
			through = true
		case syntax.Resume, syntax.ResumeKorn:
			through = false
		default:
			return
		}
	}
}

func (s *Shell) matchesAny(patterns []*syntax.Word, word string) bool {
	for _, w := range patterns {
		pat, err := expand.Pattern(s.cfg, w)
		if err != nil {
			s.errorf("%v", err)
			return false
		}
		if matches(pat, word) {
			return true
		}
	}
	return false
}

// matches reports whether the whole text fits a shell pattern.
func matches(pat, text string) bool {
	expr, err := pattern.Regexp(pat, pattern.EntireString|pattern.ExtendedOperators)
	if err != nil {
		return pat == text
	}
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString(text)
}
