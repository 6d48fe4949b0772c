package toolbox

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
)

func ls(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "la1dhRtrAFsZ", "")
	if !ok {
		return 1
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	_, long := set['l']
	_, all := set['a']
	if _, almost := set['A']; almost { // there is no "." to leave out
		all = true
	}
	_, self := set['d']
	out := output(p)
	show := func(info memfs.Info, name string) {
		if !long {
			fmt.Fprintf(out, "%s\n", name)
			return
		}
		if info.Kind == memfs.Link {
			name += " -> " + info.Target
		}
		fmt.Fprintf(out, "%s 1 %-6s %-6s %9d %s %s\n", modeText(info), owner(info), owner(info), info.Size(),
			info.ModTime().UTC().Format("2006-01-02 15:04"), name)
	}
	status := 0
	for _, name := range names {
		abs := p.Abs(name)
		info, err := p.Machine.FS.Lstat(abs)
		if err == nil && info.Kind == memfs.Link && !long {
			info, err = p.Machine.FS.Stat(abs)
		}
		if err != nil {
			p.Errorf("ls: %s: %s\n", name, machine.Reason(err))
			status = 1
			continue
		}
		if !info.IsDir() || self {
			show(info, name)
			continue
		}
		list, _ := p.Machine.FS.ReadDir(abs)
		if len(names) > 1 {
			fmt.Fprintf(out, "%s:\n", name)
		}
		if long {
			fmt.Fprintf(out, "total %d\n", len(list)*4)
		}
		for _, kid := range list {
			if all || !strings.HasPrefix(kid.Name(), ".") {
				show(kid, kid.Name())
			}
		}
	}
	return max(status, failed(out.Flush()))
}

func modeText(info memfs.Info) string {
	kind := map[memfs.Kind]string{memfs.Regular: "-", memfs.Dir: "d", memfs.Link: "l", memfs.Device: "c"}[info.Kind]
	return kind + info.Perm.String()[1:]
}

func owner(info memfs.Info) string {
	if info.Perm&0o007 == 0 || info.Perm == 0o771 {
		return "shell"
	}
	return "root"
}

// each calls do with every name and says what went wrong.
func each(p *machine.Proc, prog string, names []string, do func(abs string) error) int {
	if len(names) == 0 {
		p.Errorf("%s: Needs 1 argument\n", prog)
		return 1
	}
	status := 0
	for _, name := range names {
		if err := do(p.Abs(name)); err != nil {
			p.Errorf("%s: %s: %s\n", prog, name, machine.Reason(err))
			status = 1
		}
	}
	return status
}

func rm(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "rfRiv", "")
	if !ok {
		return 1
	}
	_, force := set['f']
	_, deep := set['r']
	_, deeper := set['R']
	if force && len(names) == 0 {
		return 0
	}
	return each(p, "rm", names, func(abs string) error {
		info, err := p.Machine.FS.Lstat(abs)
		switch {
		case err != nil && force:
			return nil
		case err != nil:
			return err
		case info.IsDir() && !deep && !deeper:
			return errIsDir
		}
		return removeAll(p, abs, info)
	})
}

var errIsDir = fmt.Errorf("is a directory")

func removeAll(p *machine.Proc, abs string, info memfs.Info) error {
	if p.Killed() {
		return fs.ErrClosed
	}
	if info.IsDir() {
		kids, err := p.Machine.FS.ReadDir(abs)
		if err != nil {
			return err
		}
		for _, kid := range kids {
			if err := removeAll(p, path.Join(abs, kid.Name()), kid); err != nil {
				return err
			}
		}
	}
	return p.Machine.FS.Remove(abs)
}

func rmdir(p *machine.Proc, args []string) int {
	return each(p, "rmdir", args[1:], p.Machine.FS.Remove)
}

func mkdir(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "pv", "m")
	if !ok {
		return 1
	}
	_, parents := set['p']
	return each(p, "mkdir", names, func(abs string) error {
		if !parents {
			return p.Machine.FS.Mkdir(abs)
		}
		at := "/"
		for part := range strings.SplitSeq(strings.Trim(abs, "/"), "/") {
			at = path.Join(at, part)
			if info, err := p.Machine.FS.Stat(at); err == nil && info.IsDir() {
				continue
			}
			if err := p.Machine.FS.Mkdir(at); err != nil {
				return err
			}
		}
		return nil
	})
}

