package danger

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// call is a program that a script would call: its words without their quotes,
// the files that its output goes to, and what is known to stand on its input.
type call struct {
	argv []string
	into []string
	fed  string // a here-document, an echo before a pipe
}

// Bounds of what is read: the parser calls itself at each nesting, and a stack
// that is full ends the process.
const (
	maxScript  = 64 << 10
	maxNesting = 1000
)

// unreadable says whether a script is beyond these bounds. It counts what may
// open something, and not what is closed: a bound need not be exact.
func unreadable(script string) bool {
	if len(script) > maxScript {
		return true
	}
	opened := 0
	for _, c := range script {
		switch c {
		case '(', '{', '`', '!', '[':
			opened++
		}
	}
	for _, word := range strings.FieldsFunc(script, func(c rune) bool { return c <= ' ' || strings.ContainsRune(";&|(){}!", c) }) {
		switch word {
		case "if", "while", "until", "for", "case", "select", "time", "function", "then", "else", "elif", "do", "coproc":
			opened++
		}
	}
	return opened > maxNesting
}

// calls takes a script apart. It runs nothing; what a device's shell would not
// understand either calls nothing.
func calls(script string) []call {
	r := &reader{source: script, fed: map[*syntax.Stmt]string{}}
	// One statement after the other, as a shell reads: what stands before a
	// mistake is run. The sequence must not be left early: it may go on (seen).
	broken := false
	for s, err := range syntax.NewParser(syntax.Variant(syntax.LangMirBSDKorn)).StmtsSeq(strings.NewReader(script)) {
		broken = broken || err != nil
		if !broken {
			syntax.Walk(s, r.node)
		}
	}
	return r.calls
}

type reader struct {
	source string
	calls  []call
	fed    map[*syntax.Stmt]string // what the program before a pipe says
}

func (r *reader) node(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
			r.fed[first(n.Y)] = r.spoken(last(n.X))
		}
	case *syntax.Stmt:
		r.stmt(n)
	}
	return true
}

// first and last are the ends of what stands on either side of a pipe.
func first(s *syntax.Stmt) *syntax.Stmt {
	for {
		b, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok {
			return s
		}
		s = b.X
	}
}

func last(s *syntax.Stmt) *syntax.Stmt {
	for {
		b, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok {
			return s
		}
		s = b.Y
	}
}

func (r *reader) stmt(s *syntax.Stmt) {
	c := call{fed: r.fed[s]}
	if run, ok := s.Cmd.(*syntax.CallExpr); ok {
		c.argv = r.words(run.Args)
	}
	for _, to := range s.Redirs {
		switch to.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrInOut, syntax.RdrAll, syntax.AppAll, syntax.DplOut:
			c.into = append(c.into, r.word(to.Word))
		case syntax.Hdoc, syntax.DashHdoc:
			c.fed = r.word(to.Hdoc)
		case syntax.WordHdoc:
			c.fed = r.word(to.Word)
		}
	}
	if len(c.argv) > 0 || len(c.into) > 0 {
		r.calls = append(r.calls, c)
	}
}

// spoken is what `echo` and `printf` before a pipe hand on.
func (r *reader) spoken(s *syntax.Stmt) string {
	run, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(run.Args) == 0 {
		return ""
	}
	words := r.words(run.Args)
	if words[0] != "echo" && words[0] != "printf" {
		return ""
	}
	return strings.Join(words[1:], " ")
}

func (r *reader) words(list []*syntax.Word) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = r.word(w)
	}
	return out
}

func (r *reader) word(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	var b strings.Builder
	r.parts(&b, w.Parts, false)
	return b.String()
}

// parts writes a word as the program gets it, with what is found out only when
// it runs as it is written.
func (r *reader) parts(b *strings.Builder, parts []syntax.WordPart, quoted bool) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			unescape(b, p.Value, quoted)
		case *syntax.SglQuoted:
			value := p.Value
			if p.Dollar {
				if text, _, err := expand.Format(nil, value, nil); err == nil {
					value = text
				}
			}
			b.WriteString(value)
		case *syntax.DblQuoted:
			r.parts(b, p.Parts, true)
		case *syntax.CmdSubst, *syntax.ProcSubst:
			b.WriteString(found)
		default:
			from, to := p.Pos().Offset(), p.End().Offset()
			if to <= uint(len(r.source)) && from <= to {
				b.WriteString(r.source[from:to])
			}
		}
	}
}

// found stands for what a command substitution says.
const found = "$()"

func unescape(b *strings.Builder, s string, quoted bool) {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("\"\\$`", s[i+1]) >= 0) {
			i++
		}
		b.WriteByte(s[i])
	}
}
