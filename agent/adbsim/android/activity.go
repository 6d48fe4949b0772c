package android

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// app is a running process of an app.
type app struct {
	name  string // the package
	user  int
	appID int
	pid   int
	rss   int // KiB
}

const (
	maxApps     = 200
	firstAppPID = 2600
	lastAppPID  = 3900
)

// started is the state just after boot; the lock is held.
func (s *System) started() volatile {
	v := volatile{nextApp: firstAppPID, resumed: map[int]string{}, car: newCar(s.model), media: newMedia(), radios: map[string]bool{"wifi": true, "bluetooth": true, "data": true, "nfc": false}}
	for i, a := range s.model.Apps {
		name, _, _ := strings.Cut(a.Component, "/")
		v.apps = append(v.apps, app{name: name, user: s.foreground, appID: a.AppID, pid: a.PID, rss: 188244 - 21000*i})
		if _, taken := v.resumed[a.Display]; a.Display >= 0 && !taken {
			v.resumed[a.Display] = full(a.Component)
		}
	}
	return v
}

// appID is an app's number, the same on every device.
func appID(name string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return 100 + int(h.Sum32()%200)
}

// full writes package/.Activity out.
func full(component string) string {
	name, class, found := strings.Cut(component, "/")
	if !found {
		return component
	}
	if strings.HasPrefix(class, ".") {
		class = name + class
	}
	return name + "/" + class
}

// short is how Android writes a component: the package is not repeated.
func short(component string) string {
	name, class, _ := strings.Cut(component, "/")
	if rest, inside := strings.CutPrefix(class, name+"."); inside {
		class = "." + rest
	}
	return name + "/" + class
}

// shown are the apps' processes, for ps and top.
func (s *System) shown() []machine.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh()
	var out []machine.Shown
	for _, a := range s.apps {
		out = append(out, machine.Shown{User: fmt.Sprintf("u%d_a%d", a.user, a.appID), PID: a.pid, PPID: 612, Name: a.name})
	}
	return out
}

func (s *System) running(name string) bool {
	return slices.ContainsFunc(s.apps, func(a app) bool { return a.name == name })
}

// startApp gives an app a process unless it has one, and tells whether it was
// started cold.
func (s *System) startApp(name string) (cold bool) {
	if s.running(name) || len(s.apps) >= maxApps {
		return false
	}
	if s.nextApp++; s.nextApp > lastAppPID {
		s.nextApp = firstAppPID
	}
	a := app{name: name, user: s.foreground, appID: appID(name), pid: s.nextApp, rss: 60000 + appID(name)*300}
	s.apps = append(s.apps, a)
	s.log(logd.System, serverPID, 'I', "ActivityManager", fmt.Sprintf("Start proc %d:%s/u%da%d for top-activity", a.pid, name, a.user, a.appID))
	s.log(logd.Events, serverPID, 'I', "am_proc_start", fmt.Sprintf("[%d,%d,%d%05d,%s,top-activity,]", a.user, a.pid, a.user, 10000+a.appID, name))
	return true
}

// stopApp ends an app's process and takes its activities away.
func (s *System) stopApp(name string) bool {
	was := len(s.apps)
	s.apps = slices.DeleteFunc(s.apps, func(a app) bool { return a.name == name })
	for display, component := range s.resumed {
		if strings.HasPrefix(component, name+"/") {
			s.resumed[display] = launcher
		}
	}
	return len(s.apps) < was
}

const launcher = "com.android.car.carlauncher/com.android.car.carlauncher.CarLauncher"

// am is am start|force-stop|broadcast|… ; the answers that take time take it
// outside the lock.
func (s *System) am(p *machine.Proc, args []string) int {
	verb := ""
	if len(args) > 1 {
		verb = args[1]
	}
	switch verb {
	case "start", "start-activity":
		return s.startActivity(p, args)
	case "instrument":
		return s.instrument(p, args)
	case "broadcast":
		return s.with(p, args, broadcast)
	case "force-stop", "kill", "stop-app":
		return s.with(p, args, forceStop)
	case "startservice", "start-service", "start-foreground-service", "startforegroundservice":
		return s.with(p, args, startService)
	case "get-current-user":
		return s.with(p, args, func(c *call) int {
			fmt.Fprintf(&c.out, "%d\n", c.foreground)
			return 0
		})
	case "switch-user":
		return s.with(p, args, switchUser)
	case "stack", "task":
		return s.with(p, args, dumpActivities)
	}
	p.Errorf("Unknown command: %s\n", verb)
	return 255
}

// intent is what the options of am say.
type intent struct {
	action, data, component, name string
	display                       int
	waits                         bool
}

func readIntent(args []string) intent {
	set, rest := options(args, "-a", "-d", "-t", "-n", "-c", "-p", "-f", "--user", "--display", "-R", "-P",
		"--es", "--ei", "--ez", "--el", "--ef", "--eu", "--windowingMode", "--receiver-permission")
	_, waits := set["-W"]
	in := intent{action: set["-a"], data: set["-d"], component: set["-n"], name: set["-p"], waits: waits}
	in.display, _ = strconv.Atoi(set["--display"])
	if in.component == "" && len(rest) > 0 {
		switch last := rest[len(rest)-1]; {
		case strings.Contains(last, "://"):
			in.data = last
		case strings.Contains(last, "/"):
			in.component = last
		case in.action == "" && strings.Contains(last, "."):
			in.name = last
		}
	}
	return in
}

