package memfs

import (
	"os"
	"path"
	"strings"
	"syscall"
)

// System writes as the device's own services do: whatever the rules for
// writing, but within the quota.
type System struct {
	fs *FS
}

// System gives the access of the device's own services.
func (f *FS) System() System { return System{f} }

// Create makes an empty file, directories above included, and opens it to be
// written.
func (s System) Create(name string) (*File, error) {
	f := s.fs
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, err := s.dir(path.Dir(path.Clean("/" + name)))
	if err != nil {
		return nil, err
	}
	base := path.Base(name)
	if old := dir.kids[base]; old != nil {
		if old.kind == Dir {
			return nil, syscall.EISDIR
		}
		f.drop(dir, old)
	}
	if err := f.roomForEntry(); err != nil {
		return nil, err
	}
	n := &node{name: base, kind: Regular, perm: 0o644, opens: 1}
	f.add(dir, n)
	return &File{fs: f, node: n, flag: os.O_RDWR}, nil
}

// dir finds or makes a directory in which users may not write; the lock is
// held.
func (s System) dir(name string) (*node, error) {
	at := s.fs.root
	for part := range strings.SplitSeq(strings.TrimPrefix(name, "/"), "/") {
		next := at.kids[part]
		if next == nil {
			if err := s.fs.roomForEntry(); err != nil {
				return nil, err
			}
			next = &node{name: part, kind: Dir, perm: 0o771, kids: map[string]*node{}, write: syscall.EACCES}
			s.fs.add(at, next)
		}
		if next.kind != Dir {
			return nil, syscall.ENOTDIR
		}
		at = next
	}
	return at, nil
}

// Move gives a file or directory another name, over nothing that is there.
func (s System) Move(from, to string) error {
	f := s.fs
	f.mu.Lock()
	defer f.mu.Unlock()
	src, base, err := f.parent(from)
	if err != nil {
		return err
	}
	n := src.kids[base]
	if n == nil {
		return syscall.ENOENT
	}
	dst, err := s.dir(path.Dir(path.Clean("/" + to)))
	if err != nil {
		return err
	}
	if dst.kids[path.Base(to)] != nil {
		return syscall.EEXIST
	}
	delete(src.kids, base)
	n.name = path.Base(to)
	dst.kids[n.name] = n
	src.mtime, dst.mtime = f.now(), f.now()
	return nil
}

// RemoveAll takes away a file or a directory with all that is in it; nothing
// there is no error.
func (s System) RemoveAll(name string) {
	f := s.fs
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, base, err := f.parent(name)
	if err != nil {
		return
	}
	if n := dir.kids[base]; n != nil {
		f.dropAll(dir, n)
	}
}

func (f *FS) dropAll(dir, n *node) {
	for _, kid := range n.kids {
		f.dropAll(n, kid)
	}
	f.drop(dir, n)
}
