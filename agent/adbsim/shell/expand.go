package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// configure ties the expansion of words to this shell: variables, command
// substitution and the simulated filesystem, so that no word reaches the host.
func (s *Shell) configure() {
	s.cfg = &expand.Config{
		Env:      environ{s},
		CmdSubst: s.substitute,
		ProcSubst: func(*syntax.ProcSubst) (string, error) {
			return "", errors.New("process substitution is not supported")
		},
		NoUnset: s.opts.nounset,
		ExtGlob: true,
	}
	if !s.opts.noglob {
		s.cfg.ReadDir2 = s.readDir
	}
}

func (s *Shell) readDir(name string) ([]fs.DirEntry, error) {
	list, err := s.p.Machine.FS.ReadDir(s.p.Abs(filepath.ToSlash(name)))
	if err != nil {
		return nil, err
	}
	entries := make([]fs.DirEntry, len(list))
	for i, info := range list {
		entries[i] = fs.FileInfoToDirEntry(info)
	}
	return entries, nil
}

// maxSubst bounds what a command substitution may hold.
const maxSubst = 16 << 20

// substitute runs $(…) in a child and gives its output to w.
func (s *Shell) substitute(w io.Writer, c *syntax.CmdSubst) error {
	s.substTaken, s.subst = true, 0
	if len(c.Stmts) == 0 {
		return nil
	}
	if st := c.Stmts[0]; len(c.Stmts) == 1 && st.Cmd == nil && len(st.Redirs) == 1 && st.Redirs[0].Op == syntax.RdrIn {
		return s.substituteFile(w, st.Redirs[0].Word)
	}
	r, pw := machine.NewPipe()
	defer r.Close()
	old, jobs := s.p.SetFD(1, pw), s.interactive
	s.interactive = false // no job: it stays in the shell's group
	child, err := s.spawn(c.Stmts...)
	s.interactive = jobs
	s.p.SetFD(1, old)
	_ = pw.Close()
	if err != nil {
		return err
	}
	n, err := io.Copy(w, io.LimitReader(machine.Bound{P: s.p, F: r}, maxSubst))
	if n == maxSubst {
		child.Signal(machine.KILL)
		err = errTooLarge
	}
	if err != nil {
		return err
	}
	s.subst = s.waitFor(child)
	return nil
}

func (s *Shell) substituteFile(w io.Writer, word *syntax.Word) error {
	name := s.literal(word)
	f, err := s.p.Open(name, os.O_RDONLY)
	if err != nil {
		s.errorf("can't open %s: %s", name, machine.Reason(err))
		s.subst = 1
		return nil
	}
	defer f.Close()
	_, err = io.Copy(w, io.LimitReader(machine.Bound{P: s.p, F: f}, maxSubst))
	return err
}

// fields expands words to arguments; false means that it went wrong, was said
// and the command must not run.
func (s *Shell) fields(words ...*syntax.Word) ([]string, bool) {
	for _, w := range words {
		if err := checkBraces(w); err != nil {
			s.expansionFailed(err)
			return nil, false
		}
	}
	out, err := expand.Fields(s.cfg, words...)
	if err != nil {
		s.expansionFailed(err)
		return nil, false
	}
	return out, true
}

func (s *Shell) literal(w *syntax.Word) string {
	out, err := expand.Literal(s.cfg, w)
	if err != nil {
		s.expansionFailed(err)
	}
	return out
}

func (s *Shell) arithm(x syntax.ArithmExpr) int {
	n, err := expand.Arithm(s.cfg, x)
	if err != nil {
		s.expansionFailed(err)
	}
	return n
}

// expansionFailed says what went wrong and ends the script, as the standard
// asks of a shell that is not interactive.
func (s *Shell) expansionFailed(err error) {
	if s.p.Killed() {
		return
	}
	s.errorf("%v", err)
	s.status = 1
	s.exiting = !s.interactive
}

var braceSequence = regexp.MustCompile(`\{(-?[0-9]{1,18})\.\.(-?[0-9]{1,18})`)

// maxBraces bounds {1..n}, which the expansion makes all at once.
const maxBraces = 100_000

func checkBraces(w *syntax.Word) error {
	for _, part := range w.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			continue
		}
		for _, m := range braceSequence.FindAllStringSubmatch(lit.Value, -1) {
			from, _ := strconv.ParseInt(m[1], 10, 64)
			to, _ := strconv.ParseInt(m[2], 10, 64)
			if max(from-to, to-from) > maxBraces {
				return fmt.Errorf("%s: more than %d words", lit.Value, maxBraces)
			}
		}
	}
	return nil
}
