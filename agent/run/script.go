package run

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/farbench/farbench/agent/wire"
)

// maxService is the longest request of the host protocol, less what stands
// before the command.
const maxService = 65_535 - len("shell,v2,raw:")

// service is what the device's shell is given: it says its process id first,
// because that is the process group to kill, and then runs the command. What
// is too long for a request goes through stdin into a file that is removed
// afterwards.
func service(s wire.Start) string {
	if !isLong(s) {
		return "echo $$\n" + s.Command
	}
	f := scriptPath(s.Run)
	return fmt.Sprintf("echo $$; cat > %s && sh %s < /dev/null; e=$?; rm -f %s; exit $e", f, f, f)
}

func isLong(s wire.Start) bool { return len(s.Command)+len("echo $$\n") > maxService }

func scriptPath(run string) string { return "/data/local/tmp/.farbench-" + run }

// maxPID is how many digits a process id has at most.
const maxPID = 10

// pidLine takes the first line off a command's stdout: the process id.
type pidLine struct {
	buf   []byte
	done  bool
	pid   int
	known chan struct{} // closed once pid is known
}

// strip returns what of data belongs to the command.
func (p *pidLine) strip(data []byte) []byte {
	if p.done {
		return data
	}
	p.buf = append(p.buf, data...)
	line, rest, whole := bytes.Cut(p.buf, []byte("\n"))
	if !whole && len(line) <= maxPID {
		return nil
	}
	p.done = true
	pid, err := strconv.Atoi(string(line))
	if !whole || len(line) > maxPID || err != nil || pid < 1 {
		return p.buf // the shell did not say it: not even this line is ours
	}
	p.pid = pid
	close(p.known)
	return rest
}

// rest is what was held back when the stream ended.
func (p *pidLine) rest() []byte {
	if p.done {
		return nil
	}
	p.done = true
	return p.buf
}
