package toolbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// date prints the time: [-u] [-d @SECONDS] [+FORMAT].
func date(p *machine.Proc, args []string) int {
	now := local(p.Machine, p.Machine.Now())
	format := "%a %b %e %H:%M:%S %Z %Y"
	for i := 1; i < len(args); i++ {
		switch arg := args[i]; {
		case strings.HasPrefix(arg, "+"):
			format = arg[1:]
		case arg == "-d" && i+1 < len(args) && strings.HasPrefix(args[i+1], "@"):
			i++
			seconds, err := strconv.ParseInt(args[i][1:], 10, 64)
			if err != nil {
				p.Errorf("date: bad date '%s'\n", args[i])
				return 1
			}
			now = local(p.Machine, time.Unix(seconds, 0))
		case arg == "-u":
			now = now.UTC()
		default:
			p.Errorf("date: cannot set date: Operation not permitted\n")
			return 1
		}
	}
	p.Printf("%s\n", strftime(now, format))
	return 0
}

var dateLayouts = map[byte]string{
	'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'y': "06", 'e': "_2", 'I': "03", 'p': "PM",
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'Z': "MST", 'z': "-0700", 'F': "2006-01-02", 'T': "15:04:05",
	'D': "01/02/06", 'R': "15:04", 'c': "Mon Jan _2 15:04:05 2006",
}

func strftime(t time.Time, format string) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		width := 9
		if format[i] >= '1' && format[i] <= '9' && i+1 < len(format) {
			width = int(format[i] - '0')
			i++
		}
		switch c := format[i]; c {
		case 's':
			b.WriteString(strconv.FormatInt(t.Unix(), 10))
		case 'N':
			b.WriteString(fmt.Sprintf("%09d", t.Nanosecond())[:width])
		case 'j':
			fmt.Fprintf(&b, "%03d", t.YearDay())
		case 'n':
			b.WriteByte('\n')
		case '%':
			b.WriteByte('%')
		default:
			if layout := dateLayouts[c]; layout != "" {
				b.WriteString(t.Format(layout))
			} else {
				b.WriteString("%" + string(c))
			}
		}
	}
	return b.String()
}

func uptime(p *machine.Proc, _ []string) int {
	now := p.Machine.Now().UTC()
	up := now.Sub(p.Machine.Booted())
	p.Printf(" %s up %d:%02d,  0 users,  load average: 1.42, 1.37, 1.29\n", now.Format("15:04:05"), int(up.Hours()), int(up.Minutes())%60)
	return 0
}

func uname(p *machine.Proc, args []string) int {
	parts := map[byte]string{
		's': "Linux", 'n': "localhost", 'r': "6.1.75-android14-11-farbench", 'v': "#1 SMP PREEMPT Thu Nov  5 09:12:44 UTC 2026", 'm': "aarch64",
	}
	want := "s"
	if len(args) > 1 {
		want = strings.TrimPrefix(args[1], "-")
	}
	if want == "a" {
		want = "snrvm"
	}
	var out []string
	for _, c := range []byte("snrvm") {
		if strings.IndexByte(want, c) >= 0 {
			out = append(out, parts[c])
		}
	}
	if want == "snrvm" {
		out = append(out, "Toybox")
	}
	p.Printf("%s\n", strings.Join(out, " "))
	return 0
}

// isRoot says whether adbd, and so every program, has the rights of root.
func isRoot(p *machine.Proc) bool { return p.Machine.Props.Get("service.adb.root") == "1" }

func id(p *machine.Proc, args []string) int {
	if isRoot(p) {
		return rootID(p, args)
	}
	if len(args) > 1 {
		switch args[1] {
		case "-u", "-g":
			p.Printf("2000\n")
			return 0
		case "-un", "-gn":
			p.Printf("shell\n")
			return 0
		}
	}
	p.Printf("uid=2000(shell) gid=2000(shell) groups=2000(shell),1004(input),1007(log),1011(adb),1015(sdcard_rw),1028(sdcard_r)," +
		"3001(net_bt_admin),3002(net_bt),3003(inet),3006(net_bw_stats),3009(readproc),3011(uhid) context=u:r:shell:s0\n")
	return 0
}

func rootID(p *machine.Proc, args []string) int {
	switch strings.Join(args[1:], " ") {
	case "-u", "-g":
		p.Printf("0\n")
	case "-un", "-gn":
		p.Printf("root\n")
	default:
		p.Printf("uid=0(root) gid=0(root) groups=0(root),1004(input),1007(log),1011(adb),1015(sdcard_rw),1028(sdcard_r)," +
			"3001(net_bt_admin),3002(net_bt),3003(inet),3006(net_bw_stats),3009(readproc),3011(uhid) context=u:r:su:s0\n")
	}
	return 0
}

func whoami(p *machine.Proc, _ []string) int {
	if isRoot(p) {
		p.Printf("root\n")
		return 0
	}
	p.Printf("shell\n")
	return 0
}

func hostname(p *machine.Proc, _ []string) int {
	p.Printf("localhost\n")
	return 0
}

func nproc(p *machine.Proc, _ []string) int {
	p.Printf("8\n")
	return 0
}

func free(p *machine.Proc, _ []string) int {
	p.Printf("\t\ttotal        used        free      shared     buffers\n")
	p.Printf("Mem:\t   8053063680  6534725632  1518338048    12922880    65011712\n")
	p.Printf("-/+ buffers/cache: 6469713920  1583349760\n")
	p.Printf("Swap:\t   3221221376   281280512  2939940864\n")
	return 0
}

func top(p *machine.Proc, args []string) int {
	shown := shownProcesses(p.Machine)
	// top -b -n 1 -m 5: how often and how many lines.
	most := len(shown)
	for i := 1; i+1 < len(args); i++ {
		if n, err := strconv.Atoi(args[i+1]); err == nil && args[i] == "-m" {
			most = max(0, n)
		}
	}
	p.Printf("Tasks: %d total,   1 running, %d sleeping,   0 stopped,   0 zombie\n", len(shown)+1, len(shown))
	p.Printf("  Mem:  7864320K total,  6381568K used,  1482752K free,    63488K buffers\n")
	p.Printf("800%%cpu  61%%user   0%%nice  34%%sys 702%%idle   0%%iow   2%%irq   1%%sirq   0%%host\n")
	p.Printf("  PID USER         PR  NI VIRT  RES  SHR S[%%CPU] %%MEM     TIME+ ARGS\n")
	for i, one := range shown[4:min(len(shown), 4+most)] {
		p.Printf("%5d %-12.12s 18  -2  14G %3dM %3dM S %4.1f   %3.1f   0:%02d.%02d %s\n", one.PID, one.User, max(310-i*17, 40), max(140-i*9, 20),
			14.3/float64(i+1), 4.0/float64(i+1), max(41-i, 0), i*7%100, one.Name)
	}
	return 0
}
