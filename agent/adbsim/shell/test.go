package shell

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// test is the builtin [ … ] and test: 0 true, 1 false, 2 wrong use.
func test(s *Shell, args []string) int { return Test(s.p, args) }

// Test is the program test, and [ when called by that name.
func Test(p *machine.Proc, args []string) int {
	words := args[1:]
	if args[0] == "[" {
		if len(words) == 0 || words[len(words)-1] != "]" {
			p.Errorf("sh: [: missing ]\n")
			return 2
		}
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return 1
	}
	t := &tester{p: p, rest: words}
	yes := t.or()
	if t.err == nil && len(t.rest) > 0 {
		t.err = fmt.Errorf("%s: unexpected operator/operand", t.rest[0])
	}
	if t.err != nil {
		p.Errorf("sh: %s: %v\n", args[0], t.err)
		return 2
	}
	return truth(yes)
}

// tester reads test's words by descent: or, and, not, one.
type tester struct {
	p    *machine.Proc
	rest []string
	err  error
}

func (t *tester) next() string {
	word := t.rest[0]
	t.rest = t.rest[1:]
	return word
}

func (t *tester) or() bool {
	yes := t.and()
	for len(t.rest) > 0 && t.rest[0] == "-o" {
		t.next()
		right := t.and()
		yes = yes || right
	}
	return yes
}

func (t *tester) and() bool {
	yes := t.one()
	for len(t.rest) > 0 && t.rest[0] == "-a" {
		t.next()
		right := t.one()
		yes = yes && right
	}
	return yes
}

func (t *tester) one() bool {
	if len(t.rest) == 0 {
		t.err = errors.New("missing expression")
		return false
	}
	if len(t.rest) >= 3 && isBinary(t.rest[1]) {
		left, op, right := t.next(), t.next(), t.next()
		yes, err := compare(t.p, op, left, right)
		if err != nil {
			t.err = err
		}
		return yes
	}
	word := t.next()
	switch {
	case len(t.rest) == 0 || t.rest[0] == "-a" || t.rest[0] == "-o":
		return word != ""
	case word == "!":
		return !t.one()
	case word == "(":
		yes := t.or()
		if len(t.rest) == 0 || t.next() != ")" {
			t.err = errors.New("missing )")
		}
		return yes
	case len(word) == 2 && word[0] == '-':
		yes, err := examine(t.p, word, t.next())
		if err != nil {
			t.err = err
		}
		return yes
	}
	return word != ""
}

func isBinary(op string) bool {
	switch op {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

func compare(p *machine.Proc, op, left, right string) (bool, error) {
	switch op {
	case "=", "==":
		return left == right, nil
	case "!=":
		return left != right, nil
	case "<":
		return left < right, nil
	case ">":
		return left > right, nil
	case "-nt", "-ot", "-ef":
		a, errA := p.Machine.FS.Stat(p.Abs(left))
		b, errB := p.Machine.FS.Stat(p.Abs(right))
		switch op {
		case "-nt":
			return errA == nil && (errB != nil || a.ModTime().After(b.ModTime())), nil
		case "-ot":
			return errB == nil && (errA != nil || a.ModTime().Before(b.ModTime())), nil
		}
		return errA == nil && errB == nil && p.Abs(left) == p.Abs(right), nil
	}
	a, errA := strconv.ParseInt(strings.TrimSpace(left), 0, 64)
	b, errB := strconv.ParseInt(strings.TrimSpace(right), 0, 64)
	if errA != nil {
		return false, fmt.Errorf("%s: bad number", left)
	}
	if errB != nil {
		return false, fmt.Errorf("%s: bad number", right)
	}
	switch op {
	case "-eq":
		return a == b, nil
	case "-ne":
		return a != b, nil
	case "-lt":
		return a < b, nil
	case "-le":
		return a <= b, nil
	case "-gt":
		return a > b, nil
	default:
		return a >= b, nil
	}
}

// examine answers the questions about one word.
func examine(p *machine.Proc, op, word string) (bool, error) {
	switch op {
	case "-n":
		return word != "", nil
	case "-z":
		return word == "", nil
	case "-t":
		n, err := strconv.Atoi(word)
		if err != nil || p.FD(n) == nil {
			return false, nil
		}
		return machine.Terminal(p.FD(n)) != nil, nil
	}
	var info memfs.Info
	var err error
	if op == "-L" || op == "-h" {
		info, err = p.Machine.FS.Lstat(p.Abs(word))
	} else {
		info, err = p.Machine.FS.Stat(p.Abs(word))
	}
	there := err == nil && word != ""
	switch op {
	case "-e", "-a", "-r":
		return there, nil
	case "-f":
		return there && info.Kind == memfs.Regular, nil
	case "-d":
		return there && info.Kind == memfs.Dir, nil
	case "-c":
		return there && info.Kind == memfs.Device, nil
	case "-L", "-h":
		return there && info.Kind == memfs.Link, nil
	case "-s":
		return there && (info.Size() > 0 || info.Kind == memfs.Dir), nil
	case "-w":
		if !there || info.Kind == memfs.Device {
			return there, nil
		}
		dir := word
		if info.Kind != memfs.Dir {
			dir += "/.."
		}
		return p.Machine.FS.Writable(p.Abs(dir)) == nil, nil
	case "-x":
		return there && (info.Kind == memfs.Dir || info.Perm&0o111 != 0), nil
	case "-b", "-p", "-S", "-u", "-g", "-k", "-O", "-G", "-N":
		return false, nil
	}
	return false, fmt.Errorf("%s: unknown operator", op)
}

// testClause is [[ … ]].
func (s *Shell) testClause(x syntax.TestExpr) int {
	yes, err := s.testExpr(x)
	if err != nil {
		s.errorf("%v", err)
		return 2
	}
	return truth(yes)
}

func (s *Shell) testExpr(x syntax.TestExpr) (bool, error) {
	switch x := x.(type) {
	case *syntax.Word:
		return s.literal(x) != "", nil
	case *syntax.ParenTest:
		return s.testExpr(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			yes, err := s.testExpr(x.X)
			return !yes, err
		}
		word, ok := x.X.(*syntax.Word)
		if !ok {
			return false, errors.New("bad [[ expression")
		}
		if x.Op == syntax.TsVarSet {
			return s.lookup(s.literal(word)).IsSet(), nil
		}
		return examine(s.p, x.Op.String(), s.literal(word))
	case *syntax.BinaryTest:
		return s.testBinary(x)
	}
	return false, errors.New("bad [[ expression")
}

func (s *Shell) testBinary(x *syntax.BinaryTest) (bool, error) {
	switch x.Op {
	case syntax.AndTest, syntax.OrTest:
		yes, err := s.testExpr(x.X)
		if err != nil || yes == (x.Op == syntax.OrTest) {
			return yes, err
		}
		return s.testExpr(x.Y)
	}
	left, okX := x.X.(*syntax.Word)
	right, okY := x.Y.(*syntax.Word)
	if !okX || !okY {
		return false, errors.New("bad [[ expression")
	}
	text := s.literal(left)
	switch x.Op {
	case syntax.TsMatchShort, syntax.TsMatch, syntax.TsNoMatch:
		pat, err := expand.Pattern(s.cfg, right)
		if err != nil {
			return false, err
		}
		return matches(pat, text) == (x.Op != syntax.TsNoMatch), nil
	}
	return compare(s.p, x.Op.String(), text, s.literal(right))
}
