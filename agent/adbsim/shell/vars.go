package shell

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// maxValue bounds a variable, so that doubling one in a loop is a script's
// error.
const maxValue = 16 << 20

var (
	errTooLarge = errors.New("value too large")
	errReadOnly = errors.New("is read only")
)

// environ lets the expansion read and set the shell's variables.
type environ struct{ s *Shell }

func (e environ) Get(name string) expand.Variable { return e.s.lookup(name) }

func (e environ) Set(name string, v expand.Variable) error { return e.s.set(name, v) }

func (e environ) Each(each func(string, expand.Variable) bool) {
	for name, v := range e.s.vars {
		if !each(name, v) {
			return
		}
	}
}

func str(value string) expand.Variable {
	return expand.Variable{Set: true, Kind: expand.String, Str: value}
}

func (s *Shell) lookup(name string) expand.Variable {
	switch name {
	case "#":
		return str(strconv.Itoa(len(s.params)))
	case "@", "*":
		return expand.Variable{Set: true, Kind: expand.Indexed, List: append([]string{}, s.params...)}
	case "?":
		return str(strconv.Itoa(s.status))
	case "$":
		return str(strconv.Itoa(s.pid))
	case "PPID":
		return str(strconv.Itoa(s.p.PPID))
	case "!":
		if s.job == nil {
			return expand.Variable{}
		}
		return str(strconv.Itoa(s.job.PID))
	case "-":
		return str(s.flags())
	case "0":
		return str(s.name)
	case "RANDOM":
		return str(strconv.Itoa(rand.IntN(32768)))
	case "SECONDS":
		return str(strconv.Itoa(int(s.p.Machine.Now().Sub(s.p.Started) / time.Second)))
	}
	if n, err := strconv.Atoi(name); err == nil && n > 0 {
		if n <= len(s.params) {
			return str(s.params[n-1])
		}
		return expand.Variable{}
	}
	// Asked for ~name: answering keeps the expansion from asking the host's
	// list of users.
	if user, ok := strings.CutPrefix(name, "HOME "); ok {
		if user == "root" || user == "shell" {
			return str("/")
		}
		return str("~" + user)
	}
	return s.vars[name]
}

func (s *Shell) get(name string) string { return s.lookup(name).String() }

func (s *Shell) setString(name, value string) {
	if err := s.set(name, str(value)); err != nil {
		s.errorf("%s: %v", name, err)
		s.status = 1
	}
}

func (s *Shell) set(name string, v expand.Variable) error {
	old := s.vars[name]
	if old.ReadOnly {
		return errReadOnly
	}
	if len(v.Str) > maxValue || len(v.List) > maxValue/64 {
		return errTooLarge
	}
	if !v.Set && v.Kind != expand.KeepValue {
		delete(s.vars, name)
		return nil
	}
	if v.Kind == expand.KeepValue {
		kept := old
		kept.Exported, kept.ReadOnly = kept.Exported || v.Exported, kept.ReadOnly || v.ReadOnly
		v = kept
	}
	v.Exported = v.Exported || old.Exported
	s.vars[name] = v
	return nil
}

func (s *Shell) restore(name string, old expand.Variable) {
	if !old.Declared() {
		delete(s.vars, name)
		return
	}
	s.vars[name] = old
}

// assign carries out NAME=value; prepare, if there is one, sees the old value
// and may change the new one.
func (s *Shell) assign(as *syntax.Assign, prepare func(name string, old expand.Variable, v *expand.Variable)) {
	name := as.Name.Value
	old := s.vars[name]
	var v expand.Variable
	switch {
	case as.Array != nil:
		v = expand.Variable{Set: true, Kind: expand.Indexed, List: []string{}}
		if as.Append {
			v.List = slices.Clone(old.List)
		}
		for _, elem := range as.Array.Elems {
			fields, ok := s.fields(elem.Value)
			if !ok {
				return
			}
			v.List = append(v.List, fields...)
		}
	case as.Index != nil:
		v = s.assignElement(old, as)
	case as.Value != nil:
		v = str(s.literal(as.Value))
		if as.Append {
			v.Str = old.String() + v.Str
		}
	default:
		v = str("")
	}
	if prepare != nil {
		prepare(name, old, &v)
	}
	if err := s.set(name, v); err != nil {
		s.errorf("%s: %v", name, err)
		s.status = 1
	}
}

