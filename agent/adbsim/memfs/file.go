package memfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// File is an open regular file. One File is used by one reader or writer at a
// time for its offset; the content is safe for concurrent use.
type File struct {
	fs     *FS
	node   *node
	made   []byte // of a made file, as it was when opened
	isMade bool
	off    int64
	flag   int
	closed bool
}

// Open opens or makes a regular file; flag is as in os.OpenFile. Devices are
// for the caller to open: ask Stat first.
func (f *FS) Open(name string, flag int) (*File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	writing := flag&(os.O_WRONLY|os.O_RDWR) != 0
	n, err := f.walk(name, true, maxHops)
	switch {
	case errors.Is(err, syscall.ENOENT) && flag&os.O_CREATE != 0:
		if n, err = f.create(name); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	case n.kind == Dir:
		return nil, syscall.EISDIR
	case writing:
		if n.made != nil {
			return nil, syscall.EACCES
		}
		if dir, _, err := f.parent(name); err == nil && f.refusal(dir) != nil {
			return nil, f.refusal(dir)
		}
	}
	file := &File{fs: f, node: n, flag: flag}
	if n.made != nil {
		file.made, file.isMade = n.made(), true
	}
	if flag&os.O_TRUNC != 0 && writing {
		f.used -= n.data.size
		n.data = content{}
		n.mtime = f.now()
	}
	n.opens++
	return file, nil
}

func (f *FS) create(name string) (*node, error) {
	dir, base, err := f.parent(name)
	if err != nil {
		return nil, err
	}
	if err := f.refusal(dir); err != nil {
		return nil, err
	}
	if dir.kids[base] != nil { // a link that points nowhere
		return nil, syscall.ENOENT
	}
	if err := f.roomForEntry(); err != nil {
		return nil, err
	}
	n := &node{name: base, kind: Regular, perm: 0o660}
	f.add(dir, n)
	return n, nil
}

// Read reads from the file's offset on.
func (f *File) Read(p []byte) (int, error) {
	if f.flag&os.O_WRONLY != 0 {
		return 0, syscall.EBADF
	}
	if f.isMade {
		if f.off >= int64(len(f.made)) {
			return 0, io.EOF
		}
		n := copy(p, f.made[f.off:])
		f.off += int64(n)
		return n, nil
	}
	f.fs.mu.RLock()
	defer f.fs.mu.RUnlock()
	if f.off >= f.node.data.size {
		return 0, io.EOF
	}
	n := f.node.data.readAt(p, f.off)
	f.off += int64(n)
	return n, nil
}

// Write writes at the file's offset, or at its end when it was opened to
// append. Beyond the quota it writes what fits and answers ENOSPC.
func (f *File) Write(p []byte) (int, error) {
	if f.flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		return 0, syscall.EBADF
	}
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	n := f.node
	if f.flag&os.O_APPEND != 0 {
		f.off = n.data.size
	}
	var err error
	if grow := f.off + int64(len(p)) - n.data.size; grow > 0 {
		if room := f.fs.room(); grow > room {
			p = p[:max(0, int64(len(p))-(grow-max(0, room)))]
			err = syscall.ENOSPC
		}
	}
	if len(p) == 0 {
		return 0, err
	}
	end := f.off + int64(len(p))
	f.fs.used += max(0, end-n.data.size)
	n.data.writeAt(p, f.off)
	f.off = end
	n.mtime = f.fs.now()
	return len(p), err
}

// Close ends the use of the file. Closing again does nothing.
func (f *File) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	f.node.opens--
	if f.node.orphan && f.node.opens == 0 {
		f.fs.used -= f.node.data.size
		f.node.data = content{}
	}
	return nil
}

// SetMode sets the permission bits, wherever the file is by now.
func (f *File) SetMode(perm fs.FileMode) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	f.node.perm = perm & fs.ModePerm
}

// SetModTime sets the time of the last change.
func (f *File) SetModTime(at time.Time) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	f.node.mtime = at
}

// ReadAt reads at an offset of its own.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.RLock()
	defer f.fs.mu.RUnlock()
	n := f.node.data.readAt(p, off)
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Size is how many bytes the file holds now.
func (f *File) Size() int64 {
	f.fs.mu.RLock()
	defer f.fs.mu.RUnlock()
	return f.node.data.size
}