func (in intent) String() string {
	var parts []string
	for _, part := range []struct{ key, value string }{{"act", in.action}, {"dat", in.data}, {"pkg", in.name}, {"cmp", in.component}} {
		if part.value != "" {
			if part.key == "cmp" {
				part.value = short(full(part.value))
			}
			parts = append(parts, part.key+"="+part.value)
		}
	}
	return "Intent { " + strings.Join(parts, " ") + " }"
}

func (s *System) startActivity(p *machine.Proc, args []string) int {
	in := readIntent(args[2:])
	p.Printf("Starting: %s\n", in)
	component := full(in.component)
	if component == "" && in.action == "android.intent.action.MAIN" && in.name == "" {
		component = launcher
	}
	if component == "" && in.name != "" {
		component = in.name + "/" + in.name + ".MainActivity"
	}
	name, _, _ := strings.Cut(component, "/")
	var state string
	var took time.Duration
	code := s.with(p, args, func(c *call) int {
		switch {
		case component == "":
			fmt.Fprintf(&c.err, "Error: Activity not started, unable to resolve %s\n", in)
			return 1
		case !c.installed(name):
			fmt.Fprintf(&c.err, "Error type 3\nError: Activity class {%s} does not exist.\n", component)
			return 1
		}
		if _, there := c.model.display(in.display); !there {
			fmt.Fprintf(&c.err, "Exception occurred while executing 'start':\njava.lang.IllegalArgumentException: Invalid display: %d\n", in.display)
			return 255
		}
		state, took = "WARM", 96*time.Millisecond
		if c.resumed[in.display] == component {
			state, took = "HOT", 0
		}
		if c.startApp(name) {
			state, took = "COLD", time.Duration(300+appID(name))*time.Millisecond
		}
		c.resumed[in.display] = component
		c.log(logd.System, serverPID, 'I', "ActivityTaskManager", fmt.Sprintf("START u%d {%s} with LAUNCH_MULTIPLE from uid 2000 (BAL_ALLOW_PERMISSION) result code=0", c.foreground, strings.Trim(strings.TrimPrefix(in.String(), "Intent "), "{ }")))
		if state != "HOT" {
			c.log(logd.System, serverPID, 'I', "ActivityTaskManager", fmt.Sprintf("Displayed %s for user %d: +%dms", short(component), c.foreground, took.Milliseconds()))
		}
		return 0
	})
	if code != 0 {
		return code
	}
	if state == "HOT" {
		p.Printf("Warning: Activity not started, its current task has been brought to the front\n")
	}
	if !in.waits {
		return 0
	}
	p.Sleep(took)
	p.Printf("Status: ok\nLaunchState: %s\nActivity: %s\nTotalTime: %d\nWaitTime: %d\nComplete\n", state, short(component), took.Milliseconds(), took.Milliseconds()+7)
	return 0
}

func forceStop(c *call) int {
	_, rest := options(c.args[2:], "--user")
	if len(rest) == 0 {
		c.err.WriteString("Exception occurred while executing 'force-stop':\njava.lang.IllegalArgumentException: Argument expected after \"force-stop\"\n")
		return 255
	}
	if c.stopApp(rest[0]) {
		c.log(logd.System, serverPID, 'I', "ActivityManager", fmt.Sprintf("Force stopping %s appid=%d user=-1: from pid %d", rest[0], 10000+appID(rest[0]), c.p.PID))
	}
	return 0
}

func broadcast(c *call) int {
	in := readIntent(c.args[2:])
	fmt.Fprintf(&c.out, "Broadcasting: Intent { %s flg=0x400000 }\n", strings.TrimSuffix(strings.TrimPrefix(in.String(), "Intent { "), " }"))
	c.out.WriteString("Broadcast completed: result=0\n")
	c.log(logd.System, serverPID, 'D', "ActivityManager", "broadcast from shell: "+in.String())
	return 0
}

func startService(c *call) int {
	in := readIntent(c.args[2:])
	fmt.Fprintf(&c.out, "Starting service: %s\n", in)
	name, _, _ := strings.Cut(in.component, "/")
	if name == "" || !c.installed(name) {
		c.err.WriteString("Error: Not found; no service started.\n")
		return 255
	}
	c.startApp(name)
	return 0
}

func switchUser(c *call) int {
	_, rest := options(c.args[2:])
	id := -1
	if len(rest) > 0 {
		id, _ = strconv.Atoi(rest[0])
	}
	if len(rest) == 0 || !c.hasUser(id) {
		fmt.Fprintf(&c.err, "Error: Failed to switch to user %s\n", strings.Join(rest, " "))
		return 1
	}
	if id == 0 && len(c.model.Users) > 1 {
		c.err.WriteString("Error: UserSwitchabilityResult=4\n") // the system user stays behind the others
		return 255
	}
	if was := c.foreground; was != id {
		c.foreground = id
		for i := range c.apps {
			c.apps[i].user = id
		}
		c.log(logd.System, serverPID, 'I', "ActivityManager", fmt.Sprintf("Switching users from %d to %d", was, id))
		c.log(logd.Main, carPID, 'I', "CarUserService", fmt.Sprintf("onUserSwitching(from=%d, to=%d)", was, id))
		c.log(logd.Events, serverPID, 'I', "am_switch_user", strconv.Itoa(id))
	}
	return 0
}
