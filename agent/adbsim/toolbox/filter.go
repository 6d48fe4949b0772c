package toolbox

import (
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

func grep(p *machine.Proc, args []string) int {
	set, rest, ok := flags(p, args, "ivcnqEFolwsHhx", "em")
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
	out := output(p)
	matched := false
	status := inputs(p, "grep", rest, func(name string, r io.Reader) int {
		prefix := ""
		if len(rest) > 1 && !on('h') || on('H') {
			prefix = name + ":"
		}
		var n, hits int64
		eachLine(live{r, out}, func(line []byte, _ bool) bool {
			n++
			if re.Match(line) == on('v') {
				return true
			}
			hits++
			matched = true
			switch {
			case on('q') || on('l'):
				return false
			case on('c'):
			default:
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
			return hits < most
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

func cut(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "s", "dfcb")
	if !ok {
		return 1
	}
	list, byField := set['f']
	if !byField {
		if list = set['c']; list == "" {
			list = set['b']
		}
	}
	sep := "\t"
	if d, given := set['d']; given && d != "" {
		sep = d
	}
	ranges, good := parseRanges(list)
	if !good {
		p.Errorf("cut: bad list '%s'\n", list)
		return 1
	}
	out := output(p)
	status := inputs(p, "cut", names, func(_ string, r io.Reader) int {
		eachLine(live{r, out}, func(line []byte, _ bool) bool {
			parts, glue := strings.Split(string(line), sep), sep
			if !byField {
				parts, glue = strings.Split(string(line), ""), ""
			}
			if byField && len(parts) == 1 {
				if _, only := set['s']; !only {
					_, _ = out.WriteString(string(line) + "\n")
				}
				return true
			}
			var kept []string
			for i, part := range parts {
				if ranges.has(i + 1) {
					kept = append(kept, part)
				}
			}
			_, err := out.WriteString(strings.Join(kept, glue) + "\n")
			return err == nil
		})
		return 0
	})
	return max(status, failed(out.Flush()))
}

type ranges [][2]int

func (r ranges) has(n int) bool {
	for _, one := range r {
		if n >= one[0] && n <= one[1] {
			return true
		}
	}
	return false
}

func parseRanges(text string) (ranges, bool) {
	var out ranges
	for part := range strings.SplitSeq(text, ",") {
		from, to, is := strings.Cut(part, "-")
		if !is {
			to = from
		}
		a, b := 1, 1<<30
		var err error
		if from != "" {
			a, err = strconv.Atoi(from)
		}
		if to != "" && err == nil {
			b, err = strconv.Atoi(to)
		}
		if err != nil || part == "" {
			return nil, false
		}
		out = append(out, [2]int{a, b})
	}
	return out, len(out) > 0
}

func tr(p *machine.Proc, args []string) int {
	set, sets, ok := flags(p, args, "dsc", "")
	if !ok {
		return 1
	}
	_, remove := set['d']
	_, squeeze := set['s']
	if len(sets) == 0 || len(sets) == 1 && !remove && !squeeze {
		p.Errorf("tr: needs more arguments\n")
		return 1
	}
	from := spread(sets[0])
	var in [256]bool
	for _, c := range from {
		in[c] = true
	}
	if _, not := set['c']; not {
		from = from[:0]
		for c := range in {
			if in[c] = !in[c]; in[c] {
				from = append(from, byte(c))
			}
		}
	}
	var to [256]byte
	for i := range to {
		to[i] = byte(i)
	}
	squeezed := in
	if len(sets) > 1 {
		with := spread(sets[1])
		if !remove && len(with) > 0 {
			squeezed = [256]bool{}
			for i, c := range from {
				to[c] = with[min(i, len(with)-1)]
				squeezed[to[c]] = true
			}
		}
	}
	buf := make([]byte, 32<<10)
	last := -1
	for {
		n, err := p.Stdin().Read(buf)
		out := buf[:0]
		for _, c := range buf[:n] {
			if remove && in[c] {
				continue
			}
			c = to[c]
			if squeeze && squeezed[c] && last == int(c) {
				continue
			}
			last = int(c)
			out = append(out, c)
		}
		if _, werr := p.Stdout().Write(out); werr != nil {
			return 1
		}
		if err != nil {
			return 0
		}
	}
}

// spread writes out the ranges, classes and escapes of one of tr's sets.
func spread(set string) []byte {
	classes := map[string]string{
		"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:alpha:]": "A-Za-z", "[:alnum:]": "A-Za-z0-9",
		"[:space:]": `\t\n\v\f\r `, "[:blank:]": `\t `,
	}
	for name, chars := range classes {
		set = strings.ReplaceAll(set, name, chars)
	}
	var out []byte
	escapes := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'v': '\v', 'f': '\f', '0': 0}
	for i := 0; i < len(set); i++ {
		c := set[i]
		if c == '\\' && i+1 < len(set) {
			i++
			if e, known := escapes[set[i]]; known {
				c = e
			} else {
				c = set[i]
			}
		}
		if i+2 < len(set) && set[i+1] == '-' && set[i+2] >= c {
			for x := int(c); x <= int(set[i+2]); x++ {
				out = append(out, byte(x))
			}
			i += 2
			continue
		}
		out = append(out, c)
	}
	return out
}

func dd(p *machine.Proc, args []string) int {
	from, to := "", ""
	size, count, skip := int64(512), int64(1)<<62, int64(0)
	quiet := false
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		var err error
		switch key {
		case "if":
			from = value
		case "of":
			to = value
		case "bs":
			size, err = number(value)
		case "count":
			count, err = number(value)
		case "skip":
			skip, err = number(value)
		case "status":
			quiet = value == "none"
		case "conv", "seek", "iflag", "oflag":
		default:
			p.Errorf("dd: bad argument '%s'\n", arg)
			return 1
		}
		if err != nil || size < 1 || size > 64<<20 || count < 0 || skip < 0 {
			p.Errorf("dd: bad number '%s'\n", arg)
			return 1
		}
	}
	in, out := p.Stdin(), p.Stdout()
	if from != "" {
		f, err := p.Open(from, os.O_RDONLY)
		if err != nil {
			p.Errorf("dd: %s: %s\n", from, machine.Reason(err))
			return 1
		}
		defer f.Close()
		in = machine.Bound{P: p, F: f}
	}
	if to != "" {
		f, err := p.Open(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			p.Errorf("dd: %s: %s\n", to, machine.Reason(err))
			return 1
		}
		defer f.Close()
		out = machine.Bound{P: p, F: f}
	}
	block := make([]byte, size)
	var whole, part, bytesOut int64
	for n := int64(0); n < skip+count; n++ {
		got, err := io.ReadFull(in, block)
		if n >= skip && got > 0 {
			if _, werr := out.Write(block[:got]); werr != nil {
				p.Errorf("dd: %s\n", machine.Reason(werr))
				return 1
			}
			bytesOut += int64(got)
			if got == len(block) {
				whole++
			} else {
				part++
			}
		}
		if err != nil {
			break
		}
	}
	if !quiet {
		p.Errorf("%d+%d records in\n%d+%d records out\n%d bytes copied\n", whole, part, whole, part, bytesOut)
	}
	return 0
}
