package toolbox

import (
	"fmt"
	"strings"

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

var packages = []struct{ name, version string }{
	{"android", "14"},
	{"com.android.bluetooth", "14"},
	{"com.android.car", "14"},
	{"com.android.car.carlauncher", "14"},
	{"com.android.systemui", "14"},
	{"com.farbench.dcm", "24.2.1-rc3"},
	{"com.farbench.navigation", "5.3.0"},
	{"com.farbench.radio", "2.8.11"},
}

func dumpPackage(p *machine.Proc, args []string) int {
	for _, pkg := range packages {
		if len(args) == 0 || args[0] == pkg.name {
			p.Printf("Packages:\n  Package [%s]:\n    versionCode=%d minSdk=29 targetSdk=34\n    versionName=%s\n", pkg.name, 1000+len(pkg.name), pkg.version)
		}
	}
	return 0
}

func pm(p *machine.Proc, args []string) int {
	switch line := strings.Join(args[1:], " "); {
	case strings.HasPrefix(line, "list packages"):
		for _, pkg := range packages {
			if !strings.Contains(line, "-3") || strings.HasPrefix(pkg.name, "com.farbench") {
				p.Printf("package:%s\n", pkg.name)
			}
		}
	case len(args) > 1 && args[1] == "dump":
		return dumpPackage(p, args[2:])
	case strings.HasPrefix(line, "path "):
		p.Printf("package:/system/app/%s/base.apk\n", args[len(args)-1])
	default:
		p.Errorf("Unknown command: %s\n", line)
		return 1
	}
	return 0
}
