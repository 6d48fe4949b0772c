package toolbox

import (
	"fmt"
	"path"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
)

func df(p *machine.Proc, _ []string) int {
	used, quota := p.Machine.FS.Usage()
	p.Printf("Filesystem      1K-blocks    Used Available Use%% Mounted on\n")
	p.Printf("/dev/block/dm-0   2813952 2805248      8704 100%% /\n")
	p.Printf("/dev/block/dm-42  %7d %7d %9d %3d%% /data\n", quota>>10, used>>10, (quota-used)>>10, used*100/max(1, quota))
	return 0
}

func du(p *machine.Proc, args []string) int {
	_, names, ok := flags(p, args, "skh", "")
	if !ok {
		return 1
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	for _, name := range names {
		var total int64
		walk(p, p.Abs(name), func(_ string, info memfs.Info) { total += (info.Size() + 1023) >> 10 })
		p.Printf("%d\t%s\n", total, name)
	}
	return 0
}

// walk visits what is at and below a path.
func walk(p *machine.Proc, abs string, visit func(abs string, info memfs.Info)) {
	info, err := p.Machine.FS.Lstat(abs)
	if err != nil || p.Killed() {
		return
	}
	visit(abs, info)
	if info.IsDir() {
		kids, _ := p.Machine.FS.ReadDir(abs)
		for _, kid := range kids {
			walk(p, path.Join(abs, kid.Name()), visit)
		}
	}
}

// find lists paths, with -name PATTERN and -type f|d|l.
func find(p *machine.Proc, args []string) int {
	start, name, kind := ".", "", ""
	args = args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		start, args = args[0], args[1:]
	}
	for ; len(args) > 1; args = args[2:] {
		switch args[0] {
		case "-name":
			name = args[1]
		case "-type":
			kind = args[1]
		default:
			p.Errorf("find: bad arg '%s'\n", args[0])
			return 1
		}
	}
	abs := p.Abs(start)
	if _, err := p.Machine.FS.Lstat(abs); err != nil {
		p.Errorf("find: '%s': %s\n", start, machine.Reason(err))
		return 1
	}
	out := output(p)
	walk(p, abs, func(at string, info memfs.Info) {
		if kind != "" && kind != map[memfs.Kind]string{memfs.Regular: "f", memfs.Dir: "d", memfs.Link: "l", memfs.Device: "c"}[info.Kind] {
			return
		}
		if fits, _ := path.Match(name, path.Base(at)); name != "" && !fits {
			return
		}
		fmt.Fprintf(out, "%s\n", start+strings.TrimPrefix(at, abs))
	})
	return failed(out.Flush())
}

func basename(p *machine.Proc, args []string) int {
	if len(args) < 2 {
		p.Errorf("basename: Needs 1 argument\n")
		return 1
	}
	name := path.Base(args[1])
	if len(args) > 2 && name != args[2] {
		name = strings.TrimSuffix(name, args[2])
	}
	p.Printf("%s\n", name)
	return 0
}

func dirname(p *machine.Proc, args []string) int {
	if len(args) < 2 {
		p.Errorf("dirname: Needs 1 argument\n")
		return 1
	}
	p.Printf("%s\n", path.Dir(args[1]))
	return 0
}

func realpath(p *machine.Proc, args []string) int {
	return each(p, "realpath", args[1:], func(abs string) error {
		if _, err := p.Machine.FS.Stat(abs); err != nil {
			return err
		}
		p.Printf("%s\n", abs)
		return nil
	})
}
