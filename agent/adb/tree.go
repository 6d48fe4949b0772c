package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Entry is a file, folder or link of a tree that does not lie on this PC.
type Entry struct {
	// Path is its place in the tree, with slashes; "." is what is moved itself.
	Path     string
	Mode     fs.FileMode // type and permissions
	Size     int64       // as far as known before
	Modified time.Time   // zero where it makes no sense
	Link     string      // what a link points to
}

// Source gives a tree: Next the next entry, a folder before what is in it, and
// io.EOF at the end; Read the content of the file that it gave.
type Source interface {
	Next() (Entry, error)
	io.Reader
}

// PushFrom is Push of what a source gives. name is what it is called where
// remote is a folder. No file is placed once ctx has ended.
func (c *Client) PushFrom(ctx context.Context, transportID int64, from Source, name string, isFolder bool, remote string, t Transfer) (Moved, error) {
	const op = "pushing"
	if err := checkPath(op, remote); err != nil {
		return Moved{}, err
	}
	s, err := c.Sync(ctx, transportID)
	if err != nil {
		return Moved{}, err
	}
	defer s.Close()
	p := &push{course: course{Transfer: t}, sync: s, placing: placing{sync: s}}
	if err := p.aim(ctx, name, remote, isFolder); err != nil {
		return Moved{}, err
	}
	err = p.all(ctx, from, isFolder)
	if err == nil {
		err = p.placing.settle(ctx)
	}
	p.placing.abandon(ctx)
	p.tell(true)
	return p.moved, err
}

// all pushes what a source gives. Folders that hold nothing are made last: only
// then is it known which do.
func (p *push) all(ctx context.Context, from Source, isFolder bool) error {
	size, filled := 0, map[string]bool{}
	for {
		e, err := from.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return outsider("pushing", err)
		}
		if (e.Path == ".") != (!isFolder || size == 0) || e.Mode.IsDir() && !isFolder {
			return invalid("pushing", "", "%q is not where it belongs in what is pushed", e.Path)
		}
		to := path.Join(p.moved.To, e.Path)
		if size += len(to); size > maxTree {
			return &Error{Op: "pushing", Code: wire.TooLarge, Message: "the folder holds too many files", Hint: "Push a part of it"}
		}
		filled[path.Dir(to)] = true
		if e.Mode.IsDir() {
			p.folders = append(p.folders, to)
			continue
		}
		p.now.Of++
		m := p.begin(to)
		if err := p.placing.put(ctx, to, func(temp string) error { return p.take(ctx, from, e, temp, m) }, func() { p.finish(m, e.Path, to) }); err != nil {
			return err
		}
	}
	p.folders = slices.DeleteFunc(p.folders, func(folder string) bool { return filled[folder] })
	return p.makeFolders(ctx)
}

func (p *push) take(ctx context.Context, from io.Reader, e Entry, to string, m *meter) error {
	if e.Mode&fs.ModeSymlink != 0 {
		return p.sync.SendLink(ctx, to, e.Link)
	}
	mode := p.Mode
	if mode == 0 {
		mode = e.Mode
	}
	_, err := p.sync.Send(ctx, to, mode, e.Modified, m.from(from))
	return err
}

// outsider says what was done when the other end of a transfer failed.
func outsider(op string, err error) error { return fmt.Errorf("%s: %w", op, err) }

// Sink takes a tree: Begin a folder or file, a folder before what is in it;
// then a file's content, and End when it is whole; sha256 is empty unless it was
// asked for.
type Sink interface {
	Begin(Entry) error
	io.Writer
	End(sha256 string) error
}

// PullTo is Pull into a sink. What is pulled has the path "."; Transfer.Finished
// is not called, the sink hears of each file itself.
func (c *Client) PullTo(ctx context.Context, transportID int64, remote string, to Sink, t Transfer) (Moved, error) {
	s, err := c.Sync(ctx, transportID)
	if err != nil {
		return Moved{}, err
	}
	defer s.Close()
	info, err := s.Stat(ctx, remote)
	if err != nil {
		return Moved{}, err
	}
	p := &pull{course: course{Transfer: t}, sync: s}
	root := remoteFile{remote, ".", info}
	switch {
	case info.Mode.IsDir():
		err = p.find(ctx, root, nil)
	case info.Mode.IsRegular():
		p.files = []remoteFile{root}
		p.now.Of, p.now.Total = 1, info.Size
	default:
		err = invalid("pulling", "Read it with cat", "%s is neither a file nor a folder", remote)
	}
	if err != nil {
		return p.moved, err
	}
	p.tell(true)
	for _, f := range p.files {
		err := p.give(ctx, f, remote, to)
		if no, ok := errors.AsType[*Error](err); ok && no.refusal && info.Mode.IsDir() {
			p.skip(f.remote, no.Message)
		} else if err != nil {
			return p.moved, err
		}
	}
	p.tell(true)
	return p.moved, nil
}

// give gives one file or folder to a sink. A file begins there with its first
// bytes: one that the device does not give never does.
func (p *pull) give(ctx context.Context, f remoteFile, root string, to Sink) error {
	e := Entry{Path: ".", Mode: f.info.Mode, Size: f.info.Size, Modified: f.info.Modified}
	if f.remote != root {
		e.Path = below(root, f.remote)
	}
	if f.info.Mode.IsDir() {
		if err := to.Begin(e); err != nil {
			return outsider("pulling", err)
		}
		return to.End("")
	}
	m := p.begin(f.remote)
	late := &lateWriter{begin: func() error { return to.Begin(e) }, to: to}
	if _, err := p.sync.Receive(ctx, f.remote, m.to(late)); err != nil {
		return err
	}
	if err := late.start(); err != nil {
		return outsider("pulling", err)
	}
	sum := p.finish(m, "", f.remote)
	if err := to.End(sum); err != nil {
		return outsider("pulling", err)
	}
	return nil
}

// below is what stands behind a folder in the path of something in it, as find
// joined them.
func below(folder, p string) string {
	prefix := path.Join(folder, "x")
	return p[len(prefix)-1:]
}

// lateWriter begins with the first bytes.
type lateWriter struct {
	begin func() error
	begun bool
	to    io.Writer
}

func (l *lateWriter) start() error {
	if l.begun {
		return nil
	}
	l.begun = true
	return l.begin()
}

func (l *lateWriter) Write(p []byte) (int, error) {
	if err := l.start(); err != nil {
		return 0, err
	}
	return l.to.Write(p)
}