// maxIndex bounds an array's subscript: arrays are kept dense.
const maxIndex = 1 << 16

func (s *Shell) assignElement(old expand.Variable, as *syntax.Assign) expand.Variable {
	v := expand.Variable{Set: true, Kind: expand.Indexed, List: slices.Clone(old.List)}
	if old.Kind == expand.String && old.Set {
		v.List = []string{old.Str}
	}
	n := s.arithm(as.Index)
	if n < 0 || n > maxIndex {
		s.errorf("%s: bad subscript", as.Name.Value)
		s.status = 1
		return old
	}
	for len(v.List) <= n {
		v.List = append(v.List, "")
	}
	value := s.literal(as.Value)
	if as.Append {
		value = v.List[n] + value
	}
	v.List[n] = value
	return v
}

// declare is export, readonly, local and typeset.
func (s *Shell) declare(c *syntax.DeclClause) {
	s.status = 0
	var exported, readOnly bool
	local := false
	switch c.Variant.Value {
	case "export":
		exported = true
	case "readonly":
		readOnly = true
	default:
		local = len(s.frames) > 0
	}
	var assigns []*syntax.Assign
	for _, as := range c.Args {
		if as.Name != nil {
			assigns = append(assigns, as)
			continue
		}
		fields, ok := s.fields(as.Value)
		if !ok {
			return
		}
		for _, field := range fields {
			switch {
			case field == "-x":
				exported = true
			case field == "-r":
				readOnly = true
			case field == "-p" && len(c.Args) == 1:
				s.listVariables()
				return
			case strings.HasPrefix(field, "-"): // -i, -l and others change nothing here
			default:
				name, value, given := strings.Cut(field, "=")
				if !syntax.ValidName(name) {
					s.errorf("%s: %s: is not an identifier", c.Variant.Value, name)
					s.status = 1
					continue
				}
				one := &syntax.Assign{Name: &syntax.Lit{Value: name}, Naked: !given}
				if given {
					one.Value = &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: value}}}
				}
				assigns = append(assigns, one)
			}
		}
	}
	if len(c.Args) == 0 {
		s.listVariables()
	}
	for _, as := range assigns {
		name := as.Name.Value
		if local {
			top := s.frames[len(s.frames)-1]
			if _, twice := top[name]; !twice {
				top[name] = s.vars[name]
				if as.Naked {
					delete(s.vars, name)
				}
			}
		}
		mark := func(_ string, _ expand.Variable, v *expand.Variable) {
			v.Exported, v.ReadOnly = v.Exported || exported, v.ReadOnly || readOnly
		}
		if !as.Naked {
			s.assign(as, mark)
			continue
		}
		v := s.vars[name]
		mark(name, v, &v)
		if v.Declared() {
			s.vars[name] = v
		}
	}
}

func (s *Shell) listVariables() {
	for _, kv := range s.environ() {
		name, value, _ := strings.Cut(kv, "=")
		s.p.Printf("export %s=%s\n", name, quote(value))
	}
}

// quote gives text as the shell would read it back.
func quote(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.:=@%+,-") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func (s *Shell) flags() string {
	var b []byte
	for _, f := range []struct {
		on   bool
		flag byte
	}{{s.opts.errexit, 'e'}, {s.opts.noglob, 'f'}, {s.interactive, 'i'}, {s.opts.nounset, 'u'}, {s.opts.xtrace, 'x'}} {
		if f.on {
			b = append(b, f.flag)
		}
	}
	return string(b)
}
