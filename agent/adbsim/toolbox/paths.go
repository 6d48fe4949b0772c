package toolbox

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// mounts are what df shows beside /data, in KiB.
var mounts = []struct {
	device, path string
	size, used   int64
}{
	{"tmpfs", "/dev", 3932160, 1356},
	{"tmpfs", "/mnt", 3932160, 0},
	{"/dev/block/dm-0", "/", 2813952, 2805248},
	{"/dev/block/dm-1", "/vendor", 1126400, 1122304},
	{"/dev/block/dm-2", "/product", 614400, 612352},
	{"/dev/block/sda4", "/metadata", 16384, 320},
	{"/dev/block/sda6", "/mnt/vendor/persist", 32768, 2412},
}

// df is df [-h] [PATH…]: what a path lies on, or everything.
func df(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "hHkPia", "t")
	if !ok {
		return 1
	}
	_, human := set['h']
	size := func(kib int64) string { return fmt.Sprint(kib) }
	head, width := "Filesystem       1K-blocks    Used Available Use% Mounted on\n", []int{9, 7, 9}
	if human {
		size, head, width = humanSize, "Filesystem        Size Used Avail Use% Mounted on\n", []int{4, 4, 5}
	}
	used, quota := p.Machine.FS.Usage()
	all := append(slices.Clone(mounts), mounts[0])
	data := &all[len(all)-1]
	data.device, data.path, data.size, data.used = "/dev/block/dm-42", "/data", quota>>10, min(used, quota)>>10
	emulated := *data
	emulated.device, emulated.path = "/dev/fuse", "/storage/emulated"
	all = append(all, emulated)
	wanted := map[string]bool{}
	for _, name := range names {
		if _, err := p.Machine.FS.Stat(p.Abs(name)); err != nil {
			p.Errorf("df: %s: %s\n", name, machine.Reason(err))
			return 1
		}
		best := "/"
		for _, m := range all {
			if at := p.Abs(name) + "/"; strings.HasPrefix(at, m.path+"/") && len(m.path) > len(best) || m.path == "/data" && strings.HasPrefix(at, "/sdcard/") {
				best = m.path
			}
		}
		wanted[best] = true
	}
	p.Printf("%s", head)
	for _, m := range all {
		if len(names) == 0 || wanted[m.path] {
			p.Printf("%-17s %*s %*s %*s %3d%% %s\n", m.device, width[0], size(m.size), width[1], size(m.used), width[2], size(m.size-m.used), (m.used*100+m.size-1)/max(1, m.size), m.path)
		}
	}
	return 0
}

// humanSize writes KiB as df -h does: two digits that matter.
func humanSize(kib int64) string {
	units := "KMGT"
	value := float64(kib)
	for i := range units {
		if value < 1000 || i == len(units)-1 {
			if value < 10 && i > 0 {
				return fmt.Sprintf("%.1f%c", value, units[i])
			}
			return fmt.Sprintf("%.0f%c", value, units[i])
		}
		value /= 1024
	}
	return ""
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
