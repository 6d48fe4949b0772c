package toolbox

import (
	"fmt"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

func getprop(p *machine.Proc, args []string) int {
	out := output(p)
	switch {
	case len(args) == 1:
		p.Machine.Props.List(func(name, value string) { fmt.Fprintf(out, "[%s]: [%s]\n", name, value) })
	default:
		value := p.Machine.Props.Get(args[1])
		if value == "" && len(args) > 2 {
			value = args[2]
		}
		fmt.Fprintln(out, value)
	}
	return failed(out.Flush())
}

func setprop(p *machine.Proc, args []string) int {
	if len(args) != 3 {
		p.Errorf("usage: setprop NAME VALUE\n")
		return 1
	}
	if err := p.Machine.Props.Set(args[1], args[2]); err != nil {
		p.Errorf("setprop: failed to set property '%s' to '%s': %v\n", args[1], args[2], err)
		return 1
	}
	return 0
}

// reboot asks init for it, perhaps into recovery or bootloader, and waits: it
// does not return from a reboot.
func reboot(p *machine.Proc, args []string) int {
	mode := ""
	if len(args) > 1 && args[len(args)-1] != "-p" {
		mode = "," + args[len(args)-1]
	}
	if err := p.Machine.Props.Set("sys.powerctl", "reboot"+mode); err != nil {
		p.Errorf("reboot: %v\n", err)
		return 1
	}
	<-p.Context().Done()
	return 0
}
