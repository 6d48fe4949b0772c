package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// redirected remembers the descriptors that redirections replaced, oldest
// first.
type redirected []struct {
	fd  int
	old *machine.Shared
}

// revert puts the old descriptors back.
func (r redirected) revert(p *machine.Proc) {
	for i := len(r) - 1; i >= 0; i-- {
		_ = p.SetFD(r[i].fd, r[i].old).Close()
	}
}

// commit lets the redirections stay.
func (r redirected) commit() {
	for _, one := range r {
		_ = one.old.Close()
	}
}

// redirect carries out redirections; after an error those before it are in
// place and are for the caller to revert.
func (s *Shell) redirect(list []*syntax.Redirect) (redirected, error) {
	var done redirected
	for _, rd := range list {
		fds, file, err := s.open(rd)
		if err != nil {
			return done, err
		}
		for i, fd := range fds {
			one := file
			if i > 0 {
				one = file.Dup()
			}
			done = append(done, struct {
				fd  int
				old *machine.Shared
			}{fd, s.p.SetFD(fd, one)})
		}
	}
	return done, nil
}

// open gives the descriptors that a redirection names, and the file for them;
// a nil file closes them.
func (s *Shell) open(rd *syntax.Redirect) (fds []int, file *machine.Shared, err error) {
	fd, flag := 1, 0
	switch rd.Op {
	case syntax.RdrIn:
		fd, flag = 0, os.O_RDONLY
	case syntax.RdrInOut:
		fd, flag = 0, os.O_RDWR|os.O_CREATE
	case syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		fd = 0
	case syntax.RdrOut, syntax.RdrClob, syntax.RdrAll:
		flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	case syntax.AppOut, syntax.AppAll:
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	case syntax.DplOut:
	default:
		return nil, nil, fmt.Errorf("unsupported redirection %s", rd.Op)
	}
	if rd.N != nil {
		n, err := strconv.Atoi(rd.N.Value)
		if err != nil || n >= machine.MaxFD {
			return nil, nil, fmt.Errorf("%s: bad file descriptor", rd.N.Value)
		}
		fd = n
	}
	fds = []int{fd}
	if rd.Op == syntax.RdrAll || rd.Op == syntax.AppAll {
		fds = []int{1, 2}
	}
	switch rd.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		text, err := s.hereDocument(rd)
		return fds, machine.Share(&text), err
	}
	word := s.literal(rd.Word)
	if s.stopped() {
		return nil, nil, errors.New("redirection failed")
	}
	switch rd.Op {
	case syntax.WordHdoc:
		return fds, machine.Share(&document{strings.NewReader(word + "\n")}), nil
	case syntax.DplIn, syntax.DplOut:
		return s.duplicate(fds, word)
	}
	file, err = s.p.Open(word, flag)
	if err != nil {
		verb := "open"
		if flag&os.O_CREATE != 0 {
			verb = "create"
		}
		return nil, nil, fmt.Errorf("can't %s %s: %s", verb, word, machine.Reason(err))
	}
	return fds, file, nil
}

func (s *Shell) duplicate(fds []int, word string) ([]int, *machine.Shared, error) {
	if word == "-" {
		return fds, nil, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil || s.p.FD(n) == nil {
		return nil, nil, fmt.Errorf("%s: bad file descriptor", word)
	}
	return fds, s.p.FD(n).Dup(), nil
}

func (s *Shell) hereDocument(rd *syntax.Redirect) (document, error) {
	if rd.Hdoc == nil {
		return document{strings.NewReader("")}, nil
	}
	var text string
	if quoted(rd.Word) && rd.Hdoc.Lit() != "" {
		text = rd.Hdoc.Lit()
	} else {
		var err error
		if text, err = expand.Document(s.cfg, rd.Hdoc); err != nil {
			return document{strings.NewReader("")}, err
		}
	}
	if rd.Op == syntax.DashHdoc {
		lines := strings.SplitAfter(text, "\n")
		for i, line := range lines {
			lines[i] = strings.TrimLeft(line, "\t")
		}
		text = strings.Join(lines, "")
	}
	return document{strings.NewReader(text)}, nil
}

// quoted reports whether a here-document's delimiter is quoted, which makes
// the document literal.
func quoted(delimiter *syntax.Word) bool {
	for _, part := range delimiter.Parts {
		switch part := part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			return true
		case *syntax.Lit:
			if strings.Contains(part.Value, `\`) {
				return true
			}
		}
	}
	return false
}

// document is a here-document as a file.
type document struct{ text *strings.Reader }

func (d *document) Read(_ context.Context, b []byte) (int, error) { return d.text.Read(b) }
func (d *document) Write(context.Context, []byte) (int, error)    { return 0, syscall.EBADF }
func (d *document) Close() error                                  { return nil }
