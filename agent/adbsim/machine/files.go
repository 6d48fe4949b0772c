package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
)

// File is what a descriptor refers to. Reads and writes end with an error when
// ctx ends.
type File interface {
	Read(ctx context.Context, p []byte) (int, error)
	Write(ctx context.Context, p []byte) (int, error)
	Close() error
}

// MaxFD is the number of descriptors of a process: 0 to 9, as the shell's
// redirections can name.
const MaxFD = 10

// Files is a process's descriptor table. A nil place is closed.
type Files [MaxFD]*Shared

// Shared is a file with the count of descriptors that refer to it; the last
// one closes it.
type Shared struct {
	File
	refs atomic.Int32
}

// Share makes a file usable as a descriptor, with one reference.
func Share(f File) *Shared {
	s := &Shared{File: f}
	s.refs.Store(1)
	return s
}

// Dup adds a reference.
func (s *Shared) Dup() *Shared {
	if s != nil {
		s.refs.Add(1)
	}
	return s
}

// Close drops a reference.
func (s *Shared) Close() error {
	if s != nil && s.refs.Add(-1) == 0 {
		return s.File.Close()
	}
	return nil
}

func (f *Files) dup() Files {
	var out Files
	for i, s := range f {
		out[i] = s.Dup()
	}
	return out
}

func (f *Files) close() {
	for i, s := range f {
		_ = s.Close()
		f[i] = nil
	}
}

// FD gives the file at a descriptor without adding a reference; nil if closed.
func (p *Proc) FD(n int) *Shared {
	if n < 0 || n >= MaxFD {
		return nil
	}
	return p.files[n]
}

// SetFD puts s, whose reference it takes over, in place of what descriptor n
// was, and gives that back with its reference.
func (p *Proc) SetFD(n int, s *Shared) (old *Shared) {
	old = p.files[n]
	p.files[n] = s
	return old
}

// stream is a descriptor as io.Reader and io.Writer.
type stream struct {
	p  *Proc
	fd int
}

func (s stream) Read(b []byte) (int, error) {
	if err := s.p.ctx.Err(); err != nil {
		return 0, err
	}
	f := s.p.files[s.fd]
	if f == nil {
		return 0, syscall.EBADF
	}
	return f.Read(s.p.ctx, b)
}

// Write sends SIGPIPE to the process when nobody reads any more.
func (s stream) Write(b []byte) (int, error) {
	if err := s.p.ctx.Err(); err != nil {
		return 0, err
	}
	f := s.p.files[s.fd]
	if f == nil {
		return 0, syscall.EBADF
	}
	n, err := f.Write(s.p.ctx, b)
	if errors.Is(err, syscall.EPIPE) {
		s.p.Signal(PIPE)
	}
	return n, err
}

// Printf writes to standard output.
func (p *Proc) Printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.Stdout(), format, args...)
}

// Errorf writes to standard error.
func (p *Proc) Errorf(format string, args ...any) {
	_, _ = io.WriteString(p.Stderr(), fmt.Sprintf(format, args...))
}
