package adbsim

import (
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// send takes a file's content, or where a link points, and puts it in place of
// what is there. A file that does not come whole is taken away again.
func (s *syncing) send(name string, mode uint32) error {
	s.begin()
	info, err := s.fs.Lstat(name)
	if err == nil && (info.Kind == memfs.Regular || info.Kind == memfs.Link && mode&0o170000 != 0o120000) {
		_ = s.fs.Remove(name)
	}
	if mode&0o170000 == 0o120000 {
		return s.sendLink(name)
	}
	f, err := s.create(name)
	if err != nil {
		return s.refuse("couldn't create file", err)
	}
	defer f.Close()
	at, err := s.content(f)
	if err != nil {
		_ = f.Close()
		if info, gone := s.fs.Lstat(name); gone == nil && info.Kind == memfs.Regular {
			_ = s.fs.Remove(name)
		}
		return err
	}
	if f, ok := f.(*memfs.File); ok {
		perm := os.FileMode(mode & 0o777)
		perm |= perm >> 3 & 0o070 // as adbd: what the user may, all may
		f.SetMode(perm | perm>>3&0o007)
		f.SetModTime(at)
	}
	return s.okay()
}

func (s *syncing) okay() error { return s.write([]byte("OKAY"), make([]byte, 4)) }

// create opens the file to be written, with the directories above it.
func (s *syncing) create(name string) (io.WriteCloser, error) {
	if info, err := s.fs.Stat(name); err == nil && info.Kind == memfs.Device {
		if info.Target == "null" {
			return discard{io.Discard}, nil
		}
		return nil, syscall.EACCES
	}
	const flag = os.O_WRONLY | os.O_CREATE
	f, err := s.fs.Open(name, flag)
	if errors.Is(err, syscall.ENOENT) {
		if err := s.fs.MkdirAll(path.Dir(name)); err != nil {
			return nil, err
		}
		f, err = s.fs.Open(name, flag)
	}
	if err != nil { // no *File as an io.WriteCloser that is not nil
		return nil, err
	}
	return f, nil
}

type discard struct{ io.Writer }

func (discard) Close() error { return nil }

// content writes DATA to f until DONE, whose number is the file's time.
func (s *syncing) content(f io.Writer) (time.Time, error) {
	for {
		id, n, err := readSyncHead(s.in)
		switch {
		case err != nil:
			return time.Time{}, err
		case id == "DONE":
			return time.Unix(int64(n), 0), nil
		case id != "DATA":
			return time.Time{}, s.fail("invalid data message")
		case n > maxSyncData:
			return time.Time{}, s.fail(errSyncData.Error())
		}
		for left := int(n); left > 0; {
			piece, err := s.in.Peek(min(left, max(1, s.in.Buffered())))
			if err != nil {
				return time.Time{}, err
			}
			left -= len(piece)
			if _, err = f.Write(piece); err != nil {
				if s.skip(len(piece)+left) != nil {
					return time.Time{}, errSyncOver
				}
				return time.Time{}, s.refuse("write failed", err)
			}
			_, _ = s.in.Discard(len(piece))
		}
		s.moved += int64(n)
		if err := s.pass(); err != nil {
			return time.Time{}, err
		}
	}
}

// refuse answers FAIL at once and then, as adbd does, takes what the client
// goes on sending, until it has seen that it failed.
func (s *syncing) refuse(what string, err error) error {
	over := s.failFor(what, err)
	for {
		id, n, err := readSyncHead(s.in)
		if err != nil || id != "DATA" || n > maxSyncData || s.skip(int(n)) != nil {
			return over
		}
	}
}

func (s *syncing) skip(n int) error {
	_, err := s.in.Discard(n)
	return err
}

// sendLink makes a link; its target comes as one DATA and ends in NUL.
func (s *syncing) sendLink(name string) error {
	id, n, err := readSyncHead(s.in)
	if err != nil {
		return err
	}
	if id != "DATA" || n == 0 || n > maxSyncPath {
		return s.fail("invalid data message: expected ID_DATA")
	}
	target := make([]byte, n)
	if _, err := io.ReadFull(s.in, target); err != nil {
		return err
	}
	to, _, _ := strings.Cut(string(target), "\x00")
	if err = s.fs.Symlink(to, name); errors.Is(err, syscall.ENOENT) {
		if err = s.fs.MkdirAll(path.Dir(name)); err == nil {
			err = s.fs.Symlink(to, name)
		}
	}
	if err != nil {
		return s.refuse("couldn't create symlink", err)
	}
	if id, _, err = readSyncHead(s.in); err != nil {
		return err
	}
	if id != "DONE" {
		return s.fail("invalid data message: expected ID_DONE")
	}
	return s.okay()
}
