package toolbox

import (
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

func pidof(p *machine.Proc, args []string) int {
	var found []string
	for _, want := range args[1:] {
		for _, one := range shownProcesses(p.Machine) {
			if one.Name == want {
				found = append(found, strconv.Itoa(one.PID))
			}
		}
		for _, one := range p.Machine.Processes() {
			first, _, _ := strings.Cut(one.Name(), " ")
			if one != p && path.Base(first) == want {
				found = append(found, strconv.Itoa(one.PID))
			}
		}
	}
	if len(found) == 0 {
		return 1
	}
	p.Printf("%s\n", strings.Join(found, " "))
	return 0
}

// kill sends signals: kill [-SIGNAL | -s SIGNAL] [--] PID… where 0 is the own
// group and -N the group N.
func kill(p *machine.Proc, args []string) int {
	args = args[1:]
	sig := machine.TERM
	if len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "--" {
		text := args[0][1:]
		args = args[1:]
		if text == "l" {
			p.Printf("HUP INT QUIT KILL USR1 USR2 PIPE ALRM TERM CHLD CONT STOP\n")
			return 0
		}
		if text == "s" || text == "n" {
			if len(args) == 0 {
				p.Errorf("kill: -%s needs an argument\n", text)
				return 1
			}
			text, args = args[0], args[1:]
		}
		var err error
		if sig, err = machine.ParseSignal(text); err != nil {
			p.Errorf("sh: kill: %v\n", err)
			return 1
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		p.Errorf("sh: kill: usage: kill [-SIGNAL] PID...\n")
		return 1
	}
	status := 0
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if err != nil {
			p.Errorf("sh: kill: %s: arguments must be jobs or process IDs\n", arg)
			status = 1
			continue
		}
		if pid == 0 {
			pid = -p.PGID
		}
		system := pid > 0 && pid < machine.FirstPID
		switch {
		case system || pid == -1 || pid < -1 && pid > -machine.FirstPID:
			p.Errorf("sh: kill: %s: Operation not permitted\n", arg)
			status = 1
		case !p.Machine.Kill(pid, sig):
			p.Errorf("sh: kill: %s: No such process\n", arg)
			status = 1
		}
	}
	return status
}

func sleep(p *machine.Proc, args []string) int {
	if len(args) < 2 {
		p.Errorf("%s: Needs 1 argument\n", args[0])
		return 1
	}
	var total time.Duration
	for _, text := range args[1:] {
		unit := time.Second
		if args[0] == "usleep" {
			unit = time.Microsecond
		}
		switch n := len(text); {
		case strings.HasSuffix(text, "ms"):
			unit, text = time.Millisecond, text[:n-2]
		case n > 0 && strings.IndexByte("smhd", text[n-1]) >= 0:
			unit = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[text[n-1]]
			text = text[:n-1]
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v < 0 || v > 1e9 {
			p.Errorf("%s: not a number: %s\n", args[0], text)
			return 1
		}
		total += time.Duration(v * float64(unit))
	}
	p.Sleep(total)
	return 0
}

func nohup(p *machine.Proc, args []string) int {
	if len(args) < 2 {
		p.Errorf("nohup: Needs 1 argument\n")
		return 125
	}
	p.Handle(machine.HUP, machine.Ignore)
	return p.Exec(args[1:]...)
}

// timeout runs a command and ends it when its time is over: exit code 124.
func timeout(p *machine.Proc, args []string) int {
	sig := machine.TERM
	set, rest := "", args[1:]
	if len(rest) > 1 && rest[0] == "-s" {
		set, rest = rest[1], rest[2:]
		var err error
		if sig, err = machine.ParseSignal(set); err != nil {
			p.Errorf("timeout: %v\n", err)
			return 125
		}
	}
	if len(rest) < 2 {
		p.Errorf("timeout: Needs 2 arguments\n")
		return 125
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(rest[0], "s"), 64)
	if err != nil {
		p.Errorf("timeout: not a number: %s\n", rest[0])
		return 125
	}
	child, err := p.Spawn(strings.Join(rest[1:], " "), func(c *machine.Proc) int { return c.Exec(rest[1:]...) })
	if err != nil {
		p.Errorf("timeout: %v\n", err)
		return 125
	}
	timer := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-child.Done():
		return child.Status()
	case <-p.Context().Done():
		return 1
	case <-timer.C:
	}
	child.Signal(sig)
	select {
	case <-child.Done():
	case <-p.Context().Done():
	}
	return 124
}

// xargs runs a command with the words of standard input, with -n N in parts.
func xargs(p *machine.Proc, args []string) int {
	most := 1000
	rest := args[1:]
	if len(rest) > 1 && rest[0] == "-n" {
		n, err := strconv.Atoi(rest[1])
		if err != nil || n < 1 {
			p.Errorf("xargs: not integer: %s\n", rest[1])
			return 1
		}
		most, rest = n, rest[2:]
	}
	if len(rest) == 0 {
		rest = []string{"echo"}
	}
	var words []string
	eachLine(p.Stdin(), func(line []byte, _ bool) bool {
		words = append(words, strings.Fields(string(line))...)
		return len(words) < 1<<20
	})
	status := 0
	for len(words) > 0 && !p.Killed() {
		n := min(most, len(words))
		command := append(append([]string(nil), rest...), words[:n]...)
		words = words[n:]
		child, err := p.Spawn(strings.Join(command, " "), func(c *machine.Proc) int { return c.Exec(command...) })
		if err != nil {
			p.Errorf("xargs: %v\n", err)
			return 1
		}
		select {
		case <-child.Done():
			if child.Status() != 0 {
				status = 123
			}
		case <-p.Context().Done():
			return 1
		}
	}
	return status
}

func env(p *machine.Proc, args []string) int {
	rest := args[1:]
	if args[0] == "printenv" {
		for _, name := range rest {
			value := p.Getenv(name)
			if value == "" {
				return 1
			}
			p.Printf("%s\n", value)
		}
		if len(rest) > 0 {
			return 0
		}
	}
	for len(rest) > 0 && strings.Contains(rest[0], "=") {
		p.Env = append(p.Env, rest[0])
		rest = rest[1:]
	}
	if len(rest) > 0 {
		return p.Exec(rest...)
	}
	for _, kv := range p.Env {
		p.Printf("%s\n", kv)
	}
	return 0
}

func pwd(p *machine.Proc, _ []string) int {
	p.Printf("%s\n", p.Dir)
	return 0
}

func which(p *machine.Proc, args []string) int {
	status := 0
	for _, name := range args[1:] {
		_, where, err := p.Find(name, p.Getenv("PATH"))
		if err != nil {
			status = 1
			continue
		}
		p.Printf("%s\n", where)
	}
	return status
}

func nothing(*machine.Proc, []string) int { return 0 }
