// Package memfs is the filesystem of a simulated device: a tree in memory with
// a quota, a read-only system part, and files whose content is made when they
// are opened (as in /proc). It never touches the host's files and knows
// neither processes nor adb.
package memfs

import (
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Kind tells what a node is.
type Kind uint8

// The kinds of node.
const (
	Regular Kind = iota
	Dir
	Link   // Target says where to
	Device // Target names it: null, zero, urandom, stdin, stdout, stderr, tty
)

// FS is one device's filesystem. It is safe for concurrent use.
type FS struct {
	now   func() time.Time
	quota int64

	mu                sync.RWMutex // guards what is below and every node of the tree
	used              int64
	full              bool // as if the quota were used up
	lastIno           uint64
	asRoot, remounted bool
	root              *node
}

type node struct {
	name   string
	kind   Kind
	perm   fs.FileMode
	mtime  time.Time
	kids   map[string]*node
	data   content
	ino    uint64 // never used again
	target string
	made   func() []byte // content made at each opening, in place of data
	opens  int
	orphan bool  // removed while open: its bytes count until the last close
	write  error // what writing into this directory answers; nil allows it
}

// New makes an empty filesystem whose files together hold at most quota bytes.
func New(quota int64, now func() time.Time) *FS {
	f := &FS{now: now, quota: quota, root: &node{
		name: "/", kind: Dir, perm: 0o755, mtime: now(), kids: map[string]*node{}, write: syscall.EROFS,
	}}
	f.number(f.root)
	return f
}

// Info describes a node.
type Info struct {
	name  string
	Kind  Kind
	Perm  fs.FileMode
	size  int64
	mtime time.Time
	// Ino is the node's number: another one for each node.
	Ino uint64
	// Target is where a link points, or which device it is.
	Target string
}

// Name is the last element of the path.
func (i Info) Name() string { return i.name }

// Size is in bytes; 0 for a file whose content is made when it is opened.
func (i Info) Size() int64 { return i.size }

// ModTime is when the content last changed.
func (i Info) ModTime() time.Time { return i.mtime }

// IsDir reports whether it is a directory.
func (i Info) IsDir() bool { return i.Kind == Dir }

// Sys is nil: there is nothing below.
func (i Info) Sys() any { return nil }

// Mode is the permission bits and the type.
func (i Info) Mode() fs.FileMode {
	switch i.Kind {
	case Dir:
		return i.Perm | fs.ModeDir
	case Link:
		return i.Perm | fs.ModeSymlink
	case Device:
		return i.Perm | fs.ModeDevice | fs.ModeCharDevice
	default:
		return i.Perm
	}
}

func (n *node) info() Info {
	return Info{name: n.name, Kind: n.kind, Perm: n.perm, size: n.data.size, mtime: n.mtime, Target: n.target, Ino: n.ino}
}

// walk finds the node at an absolute path; the lock is held. follow says
// whether a link at the end is followed.
func (f *FS) walk(name string, follow bool, hops int) (*node, error) {
	n := f.root
	rest := strings.TrimPrefix(path.Clean("/"+name), "/")
	at := "/"
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		if n.kind != Dir {
			return nil, syscall.ENOTDIR
		}
		next := n.kids[part]
		if next == nil {
			return nil, syscall.ENOENT
		}
		if next.kind == Link && (rest != "" || follow) {
			if hops == 0 {
				return nil, syscall.ELOOP
			}
			target := next.target
			if !path.IsAbs(target) {
				target = path.Join(at, target)
			}
			return f.walk(path.Join(target, rest), follow, hops-1)
		}
		n = next
		at = path.Join(at, part)
	}
	return n, nil
}

const maxHops = 16

// parent finds the directory that holds name, links followed, and the last
// element of name.
func (f *FS) parent(name string) (*node, string, error) {
	name = path.Clean("/" + name)
	if name == "/" {
		return nil, "", syscall.EEXIST
	}
	dir, err := f.walk(path.Dir(name), true, maxHops)
	if err != nil {
		return nil, "", err
	}
	if dir.kind != Dir {
		return nil, "", syscall.ENOTDIR
	}
	return dir, path.Base(name), nil
}

// Stat describes what is at name, a link at the end followed.
func (f *FS) Stat(name string) (Info, error) { return f.stat(name, true) }

// Lstat describes what is at name, a link at the end not followed.
func (f *FS) Lstat(name string) (Info, error) { return f.stat(name, false) }

func (f *FS) stat(name string, follow bool) (Info, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	n, err := f.walk(name, follow, maxHops)
	if err != nil {
		return Info{}, err
	}
	return n.info(), nil
}

// ReadDir lists a directory in the order of names.
func (f *FS) ReadDir(name string) ([]Info, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	n, err := f.walk(name, true, maxHops)
	if err != nil {
		return nil, err
	}
	if n.kind != Dir {
		return nil, syscall.ENOTDIR
	}
	list := make([]Info, 0, len(n.kids))
	for _, kid := range n.kids {
		list = append(list, kid.info())
	}
	sort.Slice(list, func(a, b int) bool { return list[a].name < list[b].name })
	return list, nil
}

// Writable tells whether files may be made in the directory at name, and if
// not, why.
func (f *FS) Writable(name string) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	n, err := f.walk(name, true, maxHops)
	if err != nil {
		return err
	}
	return f.refusal(n)
}

// Rights say what writers may do from now on: root may write where users may
// not, and into the read-only part once it is mounted to be writable.
func (f *FS) Rights(root, writable bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asRoot, f.remounted = root, writable
}

// refusal is what writing into a directory answers; nil allows it. The lock is
// held.
func (f *FS) refusal(dir *node) error {
	if f.asRoot && (dir.write == syscall.EACCES || f.remounted && dir.write == syscall.EROFS) {
		return nil
	}
	return dir.write
}

// Usage gives the bytes in use and the quota.
func (f *FS) Usage() (used, quota int64) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.quota - f.room(), f.quota
}

// Fill leaves no room, or gives back what there was.
func (f *FS) Fill(full bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.full = full
}

// room is how many bytes there is room for.
func (f *FS) room() int64 {
	if f.full {
		return 0
	}
	return f.quota - f.used
}
