package toolbox

import (
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

func grep(p *machine.Proc, args []string) int {
	set, rest, ok := flags(p, args, "ivcnqEFolwsHhx", "emABC")
	if !ok {
		return 2
	}
	on := func(flag byte) bool { _, is := set[flag]; return is }
	pattern, given := set['e']
	if !given {
		if len(rest) == 0 {
			p.Errorf("grep: no pattern\n")
			return 2
		}
		pattern, rest = rest[0], rest[1:]
	}
	re, err := expression(pattern, on('E'), on('F'))
	if err == nil && (on('i') || on('w') || on('x')) {
		text := re.String()
		if on('w') {
			text = `\b(?:` + text + `)\b`
		}
		if on('x') {
			text = `^(?:` + text + `)$`
		}
		if on('i') {
			text = "(?i)" + text
		}
		re, err = regexp.Compile(text)
	}
	if err != nil {
		p.Errorf("grep: bad regex '%s': %v\n", pattern, err)
		return 2
	}
	most := int64(1 << 62)
	if text, given := set['m']; given {
		if most, err = number(text); err != nil {
			p.Errorf("grep: not integer: %s\n", text)
			return 2
		}
	}
	beside, wrong := readAround(set)
	if wrong != "" {
		p.Errorf("grep: not integer: %s\n", wrong)
		return 2
	}
	out := output(p)
	matched := false
	status := inputs(p, "grep", rest, func(name string, r io.Reader) int {
		prefix := ""
		if len(rest) > 1 && !on('h') || on('H') {
			prefix = name + ":"
		}
		var n, hits int64
		beside := beside
		quiet := on('q') || on('l') || on('c')
		eachLine(live{r, out}, func(line []byte, _ bool) bool {
			n++
			if hits >= most || re.Match(line) == on('v') {
				if !quiet {
					beside.pass(out, n, line, on('n'))
				}
				return hits < most || beside.left > 0
			}
			hits++
			matched = true
			switch {
			case on('q') || on('l'):
				return false
			case on('c'):
			default:
				beside.match(out, n, on('n'))
				where := prefix
				if on('n') {
					where += strconv.FormatInt(n, 10) + ":"
				}
				found := [][]byte{line}
				if on('o') {
					found = re.FindAll(line, -1)
				}
				for _, text := range found {
					_, _ = out.WriteString(where)
					_, _ = out.Write(text)
					if out.WriteByte('\n') != nil {
						return false
					}
				}
			}
			return hits < most || beside.left > 0
		})
		if on('c') {
			_, _ = out.WriteString(prefix + strconv.FormatInt(hits, 10) + "\n")
		}
		if on('l') && hits > 0 {
			_, _ = out.WriteString(name + "\n")
		}
		return 0
	})
	_ = out.Flush()
	switch {
	case status != 0:
		return 2
	case matched:
		return 0
	}
	return 1
}

// expression makes a Go expression of a basic, extended or fixed one.
func expression(pattern string, extended, fixed bool) (*regexp.Regexp, error) {
	switch {
	case fixed:
		return regexp.Compile(regexp.QuoteMeta(pattern))
	case extended:
		return regexp.Compile(pattern)
	}
	// In a basic expression \( \) \{ \} \| \+ \? are the operators and the bare
	// ones are text.
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			i++
			if strings.IndexByte("(){}|+?", pattern[i]) < 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(pattern[i])
		case strings.IndexByte("(){}|+?", c) >= 0, c == '*' && i == 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '[': // a class goes over whole
			end := strings.IndexByte(pattern[min(len(pattern), i+2):], ']')
			if end < 0 {
				b.WriteByte(c)
				continue
			}
			b.WriteString(pattern[i : i+2+end+1])
			i += 2 + end
		default:
			b.WriteByte(c)
		}
	}
	return regexp.Compile(b.String())
}
