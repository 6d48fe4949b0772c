package android

import (
	"fmt"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// The tests of an instrumented package, always the same three.
var instrumented = []string{"bootCompletes", "displaysAreOn", "versionIsShown"}

// instrument is am instrument [-w] [-r] [-e KEY VALUE] PACKAGE/RUNNER.
func (s *System) instrument(p *machine.Proc, args []string) int {
	var rest []string
	flags := map[string]bool{}
	for i := 2; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "-e":
			i += 2
		case arg == "--user" || arg == "-p":
			i++
		case strings.HasPrefix(arg, "-"):
			flags[arg] = true
		default:
			rest = append(rest, arg)
		}
	}
	if len(rest) == 0 {
		p.Errorf("Exception occurred while executing 'instrument':\njava.lang.IllegalArgumentException: Argument expected after \"instrument\"\n")
		return 255
	}
	name, runner, _ := strings.Cut(rest[0], "/")
	known := false
	s.with(p, args, func(c *call) int {
		known = runner != "" && c.installed(strings.TrimSuffix(name, ".test"))
		if known {
			c.log(logd.System, serverPID, 'I', "ActivityManager", "Start instrumentation of "+rest[0])
		}
		return 0
	})
	if !known {
		p.Printf("INSTRUMENTATION_STATUS: id=ActivityManagerService\n")
		p.Printf("INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: ComponentInfo{%s}\n", rest[0])
		p.Printf("INSTRUMENTATION_STATUS_CODE: -1\n")
		p.Errorf("android.util.AndroidException: INSTRUMENTATION_FAILED: %s\n", rest[0])
		return 1
	}
	if !flags["-w"] {
		return 0
	}
	class := name + ".SmokeTest"
	began := s.m.Now()
	for i, test := range instrumented {
		if flags["-r"] {
			p.Printf("%s", instrumentStatus(class, test, i+1, 1))
		}
		p.Sleep(120 * time.Millisecond)
		if p.Killed() {
			return 1
		}
		if flags["-r"] {
			p.Printf("%s", instrumentStatus(class, test, i+1, 0))
		} else {
			if i == 0 {
				p.Printf("\n%s:", class)
			}
			p.Printf(".")
		}
	}
	took := s.m.Now().Sub(began).Seconds()
	if flags["-r"] {
		p.Printf("INSTRUMENTATION_RESULT: stream=\n\nTime: %.3f\n\nOK (%d tests)\n\n\nINSTRUMENTATION_CODE: -1\n", took, len(instrumented))
	} else {
		p.Printf("\n\nTime: %.3f\n\nOK (%d tests)\n\n\n", took, len(instrumented))
	}
	return 0
}

func instrumentStatus(class, test string, n, code int) string {
	stream := ""
	switch {
	case code == 1 && n == 1:
		stream = "\n" + class + ":"
	case code == 0:
		stream = "."
	}
	return fmt.Sprintf("INSTRUMENTATION_STATUS: class=%s\nINSTRUMENTATION_STATUS: current=%d\nINSTRUMENTATION_STATUS: id=AndroidJUnitRunner\n"+
		"INSTRUMENTATION_STATUS: numtests=%d\nINSTRUMENTATION_STATUS: stream=%s\nINSTRUMENTATION_STATUS: test=%s\nINSTRUMENTATION_STATUS_CODE: %d\n",
		class, n, len(instrumented), stream, test, code)
}

// monkey is monkey -p PACKAGE [-v] [-s SEED] COUNT: events for one app.
func (s *System) monkey(p *machine.Proc, args []string) int {
	set, rest := options(args[1:], "-p", "-s", "-c", "--throttle", "--pct-touch", "--pct-motion", "--pct-syskeys")
	count := 0
	if len(rest) == 0 {
		p.Errorf("** Error: Count not specified\n")
		return 255
	}
	if _, err := fmt.Sscan(rest[len(rest)-1], &count); err != nil || count < 0 || count > 1_000_000 {
		p.Errorf("** Error: Count is not a number\n")
		return 255
	}
	name := set["-p"]
	known := name == ""
	s.with(p, args, func(c *call) int {
		if known = known || c.installed(name); known && name != "" {
			c.startApp(name)
			c.resumed[0] = name + "/" + name + ".MainActivity"
		}
		return 0
	})
	p.Printf("  bash arg: %s\n", strings.Join(args[1:], "\n  bash arg: "))
	if !known {
		p.Printf("** No activities found to run, monkey aborted.\n")
		return 251
	}
	took := time.Duration(count) * 2 * time.Millisecond
	p.Sleep(min(took, 5*time.Second))
	p.Printf("Events injected: %d\n## Network stats: elapsed time=%dms (0ms mobile, 0ms wifi, %dms not connected)\n", count, took.Milliseconds(), took.Milliseconds())
	if _, verbose := set["-v"]; verbose {
		p.Printf("// Monkey finished\n")
	}
	return 0
}

// perfetto is perfetto [-t TIME] -o FILE: a trace that begins like one.
func (s *System) perfetto(p *machine.Proc, args []string) int {
	set, _ := options(args[1:], "-o", "--out", "-t", "--time", "-c", "--config", "-b", "--buffer", "-s", "--size")
	out := set["-o"] + set["--out"]
	if out == "" {
		p.Errorf("Either --out or --upload is required\n")
		return 1
	}
	took, err := time.ParseDuration(set["-t"] + set["--time"])
	if err != nil {
		took = 200 * time.Millisecond
	}
	p.Sleep(took)
	// A trace packet with a clock snapshot's tag, and nothing in it.
	if err := writeFile(p, out, []byte{0x0a, 0x04, 0x32, 0x02, 0x08, 0x06}); err != nil {
		p.Errorf("Failed to open %s: %s\n", out, machine.Reason(err))
		return 1
	}
	p.Errorf("[%09.3f] perfetto_cmd.cc:1055 Connected to the Perfetto traced service, TTL: %ds\n", s.m.Now().Sub(s.m.Booted()).Seconds(), int(took.Seconds()))
	p.Errorf("[%09.3f] perfetto_cmd.cc:1163 Wrote 6 bytes into %s\n", s.m.Now().Sub(s.m.Booted()).Seconds(), out)
	return 0
}
