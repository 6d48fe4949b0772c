package toolbox

import (
	"io"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

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
