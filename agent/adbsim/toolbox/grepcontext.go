package toolbox

import (
	"bufio"
	"bytes"
	"strconv"
)

// maxAround bounds the lines that grep keeps for -B.
const maxAround = 10_000

// around prints the lines beside those that match: grep -A, -B and -C.
type around struct {
	before, after int64
	held          [][]byte // the last lines that were not printed
	left          int64    // how many more come after a match
	last          int64    // the number of the line printed last
}

// readAround reads -A, -B and -C.
func readAround(set map[byte]string) (a around, wrong string) {
	for letter, to := range map[byte][]*int64{'A': {&a.after}, 'B': {&a.before}, 'C': {&a.after, &a.before}} {
		text, given := set[letter]
		if !given {
			continue
		}
		n, err := number(text)
		if err != nil || n < 0 {
			return a, text
		}
		for _, field := range to {
			*field = max(*field, min(n, maxAround))
		}
	}
	return a, ""
}

// pass takes a line that does not match; it is printed if a match was just
// before it, else kept for the next.
func (a *around) pass(out *bufio.Writer, n int64, line []byte, numbered bool) {
	switch {
	case a.left > 0:
		a.left--
		a.print(out, n, line, numbered)
	case a.before > 0:
		if int64(len(a.held)) == a.before {
			a.held = a.held[1:]
		}
		a.held = append(a.held, bytes.Clone(line))
	}
}

// match prints what stands before line n, which matches.
func (a *around) match(out *bufio.Writer, n int64, numbered bool) {
	first := n - int64(len(a.held))
	if (a.before > 0 || a.after > 0) && a.last > 0 && first > a.last+1 {
		_, _ = out.WriteString("--\n")
	}
	for i, line := range a.held {
		a.print(out, first+int64(i), line, numbered)
	}
	a.held, a.left, a.last = a.held[:0], a.after, n
}

func (a *around) print(out *bufio.Writer, n int64, line []byte, numbered bool) {
	if numbered {
		_, _ = out.WriteString(strconv.FormatInt(n, 10) + "-")
	}
	_, _ = out.Write(line)
	_ = out.WriteByte('\n')
	a.last = n
}
