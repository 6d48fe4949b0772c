package machine

import (
	"context"
	"io"
	"os"
	"path"
	"syscall"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// Abs makes name absolute in the process's directory.
func (p *Proc) Abs(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(p.Dir, name)
}

// Open opens a file or a device node of the simulated filesystem; flag is as
// in os.OpenFile.
func (p *Proc) Open(name string, flag int) (*Shared, error) {
	if name == "" {
		return nil, syscall.ENOENT
	}
	abs := p.Abs(name)
	info, err := p.Machine.FS.Stat(abs)
	if err == nil && info.Kind == memfs.Device {
		return p.openDevice(info.Target)
	}
	f, err := p.Machine.FS.Open(abs, flag)
	if err != nil {
		return nil, err
	}
	return Share(memFile{f}), nil
}

// ReadFile reads a whole file of the simulated filesystem, at most limit bytes.
func (p *Proc) ReadFile(name string, limit int64) ([]byte, error) {
	f, err := p.Open(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(Bound{p, f}, limit))
}

// Bound is an open file as io.Reader and io.Writer on behalf of a process: it
// ends when the process is killed.
type Bound struct {
	P *Proc
	F *Shared
}

func (b Bound) Read(data []byte) (int, error) {
	if err := b.P.ctx.Err(); err != nil {
		return 0, err
	}
	return b.F.Read(b.P.ctx, data)
}

func (b Bound) Write(data []byte) (int, error) {
	if err := b.P.ctx.Err(); err != nil {
		return 0, err
	}
	return b.F.Write(b.P.ctx, data)
}

type memFile struct{ f *memfs.File }

func (m memFile) Read(_ context.Context, b []byte) (int, error)  { return m.f.Read(b) }
func (m memFile) Write(_ context.Context, b []byte) (int, error) { return m.f.Write(b) }
func (m memFile) Close() error                                   { return m.f.Close() }

func (p *Proc) openDevice(which string) (*Shared, error) {
	switch which {
	case "null":
		return Share(null{}), nil
	case "zero":
		return Share(zero{}), nil
	case "full":
		return Share(full{}), nil
	case "urandom":
		return Share(random{p.Machine.Random}), nil
	case "stdin", "stdout", "stderr":
		fd := map[string]int{"stdin": 0, "stdout": 1, "stderr": 2}[which]
		if f := p.FD(fd); f != nil {
			return f.Dup(), nil
		}
	}
	return nil, syscall.ENXIO
}

type null struct{}

func (null) Read(context.Context, []byte) (int, error)      { return 0, io.EOF }
func (null) Write(_ context.Context, b []byte) (int, error) { return len(b), nil }
func (null) Close() error                                   { return nil }

type zero struct{ null }

func (zero) Read(_ context.Context, b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

type full struct{ zero }

func (full) Write(context.Context, []byte) (int, error) { return 0, syscall.ENOSPC }

type random struct{ fill func([]byte) }

func (r random) Read(_ context.Context, b []byte) (int, error) {
	r.fill(b)
	return len(b), nil
}
func (random) Write(_ context.Context, b []byte) (int, error) { return len(b), nil }
func (random) Close() error                                   { return nil }
