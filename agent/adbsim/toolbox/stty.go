package toolbox

import (
	"strconv"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// stty shows and sets the modes of the terminal on standard input: size, -a,
// raw, cooked, sane, rows N, cols N, and [-]echo, [-]icanon, [-]isig, [-]icrnl,
// [-]onlcr.
func stty(p *machine.Proc, args []string) int {
	t := machine.Terminal(p.FD(0))
	if t == nil {
		p.Errorf("stty: standard input: Not a typewriter\n")
		return 1
	}
	m := t.Modes()
	switches := map[string]*bool{"echo": &m.Echo, "icanon": &m.Icanon, "isig": &m.Isig, "icrnl": &m.Icrnl, "onlcr": &m.Onlcr}
	if len(args) == 1 {
		args = append(args, "-a")
	}
	for i := 1; i < len(args); i++ {
		word, off := args[i], false
		if switches[word] == nil && len(word) > 1 && word[0] == '-' && word != "-a" {
			word, off = word[1:], true
		}
		rows, cols := t.Size()
		switch {
		case switches[word] != nil:
			*switches[word] = !off
		case word == "raw" && !off || word == "cooked" && off:
			m = machine.Raw
		case word == "cooked" && !off || word == "raw" && off || word == "sane":
			m = machine.Cooked
		case word == "size":
			p.Printf("%d %d\n", rows, cols)
		case word == "-a":
			p.Printf("speed 38400 baud; rows %d; columns %d; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; werase = ^W;\n", rows, cols)
			for _, name := range []string{"icrnl", "onlcr", "isig", "icanon", "echo"} {
				if !*switches[name] {
					name = "-" + name
				}
				p.Printf("%s ", name)
			}
			p.Printf("\n")
		case (word == "rows" || word == "cols" || word == "columns") && i+1 < len(args):
			i++
			n, err := strconv.ParseUint(args[i], 10, 16)
			if err != nil {
				p.Errorf("stty: bad %s '%s'\n", word, args[i])
				return 1
			}
			if word == "rows" {
				rows = int(n)
			} else {
				cols = int(n)
			}
			t.Resize(rows, cols)
		default:
			p.Errorf("stty: unknown option: %s\n", args[i])
			return 1
		}
	}
	t.SetModes(m)
	return 0
}

func tty(p *machine.Proc, _ []string) int {
	if machine.Terminal(p.FD(0)) == nil {
		p.Printf("not a tty\n")
		return 1
	}
	p.Printf("/dev/pts/0\n")
	return 0
}
