package memfs

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

// Mkdir makes a directory; it inherits from its parent whether it may be
// written.
func (f *FS) Mkdir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, base, err := f.parent(name)
	if err != nil {
		return err
	}
	if dir.kids[base] != nil {
		return syscall.EEXIST
	}
	if err := f.refusal(dir); err != nil {
		return err
	}
	if err := f.roomForEntry(); err != nil {
		return err
	}
	f.add(dir, &node{name: base, kind: Dir, perm: 0o770, kids: map[string]*node{}})
	return nil
}

// MkdirAll makes a directory and those above it.
func (f *FS) MkdirAll(name string) error {
	at := "/"
	for part := range strings.SplitSeq(strings.Trim(path.Clean("/"+name), "/"), "/") {
		at = path.Join(at, part)
		if err := f.Mkdir(at); err != nil && !errors.Is(err, syscall.EEXIST) {
			if info, there := f.Stat(at); there == nil && info.IsDir() {
				continue
			}
			return err
		}
	}
	if info, err := f.Stat(at); err != nil || !info.IsDir() {
		return syscall.ENOTDIR
	}
	return nil
}

// entryCost is what a name costs of the quota: without it, empty files without
// number would cost nothing.
const entryCost = 512

func (f *FS) roomForEntry() error {
	if f.room() < entryCost {
		return syscall.ENOSPC
	}
	return nil
}

// number gives a node its number.
func (f *FS) number(n *node) {
	f.lastIno++
	n.ino = f.lastIno
}

func (f *FS) add(dir, n *node) {
	n.mtime = f.now()
	f.number(n)
	dir.kids[n.name] = n
	dir.mtime = n.mtime
	f.used += entryCost
}

// Remove takes away a file, a link or an empty directory.
func (f *FS) Remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, base, err := f.parent(name)
	if err != nil {
		return err
	}
	n := dir.kids[base]
	switch {
	case n == nil:
		return syscall.ENOENT
	case f.refusal(dir) != nil:
		return f.refusal(dir)
	case len(n.kids) > 0:
		return syscall.ENOTEMPTY
	}
	f.drop(dir, n)
	return nil
}

func (f *FS) drop(dir, n *node) {
	delete(dir.kids, n.name)
	dir.mtime = f.now()
	f.used -= entryCost
	if n.opens > 0 {
		n.orphan = true
		return
	}
	f.used -= n.data.size
}

// Rename moves a file or directory, over a file that is there.
func (f *FS) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	src, srcBase, err := f.parent(from)
	if err != nil {
		return err
	}
	n := src.kids[srcBase]
	if n == nil {
		return syscall.ENOENT
	}
	dst, dstBase, err := f.parent(to)
	if err != nil {
		return err
	}
	if err := f.refusal(src); err != nil {
		return err
	}
	if err := f.refusal(dst); err != nil {
		return err
	}
	if n.kind == Dir && strings.HasPrefix(path.Clean("/"+to)+"/", path.Clean("/"+from)+"/") {
		return syscall.EINVAL
	}
	if old := dst.kids[dstBase]; old != nil {
		switch {
		case old == n:
			return nil
		case old.kind == Dir:
			return syscall.EISDIR
		}
		f.drop(dst, old)
	}
	delete(src.kids, srcBase)
	n.name = dstBase
	dst.kids[dstBase] = n
	src.mtime, dst.mtime = f.now(), f.now()
	return nil
}

// Chmod sets the permission bits.
func (f *FS) Chmod(name string, perm fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(name, true, maxHops)
	if err != nil {
		return err
	}
	if dir, _, err := f.parent(name); err != nil || f.refusal(dir) != nil {
		return syscall.EPERM
	}
	n.perm = perm & fs.ModePerm
	return nil
}

// Touch sets the time of the last change to now.
func (f *FS) Touch(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(name, true, maxHops)
	if err != nil {
		return err
	}
	n.mtime = f.now()
	return nil
}

// Symlink makes a link at name that points to target.
func (f *FS) Symlink(target, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, base, err := f.parent(name)
	if err != nil {
		return err
	}
	if dir.kids[base] != nil {
		return syscall.EEXIST
	}
	if err := f.refusal(dir); err != nil {
		return err
	}
	if err := f.roomForEntry(); err != nil {
		return err
	}
	f.add(dir, &node{name: base, kind: Link, perm: 0o777, target: target})
	return nil
}

// Install puts the device's own files in place, whatever the rules for
// writing; directories above are made. It is for building the tree.
type Install struct {
	fs *FS
}

// Install gives the builder's access to the tree.
func (f *FS) Install() Install { return Install{f} }

// Dir makes a directory in which writing answers write (nil allows it).
func (i Install) Dir(name string, write error) {
	n := i.put(name, &node{kind: Dir, perm: 0o755, kids: map[string]*node{}})
	i.fs.mu.Lock()
	defer i.fs.mu.Unlock()
	n.write = write
	if write == nil {
		n.perm = 0o771
	}
}

// File puts a file with fixed content.
func (i Install) File(name string, perm fs.FileMode, data []byte) {
	i.put(name, &node{kind: Regular, perm: perm, data: wholly(data)})
}

// Made puts a file whose content made gives at each opening.
func (i Install) Made(name string, made func() []byte) {
	i.put(name, &node{kind: Regular, perm: 0o444, made: made})
}

// Device puts a device node.
func (i Install) Device(name, which string) {
	i.put(name, &node{kind: Device, perm: 0o666, target: which})
}

// Link puts a link that points to target.
func (i Install) Link(target, name string) {
	i.put(name, &node{kind: Link, perm: 0o777, target: target})
}

func (i Install) put(name string, n *node) *node {
	i.fs.mu.Lock()
	defer i.fs.mu.Unlock()
	n.mtime = i.fs.now()
	dir := i.fs.root
	parts := strings.Split(strings.TrimPrefix(path.Clean(name), "/"), "/")
	for _, part := range parts[:len(parts)-1] {
		next := dir.kids[part]
		if next == nil {
			next = &node{name: part, kind: Dir, perm: 0o755, mtime: n.mtime, kids: map[string]*node{}, write: dir.write}
			i.fs.number(next)
			dir.kids[part] = next
		}
		dir = next
	}
	n.name = parts[len(parts)-1]
	if old := dir.kids[n.name]; old != nil && n.kind == Dir {
		return old
	}
	i.fs.number(n)
	dir.kids[n.name] = n
	return n
}
