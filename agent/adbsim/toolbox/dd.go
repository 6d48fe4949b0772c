package toolbox

import (
	"io"
	"os"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

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
