package toolbox

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// piece is how much the fast writers write at once.
const piece = 64 << 10

// seq prints numbers: seq [-f FORMAT] [-s SEP] [FIRST [STEP]] LAST, whole ones
// fast.
func seq(p *machine.Proc, args []string) int {
	format, sep := "", "\n"
	rest := args[1:]
	for len(rest) > 1 && (rest[0] == "-f" || rest[0] == "-s") {
		if rest[0] == "-f" {
			format = rest[1]
		} else {
			sep = rest[1]
		}
		rest = rest[2:]
	}
	if len(rest) > 0 && rest[0] == "-w" {
		rest = rest[1:]
	}
	if len(rest) == 0 || len(rest) > 3 {
		p.Errorf("seq: Needs 1 argument\n")
		return 1
	}
	numbers := []float64{1, 1, 0} // first, step, last
	places := map[int][]int{1: {2}, 2: {0, 2}, 3: {0, 1, 2}}[len(rest)]
	whole := format == ""
	for i, at := range places {
		v, err := strconv.ParseFloat(rest[i], 64)
		if err != nil {
			p.Errorf("seq: not a number: %s\n", rest[i])
			return 1
		}
		numbers[at] = v
		whole = whole && v == float64(int64(v))
	}
	first, step, last := numbers[0], numbers[1], numbers[2]
	before, after := "", ""
	if format != "" {
		at := strings.IndexByte(format, '%')
		end := at + 1 + strings.IndexAny(format[at+1:], "gf")
		if at < 0 || end <= at {
			p.Errorf("seq: bad format '%s'\n", format)
			return 1
		}
		before, after = format[:at], format[end+1:]
	}
	if step == 0 {
		return 0
	}
	buf := make([]byte, 0, piece+256)
	for i := 0; ; i++ {
		v := first + float64(i)*step
		if step > 0 && v > last || step < 0 && v < last {
			break
		}
		if i > 0 {
			buf = append(buf, sep...)
		}
		buf = append(buf, before...)
		if whole {
			buf = strconv.AppendInt(buf, int64(first)+int64(i)*int64(step), 10)
		} else {
			buf = strconv.AppendFloat(buf, v, 'g', 10, 64)
		}
		buf = append(buf, after...)
		if len(buf) >= piece {
			if _, err := p.Stdout().Write(buf); err != nil {
				return 1
			}
			buf = buf[:0]
		}
	}
	buf = append(buf, '\n')
	_, err := p.Stdout().Write(buf)
	return failed(err)
}

func yes(p *machine.Proc, args []string) int {
	word := "y"
	if len(args) > 1 {
		word = strings.Join(args[1:], " ")
	}
	buf := bytes.Repeat([]byte(word+"\n"), max(1, piece/(len(word)+1)))
	for {
		if _, err := p.Stdout().Write(buf); err != nil {
			return 1
		}
	}
}

// floodlines prints N numbered lines of BYTES bytes each (130 unless told), the
// newline included, as fast as a device can: the source of the benchmarks.
// A line is its number in ten digits, a space, and filling.
func floodlines(p *machine.Proc, args []string) int {
	n, size := int64(1000), int64(130)
	for i, to := range []*int64{&n, &size} {
		if i+1 < len(args) {
			v, err := number(args[i+1])
			if err != nil || v < 0 {
				p.Errorf("floodlines: not a number: %s\n", args[i+1])
				return 1
			}
			*to = v
		}
	}
	const digits = 10
	if size < digits+2 || size > piece {
		p.Errorf("floodlines: lines have %d to %d bytes\n", digits+2, piece)
		return 1
	}
	// The buffer is filled once; then only the numbers change.
	rows := piece / size
	line := append([]byte("0000000000 "), bytes.Repeat([]byte("the quick brown fox jumps over the lazy dog "), int(size)/44+1)...)
	line = append(line[:size-1], '\n')
	buf := bytes.Repeat(line, int(rows))
	for at := int64(1); at <= n; at += rows {
		have := min(rows, n-at+1)
		for i := range have {
			putNumber(buf[i*size:i*size+digits], at+i)
		}
		if _, err := p.Stdout().Write(buf[:have*size]); err != nil {
			return 1
		}
	}
	return 0
}

// putNumber writes v in decimal digits over b. The digits before the first
// that did not change are left alone where they are right already.
func putNumber(b []byte, v int64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + v%10)
		v /= 10
	}
}
