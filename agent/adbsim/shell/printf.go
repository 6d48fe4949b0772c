package shell

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// Echo is the program echo; as mksh's it reads backslash escapes unless -E.
func Echo(p *machine.Proc, args []string) int {
	args = args[1:]
	newline, escapes := true, true
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		for _, flag := range args[0][1:] {
			switch flag {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes && strings.Contains(text, `\`) {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	if _, err := io.WriteString(p.Stdout(), text); err != nil {
		return 1
	}
	return 0
}

// Printf is the program printf.
func Printf(p *machine.Proc, args []string) int {
	if len(args) > 1 && args[1] == "--" {
		args = append(args[:1:1], args[2:]...)
	}
	if len(args) < 2 {
		p.Errorf("usage: printf FORMAT [ARGUMENT...]\n")
		return 1
	}
	f := formatter{rest: args[2:], status: 0}
	for {
		before := len(f.rest)
		f.once(args[1])
		if f.stop || len(f.rest) == 0 || len(f.rest) == before || f.out.Len() > maxValue {
			break
		}
	}
	if f.complaint != "" {
		p.Errorf("printf: %s\n", f.complaint)
	}
	if _, err := io.WriteString(p.Stdout(), f.out.String()); err != nil {
		return 1
	}
	return f.status
}

type formatter struct {
	out       strings.Builder
	rest      []string
	stop      bool // \c was met
	status    int
	complaint string
}

func (f *formatter) next() string {
	if len(f.rest) == 0 {
		return ""
	}
	arg := f.rest[0]
	f.rest = f.rest[1:]
	return arg
}

// once goes through the format one time.
func (f *formatter) once(format string) {
	for format != "" && !f.stop {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			i = len(format)
		}
		text, stop := unescape(format[:i], false)
		f.out.WriteString(text)
		f.stop = stop
		if format = format[i:]; format == "" || stop {
			return
		}
		format = f.directive(format[1:])
	}
}

// directive carries out one conversion and gives the rest of the format.
func (f *formatter) directive(format string) string {
	n := 0
	for n < len(format) && strings.IndexByte("-+ #0123456789.*", format[n]) >= 0 {
		n++
	}
	spec := format[:n]
	if n == len(format) {
		f.fail("%%%s: bad directive", spec)
		return ""
	}
	for strings.Contains(spec, "*") {
		spec = strings.Replace(spec, "*", strconv.Itoa(int(f.integer())), 1)
	}
	for _, number := range strings.FieldsFunc(spec, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(number) > 4 {
			f.fail("%%%s: too wide", spec)
			return format[n+1:]
		}
	}
	verb := format[n]
	switch verb {
	case '%':
		f.out.WriteByte('%')
	case 'c':
		arg := f.next()
		fmt.Fprintf(&f.out, "%"+spec+"s", arg[:min(1, len(arg))])
	case 's':
		fmt.Fprintf(&f.out, "%"+spec+"s", f.next())
	case 'b':
		text, stop := unescape(f.next(), true)
		fmt.Fprintf(&f.out, "%"+spec+"s", text)
		f.stop = stop
	case 'd', 'i':
		fmt.Fprintf(&f.out, "%"+spec+"d", f.integer())
	case 'u':
		fmt.Fprintf(&f.out, "%"+spec+"d", uint64(f.integer()))
	case 'o', 'x', 'X':
		fmt.Fprintf(&f.out, "%"+spec+string(verb), uint64(f.integer()))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		arg := f.next()
		value, err := strconv.ParseFloat(arg, 64)
		if err != nil && arg != "" {
			f.fail("%s: bad number", arg)
		}
		fmt.Fprintf(&f.out, "%"+spec+string(verb), value)
	default:
		f.fail("%%%c: bad directive", verb)
	}
	return format[n+1:]
}

func (f *formatter) integer() int64 {
	arg := f.next()
	if arg == "" {
		return 0
	}
	if arg[0] == '\'' || arg[0] == '"' { // 'A is the code of A
		for _, r := range arg[1:] {
			return int64(r)
		}
		return 0
	}
	n, err := strconv.ParseInt(arg, 0, 64)
	if err != nil {
		if u, uerr := strconv.ParseUint(arg, 0, 64); uerr == nil {
			return int64(u)
		}
		f.fail("%s: bad number", arg)
	}
	return n
}

func (f *formatter) fail(format string, args ...any) {
	f.status = 1
	f.complaint = fmt.Sprintf(format, args...)
}

// unescape carries out backslash escapes; with zero, octal numbers begin with
// a 0 as in echo. stop says that \c ended the text.
func unescape(text string, zero bool) (out string, stop bool) {
	if !strings.Contains(text, `\`) {
		return text, false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'a', 'b', 'e', 'E', 'f', 'n', 'r', 't', 'v', '\\', '"', '\'':
			b.WriteByte(simpleEscapes[c])
		case 'c':
			return b.String(), true
		case 'x':
			digits := lead(text[i+1:], 2, "0123456789abcdefABCDEF")
			if digits == "" {
				b.WriteString(`\x`)
				break
			}
			n, _ := strconv.ParseUint(digits, 16, 8)
			b.WriteByte(byte(n))
			i += len(digits)
		case 'u', 'U':
			digits := lead(text[i+1:], map[byte]int{'u': 4, 'U': 8}[c], "0123456789abcdefABCDEF")
			n, _ := strconv.ParseUint(digits, 16, 32)
			b.WriteRune(rune(n))
			i += len(digits)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			most := 3
			if zero && c == '0' {
				most = 4
			}
			digits := lead(text[i:], most, "01234567")
			n, _ := strconv.ParseUint(digits, 8, 16)
			b.WriteByte(byte(n))
			i += len(digits) - 1
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String(), false
}

var simpleEscapes = map[byte]byte{
	'a': 7, 'b': 8, 'e': 27, 'E': 27, 'f': 12, 'n': 10, 'r': 13, 't': 9, 'v': 11, '\\': '\\', '"': '"', '\'': '\'',
}

// lead gives the first bytes of text, at most n, that are in set.
func lead(text string, n int, set string) string {
	i := 0
	for i < n && i < len(text) && strings.IndexByte(set, text[i]) >= 0 {
		i++
	}
	return text[:i]
}
