package toolbox

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// pgrep is pgrep [-f] [-l] [-x] PATTERN; pkill [-SIGNAL] [-f] [-x] PATTERN ends
// what it finds and killall [-SIGNAL] NAME what is called so. The system's own
// processes take no signal from a shell.
func pgrep(p *machine.Proc, args []string) int {
	name, sig := args[0], machine.TERM
	var rest []string
	var whole, exact, long bool
	for _, arg := range args[1:] {
		switch {
		case arg == "-f":
			whole = true
		case arg == "-x":
			exact = true
		case arg == "-l":
			long = true
		case strings.HasPrefix(arg, "-") && name != "pgrep":
			var err error
			if sig, err = machine.ParseSignal(strings.TrimPrefix(arg[1:], "SIG")); err != nil {
				p.Errorf("%s: bad -%s\n", name, arg[1:])
				return 1
			}
		default:
			rest = append(rest, arg)
		}
	}
	if len(rest) == 0 {
		p.Errorf("%s: Needs 1 argument\n", name)
		return 1
	}
	pattern := rest[0]
	if name == "killall" {
		pattern, exact = regexp.QuoteMeta(pattern), true
	}
	if exact {
		pattern = "^(?:" + pattern + ")$"
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		p.Errorf("%s: bad regex '%s': %v\n", name, rest[0], err)
		return 1
	}
	matches := func(command string) bool {
		first, _, _ := strings.Cut(command, " ")
		if whole {
			first = command
		} else {
			first = path.Base(first)
		}
		return re.MatchString(first)
	}
	found, status := false, 0
	hit := func(pid int, command string, system bool) {
		found = true
		switch {
		case name == "pgrep" && long:
			p.Printf("%d %s\n", pid, command)
		case name == "pgrep":
			p.Printf("%d\n", pid)
		case system:
			p.Errorf("%s: bad kill %d: Operation not permitted\n", name, pid)
			status = 1
		default:
			p.Machine.Kill(pid, sig)
		}
	}
	for _, one := range shownProcesses(p.Machine) {
		if matches(one.Name) {
			hit(one.PID, one.Name, true)
		}
	}
	for _, one := range p.Machine.Processes() {
		if one != p && matches(one.Name()) {
			hit(one.PID, one.Name(), false)
		}
	}
	if !found {
		if name == "killall" {
			p.Errorf("killall: %s: No such process\n", strconv.Quote(rest[0]))
		}
		return 1
	}
	return status
}

// su is su [USER] COMMAND: on this build the shell may be root.
func su(p *machine.Proc, args []string) int {
	rest := args[1:]
	if len(rest) > 0 && (rest[0] == "root" || rest[0] == "0" || rest[0] == "shell") {
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0] == "-c" {
		rest = append([]string{"sh"}, rest...)
	}
	if len(rest) == 0 {
		rest = []string{"sh"}
	}
	return p.Exec(rest...)
}

// mount lists what df shows, as mount does.
func mount(p *machine.Proc, args []string) int {
	if len(args) > 1 {
		p.Errorf("mount: Operation not permitted\n")
		return 1
	}
	p.Printf("%s", mountText())
	return 0
}

func mountText() string {
	var text strings.Builder
	for _, m := range mounts {
		kind, how := "ext4", "ro,seclabel,relatime"
		switch {
		case m.device == "tmpfs":
			kind, how = "tmpfs", "rw,seclabel,nosuid,relatime,mode=755"
		case strings.Contains(m.path, "persist") || m.path == "/metadata":
			how = "rw,seclabel,nosuid,nodev,noatime"
		}
		text.WriteString(m.device + " on " + m.path + " type " + kind + " (" + how + ")\n")
	}
	text.WriteString("/dev/block/dm-42 on /data type f2fs (rw,lazytime,seclabel,nosuid,nodev,noatime,background_gc=on)\n")
	text.WriteString("/dev/fuse on /storage/emulated type fuse (rw,lazytime,nosuid,nodev,noexec,noatime,user_id=0,group_id=0,allow_other)\n")
	return text.String()
}
