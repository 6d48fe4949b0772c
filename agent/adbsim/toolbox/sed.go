package toolbox

import (
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// sed carries out s/old/new/[g], /re/d, /re/p and N p|d|q, with -n, -e, -E.
func sed(p *machine.Proc, args []string) int {
	set, rest, ok := flags(p, args, "nEr", "e")
	if !ok {
		return 1
	}
	script, given := set['e']
	if !given {
		if len(rest) == 0 {
			p.Errorf("sed: no script\n")
			return 1
		}
		script, rest = rest[0], rest[1:]
	}
	_, extended := set['E']
	if _, r := set['r']; r {
		extended = true
	}
	var steps []sedStep
	for text := strings.TrimSpace(script); text != ""; {
		step, after, err := parseSed(text, extended)
		if err != "" {
			p.Errorf("sed: %s\n", err)
			return 1
		}
		steps = append(steps, step)
		text = strings.TrimLeft(after, "; \n")
	}
	_, quiet := set['n']
	out := output(p)
	n := 0
	status := inputs(p, "sed", rest, func(_ string, r io.Reader) int {
		eachLine(live{r, out}, func(line []byte, _ bool) bool {
			n++
			text, keep, more := string(line), !quiet, true
			for _, step := range steps {
				if step.line != 0 && step.line != n || step.where != nil && !step.where.MatchString(text) {
					continue
				}
				switch step.do {
				case 's':
					text = step.replace(text)
				case 'd':
					return true
				case 'p':
					_, _ = out.WriteString(text + "\n")
				case 'q':
					more = false
				}
			}
			if keep {
				_, _ = out.WriteString(text + "\n")
			}
			return more && !p.Killed()
		})
		return 0
	})
	return max(status, failed(out.Flush()))
}

type sedStep struct {
	line   int
	where  *regexp.Regexp
	do     byte
	old    *regexp.Regexp
	new    string
	global bool
}

func (s sedStep) replace(text string) string {
	if s.global {
		return s.old.ReplaceAllString(text, s.new)
	}
	m := s.old.FindStringSubmatchIndex(text)
	if m == nil {
		return text
	}
	return text[:m[0]] + string(s.old.ExpandString(nil, s.new, text, m)) + text[m[1]:]
}

func parseSed(text string, extended bool) (step sedStep, rest, problem string) {
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits > 0 {
		step.line, _ = strconv.Atoi(text[:digits])
		text = text[digits:]
	} else if text[0] == '/' {
		parts, after, ok := divide(text[1:], '/', 1)
		if !ok {
			return step, "", "unterminated address"
		}
		var err error
		if step.where, err = expression(parts[0], extended, false); err != nil {
			return step, "", err.Error()
		}
		text = after
	}
	if text == "" {
		return step, "", "missing command"
	}
	step.do = text[0]
	switch step.do {
	case 'd', 'p', 'q':
		return step, text[1:], ""
	case 's':
	default:
		return step, "", "unsupported command " + text[:1]
	}
	if len(text) < 2 {
		return step, "", "unterminated s"
	}
	parts, after, ok := divide(text[2:], text[1], 2)
	if !ok {
		return step, "", "unterminated s"
	}
	var err error
	if step.old, err = expression(parts[0], extended, false); err != nil {
		return step, "", err.Error()
	}
	step.new = replacement(parts[1])
	for after != "" && (after[0] == 'g' || after[0] == 'I') {
		step.global = step.global || after[0] == 'g'
		after = after[1:]
	}
	return step, after, ""
}

// divide cuts n parts that each end with sep; \sep is sep itself.
func divide(text string, sep byte, n int) (parts []string, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == sep:
			i++
			b.WriteByte(sep)
		case text[i] == '\\' && i+1 < len(text):
			b.WriteString(text[i : i+2])
			i++
		case text[i] == sep:
			parts = append(parts, b.String())
			b.Reset()
			if len(parts) == n {
				return parts, text[i+1:], true
			}
		default:
			b.WriteByte(text[i])
		}
	}
	return nil, "", false
}

// replacement turns sed's \1 and & into Go's ${1} and ${0}.
func replacement(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '$':
			b.WriteString("$$")
		case c == '&':
			b.WriteString("${0}")
		case c == '\\' && i+1 < len(text):
			i++
			switch d := text[i]; {
			case d >= '0' && d <= '9':
				b.WriteString("${" + string(d) + "}")
			case d == 'n':
				b.WriteByte('\n')
			case d == 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(d)
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
