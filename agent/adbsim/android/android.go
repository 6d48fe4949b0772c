// Package android is what lies above the kernel of a simulated device: its
// displays, users, settings, apps and car, and the commands that show and
// change them (dumpsys, cmd, am, settings, wm, input, screencap, bugreportz …)
// in the formats of the real ones. What a reboot keeps, it keeps: settings,
// users and overrides stay; apps, vehicle properties and what plays begin anew.
// It knows processes and the log, and neither adb nor the host.
package android

import (
	"strings"
	"sync"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// System is the Android of one device.
type System struct {
	m     *machine.Machine
	model Model
	// packages is what pm was before this package took over users and grants.
	packages machine.Program

	mu   sync.Mutex // guards what is below
	boot string     // the boot that volatile belongs to
	kept
	volatile
}

// kept is what survives a reboot.
type kept struct {
	settings   map[table]map[string]string
	users      []User
	foreground int
	sizes      map[int][2]int // by logical display: what wm size was told
	densities  map[int]int
	nightMode  string // of uimode: yes, no, auto
	grants     map[grant]bool
}

// volatile begins anew at each boot.
type volatile struct {
	apps    []app
	nextApp int
	resumed map[int]string // by logical display: the activity in front
	car     car
	media   media
	radios  map[string]bool
	inputs  int
}

// Install gives a machine its Android. Call it after toolbox.Install and
// before the first process starts.
func Install(m *machine.Machine, model Model) *System {
	s := &System{m: m, model: model, packages: m.Programs["pm"]}
	s.kept = kept{
		settings: defaultSettings(model), users: append([]User(nil), model.Users...), foreground: model.foreground(),
		sizes: map[int][2]int{}, densities: map[int]int{}, nightMode: "no", grants: map[grant]bool{},
	}
	programs := map[string]machine.Program{
		"dumpsys": s.dumpsys, "cmd": s.cmd, "pm": s.pm, "am": s.needs("activity", s.am), "wm": s.needs("window", s.locked(wm)),
		"settings": s.needs("settings", s.locked(settings)), "input": s.needs("input", s.locked(input)), "svc": s.needs("power", s.locked(svc)),
		"monkey": s.needs("activity", s.monkey), "screencap": s.screencap, "bugreportz": s.bugreportz,
		"ip": s.locked(ip), "ping": s.ping, "perfetto": s.perfetto, "service": s.service,
	}
	in := m.FS.Install()
	for name, run := range programs {
		m.Programs[name] = run
		in.File(machine.BinDir+"/"+name, 0o755, []byte("simulated: "+name+"\n"))
	}
	m.Shown = s.shown
	m.Packages.Users = s.who
	s.installFiles()
	return s
}

// fresh forgets what a reboot forgets; the lock is held.
func (s *System) fresh() {
	if id := s.m.BootID(); id != s.boot {
		s.boot = id
		s.volatile = s.started()
	}
}

// call is one command: what it was given and what it answers. Its answer is
// written when the command is over, so that a slow reader holds nobody up.
type call struct {
	*System
	p    *machine.Proc
	args []string // args[0] is the command's name
	out  strings.Builder
	err  strings.Builder
}

// arg gives an argument, or "".
func (c *call) arg(i int) string {
	if i < len(c.args) {
		return c.args[i]
	}
	return ""
}

// with runs one command under the lock and writes its answer.
func (s *System) with(p *machine.Proc, args []string, run func(*call) int) int {
	c := &call{System: s, p: p, args: args}
	status := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fresh()
		return run(c)
	}()
	if c.err.Len() > 0 {
		p.Errorf("%s", c.err.String())
	}
	if c.out.Len() > 0 {
		p.Printf("%s", c.out.String())
	}
	return status
}

// locked makes a program of a command that ends at once.
func (s *System) locked(run func(*call) int) machine.Program {
	return func(p *machine.Proc, args []string) int { return s.with(p, args, run) }
}

// up tells whether Android has booted so far that its services answer.
func (s *System) up() bool { return s.m.Props.Get("init.svc.bootanim") != "running" }

// needs makes a command fail as the real one does while its service is not up.
func (s *System) needs(service string, run machine.Program) machine.Program {
	return func(p *machine.Proc, args []string) int {
		if !s.up() {
			p.Errorf("cmd: Can't find service: %s\n", service)
			return 20
		}
		return run(p, args)
	}
}

// The processes in whose name the system writes to the log.
const (
	serverPID  = 1104
	carPID     = 1402
	vehiclePID = 540
)

const (
	systemUID  = 1000
	vehicleUID = 1078
)

// log writes a line in the name of a system process.
func (s *System) log(buffer logd.Buffer, pid int, priority byte, tag, message string) {
	uid := systemUID
	if pid == vehiclePID {
		uid = vehicleUID
	}
	s.m.Log.Write(logd.Entry{Buffer: buffer, Priority: priority, PID: pid, TID: pid, UID: uid, Tag: tag, Message: message})
}

// options takes --name VALUE (and --name=VALUE) pairs and bare flags out of
// arguments; the rest keeps its order.
func options(args []string, withValue ...string) (set map[string]string, rest []string) {
	set = map[string]string{}
	for i := 0; i < len(args); i++ {
		name, value, given := strings.Cut(args[i], "=")
		takes := false
		for _, w := range withValue {
			takes = takes || w == name
		}
		switch {
		case len(name) < 2 || name[0] != '-':
			rest = append(rest, args[i])
		case given && takes:
			set[name] = value
		case takes && i+1 < len(args):
			i++
			set[name] = args[i]
		default:
			set[args[i]] = ""
		}
	}
	return set, rest
}