// into gives where a source goes: the target, or in it when it is a directory.
func into(p *machine.Proc, from, target string) string {
	abs := p.Abs(target)
	if info, err := p.Machine.FS.Stat(abs); err == nil && info.IsDir() {
		return path.Join(abs, path.Base(from))
	}
	return abs
}

func mv(p *machine.Proc, args []string) int {
	_, names, ok := flags(p, args, "fnv", "")
	if !ok || len(names) < 2 {
		p.Errorf("mv: Needs 2 arguments\n")
		return 1
	}
	target := names[len(names)-1]
	return each(p, "mv", names[:len(names)-1], func(abs string) error {
		return p.Machine.FS.Rename(abs, into(p, abs, target))
	})
}

func cp(p *machine.Proc, args []string) int {
	_, names, ok := flags(p, args, "rRfpav", "")
	if !ok || len(names) < 2 {
		p.Errorf("cp: Needs 2 arguments\n")
		return 1
	}
	target := names[len(names)-1]
	return each(p, "cp", names[:len(names)-1], func(abs string) error {
		return copyTree(p, abs, into(p, abs, target))
	})
}

func copyTree(p *machine.Proc, from, to string) error {
	info, err := p.Machine.FS.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		if strings.HasPrefix(to+"/", from+"/") {
			return fmt.Errorf("cannot copy a directory into itself")
		}
		if err := p.Machine.FS.Mkdir(to); err != nil {
			return err
		}
		kids, err := p.Machine.FS.ReadDir(from)
		if err != nil {
			return err
		}
		for _, kid := range kids {
			if err := copyTree(p, path.Join(from, kid.Name()), path.Join(to, kid.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	in, err := p.Open(from, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := p.Open(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(machine.Bound{P: p, F: out}, machine.Bound{P: p, F: in})
	return err
}

func touch(p *machine.Proc, args []string) int {
	_, names, ok := flags(p, args, "acm", "td")
	if !ok {
		return 1
	}
	return each(p, "touch", names, func(abs string) error {
		if _, err := p.Machine.FS.Stat(abs); err == nil {
			return p.Machine.FS.Touch(abs)
		}
		f, err := p.Open(abs, os.O_WRONLY|os.O_CREATE)
		if err != nil {
			return err
		}
		return f.Close()
	})
}

func chmod(p *machine.Proc, args []string) int {
	args = args[1:]
	if len(args) > 0 && args[0] == "-R" {
		args = args[1:]
	}
	if len(args) < 2 {
		p.Errorf("chmod: Needs 2 arguments\n")
		return 1
	}
	return each(p, "chmod", args[1:], func(abs string) error {
		info, err := p.Machine.FS.Stat(abs)
		if err != nil {
			return err
		}
		perm := info.Perm
		switch n, err := strconv.ParseUint(args[0], 8, 12); {
		case err == nil:
			perm = fs.FileMode(n)
		case strings.HasSuffix(args[0], "+x"):
			perm |= 0o111
		case strings.HasSuffix(args[0], "-x"):
			perm &^= 0o111
		}
		return p.Machine.FS.Chmod(abs, perm)
	})
}

func ln(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "sf", "")
	if !ok {
		return 1
	}
	if _, soft := set['s']; !soft || len(names) != 2 {
		p.Errorf("usage: ln -s FROM TO\n")
		return 1
	}
	return each(p, "ln", names[1:], func(abs string) error { return p.Machine.FS.Symlink(names[0], into(p, names[0], abs)) })
}

func stat(p *machine.Proc, args []string) int {
	set, names, ok := flags(p, args, "L", "c")
	if !ok {
		return 1
	}
	return each(p, "stat", names, func(abs string) error {
		info, err := p.Machine.FS.Stat(abs)
		if err != nil {
			return err
		}
		if format, given := set['c']; given {
			replace := strings.NewReplacer("%s", strconv.FormatInt(info.Size(), 10), "%n", abs,
				"%a", strconv.FormatUint(uint64(info.Perm), 8), "%Y", strconv.FormatInt(info.ModTime().Unix(), 10), "%A", modeText(info))
			p.Printf("%s\n", replace.Replace(format))
			return nil
		}
		p.Printf("  File: %s\n  Size: %d\t %s\nModify: %s\n", abs, info.Size(), modeText(info), info.ModTime().UTC().Format("2006-01-02 15:04:05.000000000"))
		return nil
	})
}
