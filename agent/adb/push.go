package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Put makes the file at p of what r gives, as Send does, but puts it in the
// place of what is there only when it is whole; a push that fails leaves that
// as it was, and nothing beside it. In /system, /vendor and their like, where
// a file's name decides about its rights, it is as Send. r should end when ctx
// does.
func (s *Sync) Put(ctx context.Context, p string, mode fs.FileMode, modified time.Time, r io.Reader) (n int64, err error) {
	placing := &placing{sync: s}
	defer placing.abandon(ctx)
	err = placing.put(ctx, p, func(to string) error {
		n, err = s.Send(ctx, to, mode, modified, r)
		return err
	}, func() {})
	if err == nil {
		err = placing.settle(ctx)
	}
	return n, err
}

// Push copies a file or folder of this PC to a device. As with adb, it goes
// into remote where that is a folder, and otherwise becomes remote. Links in a
// folder stay links, and a folder's files are added to what is there. Each file
// is put as Put does; the first error ends the push, what was whole by then
// stays.
func (c *Client) Push(ctx context.Context, transportID int64, local, remote string, t Transfer) (Moved, error) {
	const op = "pushing"
	if err := checkPath(op, remote); err != nil {
		return Moved{}, err
	}
	local, err := filepath.Abs(local)
	if err != nil {
		return Moved{}, fmt.Errorf("%s: %w", op, err)
	}
	info, err := os.Stat(local)
	if err != nil {
		return Moved{}, fmt.Errorf("%s: %w", op, err)
	}
	s, err := c.Sync(ctx, transportID)
	if err != nil {
		return Moved{}, err
	}
	defer s.Close()
	p := &push{course: course{Transfer: t}, sync: s, placing: placing{sync: s}}
	if err := p.aim(ctx, filepath.Base(local), remote, info.IsDir()); err != nil {
		return Moved{}, err
	}
	if err := p.find(local, p.moved.To, info); err != nil {
		return p.moved, fmt.Errorf("%s: %w", op, err)
	}
	err = p.run(ctx)
	if err == nil {
		err = p.placing.settle(ctx)
	}
	p.placing.abandon(ctx)
	p.tell(true)
	return p.moved, err
}

// push is a push under way.
type push struct {
	course
	sync    *Sync
	placing placing
	files   []localFile
	folders []string // empty ones, on the device
}

type localFile struct {
	local, remote string
	info          fs.FileInfo
}

// aim finds where it goes: into remote, under its name, where that is a folder.
func (p *push) aim(ctx context.Context, name, remote string, isFolder bool) error {
	const op = "pushing"
	there, err := p.sync.Stat(ctx, remote)
	no, _ := errors.AsType[*Error](err)
	switch {
	case err == nil && there.Mode.IsDir():
		remote = path.Join(remote, name)
	case err == nil && isFolder:
		return invalid(op, "Choose another name", "%s on the device is no folder", remote)
	case err == nil && !there.Mode.IsRegular():
		return invalid(op, "Choose another name", "%s on the device is neither a file nor a folder", remote)
	case err == nil:
	case no == nil || no.Code != wire.NotFound:
		return err
	case remote[len(remote)-1] == '/' && !isFolder:
		return &Error{Op: op, Code: wire.NotFound, Message: "there is no folder " + remote + " on the device", Hint: "Make it first: mkdir -p " + remote}
	}
	p.moved.To = path.Clean(remote)
	return checkPath(op, p.moved.To)
}

// maxTree bounds the paths of a tree that is kept in memory, in bytes.
const maxTree = 64 << 20

// find lists what is to be pushed.
func (p *push) find(local, remote string, info fs.FileInfo) error {
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return invalid("pushing", "", "%s is neither a file nor a folder", local)
		}
		p.add(localFile{local, remote, info})
		return nil
	}
	local, err := filepath.EvalSymlinks(local) // or a link to a folder would not be gone into
	if err != nil {
		return err
	}
	size, files := 0, map[string]bool{} // folders that hold something
	err = filepath.WalkDir(local, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if size += len(name); size > maxTree {
			return &Error{Op: "pushing", Code: wire.TooLarge, Message: "the folder holds too many files", Hint: "Push a part of it"}
		}
		rel, err := filepath.Rel(local, name)
		if err != nil {
			return err
		}
		to := path.Join(remote, filepath.ToSlash(rel))
		files[path.Dir(to)] = true
		if entry.IsDir() {
			p.folders = append(p.folders, to)
			return nil
		}
		if kind := entry.Type(); kind != 0 && kind != fs.ModeSymlink {
			p.skip(name, "neither a file nor a link")
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		p.add(localFile{name, to, info})
		return nil
	})
	empty := p.folders[:0]
	for _, folder := range p.folders {
		if !files[folder] {
			empty = append(empty, folder)
		}
	}
	p.folders = empty
	return err
}

func (p *push) add(f localFile) {
	p.files = append(p.files, f)
	p.now.Of++
	if f.info.Mode().IsRegular() {
		p.now.Total += f.info.Size()
	}
}

func (p *push) run(ctx context.Context) error {
	if err := p.makeFolders(ctx); err != nil {
		return err
	}
	for _, f := range p.files {
		m := p.begin(f.remote)
		placed := func() { p.finish(m, f.local, f.remote) }
		if err := p.placing.put(ctx, f.remote, func(to string) error { return p.send(ctx, f, to, m) }, placed); err != nil {
			return err
		}
	}
	return nil
}

// makeFolders makes the folders that no file brings along.
func (p *push) makeFolders(ctx context.Context) error {
	if p.sync.features.Has("shell_v2") {
		return p.sync.makeFolders(ctx, p.folders)
	}
	for _, folder := range p.folders {
		p.skip(folder, "an empty folder, which this device's adb cannot make")
	}
	return nil
}

func (p *push) send(ctx context.Context, f localFile, to string, m *meter) error {
	if f.info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(f.local)
		if err != nil {
			return fmt.Errorf("pushing: %w", err)
		}
		return p.sync.SendLink(ctx, to, filepath.ToSlash(target))
	}
	file, err := os.Open(f.local)
	if err != nil {
		return fmt.Errorf("pushing: %w", err)
	}
	defer file.Close()
	mode := p.Mode
	if mode == 0 {
		mode = f.info.Mode()
	}
	_, err = p.sync.Send(ctx, to, mode, f.info.ModTime(), m.from(file))
	return err
}
