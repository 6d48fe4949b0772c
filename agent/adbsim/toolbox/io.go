package toolbox

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// flags divides args[1:] into single-letter flags and the rest. A letter in
// withValue takes the rest of its word, or the next one. An unknown letter is
// said and ok is false.
func flags(p *machine.Proc, args []string, known, withValue string) (set map[byte]string, rest []string, ok bool) {
	set = make(map[byte]string)
	name := args[0]
	args = args[1:]
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if word == "--" {
			return set, append(rest, args...), true
		}
		if len(word) < 2 || word[0] != '-' {
			rest = append(rest, word)
			continue
		}
		for i := 1; i < len(word); i++ {
			c := word[i]
			if strings.IndexByte(withValue, c) >= 0 {
				value := word[i+1:]
				if value == "" {
					if len(args) == 0 {
						p.Errorf("%s: -%c needs an argument\n", name, c)
						return nil, nil, false
					}
					value, args = args[0], args[1:]
				}
				set[c] = value
				break
			}
			if strings.IndexByte(known, c) < 0 {
				p.Errorf("%s: Unknown option '%c'\n", name, c)
				return nil, nil, false
			}
			set[c] = ""
		}
	}
	return set, rest, true
}

// number reads a count such as 10, 4k or 2M.
func number(text string) (int64, error) {
	scale := int64(1)
	if n := len(text); n > 0 {
		switch text[n-1] {
		case 'k', 'K':
			scale = 1 << 10
		case 'M', 'm':
			scale = 1 << 20
		case 'G', 'g':
			scale = 1 << 30
		}
		if scale > 1 {
			text = text[:n-1]
		}
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err == nil && (v > 1<<40 || v < -1<<40) {
		err = errors.New("too large")
	}
	return v * scale, err
}

// inputs calls use with each named file, or with standard input when none is
// named or the name is -. It answers 1 when a file could not be opened, else
// what use answered last that was not 0.
func inputs(p *machine.Proc, prog string, names []string, use func(name string, r io.Reader) int) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		if p.Killed() {
			return 1
		}
		if name == "-" {
			status = max(status, use(name, p.Stdin()))
			continue
		}
		f, err := p.Open(name, os.O_RDONLY)
		if err != nil {
			p.Errorf("%s: %s: %s\n", prog, name, machine.Reason(err))
			status = 1
			continue
		}
		status = max(status, use(name, machine.Bound{P: p, F: f}))
		_ = f.Close()
	}
	return status
}

// maxInput bounds what a program such as sort keeps in memory.
const maxInput = 256 << 20

// output is buffered standard output. What it returns from Flush at the end is
// the program's business: a writer whose reader has left is killed anyway.
func output(p *machine.Proc) *bufio.Writer { return bufio.NewWriterSize(p.Stdout(), 32<<10) }

// eachLine calls use with every line, its newline cut off, until use answers
// false. Lines longer than the limit come in pieces.
func eachLine(r io.Reader, use func(line []byte, ended bool) bool) {
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := in.ReadSlice('\n')
		ended := err == nil
		if ended {
			line = line[:len(line)-1]
		}
		if (ended || len(line) > 0) && !use(line, ended) {
			return
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// live flushes after each piece of input that has been dealt with, so that a
// filter behind an endless stream shows lines as they come.
type live struct {
	r io.Reader
	w *bufio.Writer
}

func (l live) Read(b []byte) (int, error) {
	if l.w.Buffered() > 0 {
		if err := l.w.Flush(); err != nil {
			return 0, err
		}
	}
	return l.r.Read(b)
}
