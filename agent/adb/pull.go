package adb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/farbench/farbench/agent/parcel"
	"github.com/farbench/farbench/agent/wire"
)

// Pull copies a file or folder of a device to this PC. As with adb, it goes
// into local where that is a folder, and otherwise becomes local; of links
// comes what they point to. Modes and times are the device's, but the owner may
// always read and write. A file takes its place when it is whole, and nothing
// that a device says makes one outside of local.
//
// Of a folder, what may not be read or is no file is left out, and said so; any
// other error ends the pull, what was whole by then stays.
func (c *Client) Pull(ctx context.Context, transportID int64, remote, local string, t Transfer) (Moved, error) {
	const op = "pulling"
	s, err := c.Sync(ctx, transportID)
	if err != nil {
		return Moved{}, err
	}
	defer s.Close()
	info, err := s.Stat(ctx, remote)
	if err != nil {
		return Moved{}, err
	}
	if !info.Mode.IsDir() && !info.Mode.IsRegular() {
		return Moved{}, invalid(op, "Read it with cat", "%s is neither a file nor a folder", remote)
	}
	if there, err := os.Stat(local); err == nil && there.IsDir() {
		if why := parcel.BadName(info.Name); why != "" {
			return Moved{}, invalid(op, "Say what it is to be called here", "its name %s", why)
		}
		local = filepath.Join(local, info.Name)
	}
	p := &pull{course: course{Transfer: t}, sync: s}
	p.moved.To = local
	if info.Mode.IsDir() {
		err = p.folder(ctx, remote, local, info)
	} else {
		err = p.single(ctx, remote, local, info)
	}
	p.tell(true)
	return p.moved, err
}

// pull is a pull under way. All that it writes goes through root.
type pull struct {
	course
	sync  *Sync
	root  *os.Root
	files []remoteFile
	size  int // of all their paths
}

type remoteFile struct {
	remote, local string // local is relative to the root
	info          FileInfo
}

func (p *pull) single(ctx context.Context, remote, local string, info FileInfo) (err error) {
	if p.root, err = os.OpenRoot(filepath.Dir(local)); err != nil {
		return fmt.Errorf("pulling: %w", err)
	}
	defer p.root.Close()
	p.now.Of, p.now.Total = 1, info.Size
	return p.receive(ctx, remoteFile{remote, filepath.Base(local), info})
}

func (p *pull) folder(ctx context.Context, remote, local string, info FileInfo) (err error) {
	if err := p.find(ctx, remoteFile{remote, ".", info}, nil); err != nil {
		return err
	}
	if err := os.MkdirAll(local, 0o755); err != nil {
		return fmt.Errorf("pulling: %w", err)
	}
	if p.root, err = os.OpenRoot(local); err != nil {
		return fmt.Errorf("pulling: %w", err)
	}
	defer p.root.Close()
	for _, f := range p.files {
		if f.info.Mode.IsDir() {
			if err := p.root.MkdirAll(f.local, 0o755); err != nil {
				return fmt.Errorf("pulling: %w", err)
			}
			continue
		}
		if err := p.receive(ctx, f); err != nil {
			no, ok := errors.AsType[*Error](err)
			if !ok || !no.refusal {
				return err
			}
			p.skip(f.remote, no.Message)
		}
	}
	// What is put into a folder changes its time, and its mode may forbid it:
	// from the innermost out.
	for i := len(p.files) - 1; i >= 0; i-- {
		if f := p.files[i]; f.info.Mode.IsDir() {
			_ = p.root.Chmod(f.local, f.info.Mode.Perm()|0o700)
			p.date(f)
		}
	}
	return nil
}

// date gives a file the device's time. One that the PC does not take is no
// reason to fail.
func (p *pull) date(f remoteFile) {
	if !f.info.Modified.IsZero() {
		_ = p.root.Chtimes(f.local, time.Time{}, f.info.Modified)
	}
}

// maxDepth bounds how deep folders lie in each other.
const maxDepth = 40

// find lists a folder and all below it; above are the folders that it lies in.
func (p *pull) find(ctx context.Context, folder remoteFile, above []FileInfo) error {
	if p.size += len(folder.remote) + len(folder.local); p.size > maxTree {
		return &Error{Op: "pulling", Code: wire.TooLarge, Message: "the folder holds too many files", Hint: "Pull a part of it"}
	}
	p.files = append(p.files, folder)
	list, err := p.sync.List(ctx, folder.remote)
	if no, ok := errors.AsType[*Error](err); ok && len(above) > 0 && no.refusal {
		p.skip(folder.remote, no.Message)
		return nil
	}
	if err != nil {
		return err
	}
	above = append(above, folder.info)
	for _, info := range list {
		f := remoteFile{path.Join(folder.remote, info.Name), filepath.Join(folder.local, info.Name), info}
		if err := p.sort(ctx, f, above); err != nil {
			return err
		}
	}
	return nil
}

// sort adds one entry of a folder.
func (p *pull) sort(ctx context.Context, f remoteFile, above []FileInfo) error {
	if why := parcel.BadName(f.info.Name); why != "" {
		p.skip(f.remote, "its name "+why)
		return nil
	}
	if f.info.Mode&fs.ModeSymlink != 0 {
		target, err := p.sync.Stat(ctx, f.remote)
		if no, ok := errors.AsType[*Error](err); ok && no.refusal {
			p.skip(f.remote, "a link that leads nowhere")
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case target.Mode&fs.ModeSymlink != 0: // the first version does not say more
			if !p.leadsToFile(ctx, f.remote) {
				p.skip(f.remote, "a link that leads to no file")
				return nil
			}
			target.Mode, target.Size = 0o644, 0
		case target.Mode.IsDir() && target.ino == 0:
			p.skip(f.remote, "a link to a folder: this device's adb does not tell whether it leads in a circle")
			return nil
		case slices.ContainsFunc(above, func(up FileInfo) bool { return target.Mode.IsDir() && target.ino == up.ino && target.dev == up.dev }):
			p.skip(f.remote, "a link to a folder that it lies in")
			return nil
		}
		f.info = target
	}
	switch {
	case f.info.Mode.IsDir() && len(above) >= maxDepth:
		p.skip(f.remote, "too deep")
		return nil
	case f.info.Mode.IsDir():
		return p.find(ctx, f, above)
	case !f.info.Mode.IsRegular():
		p.skip(f.remote, "neither a file nor a folder")
		return nil
	}
	if p.size += len(f.remote) + len(f.local); p.size > maxTree {
		return &Error{Op: "pulling", Code: wire.TooLarge, Message: "the folder holds too many files", Hint: "Pull a part of it"}
	}
	p.files = append(p.files, f)
	p.now.Of++
	p.now.Total += f.info.Size
	return nil
}

// leadsToFile asks a device without stat_v2 about a link; where it leads to
// /dev/zero, pulling it would have no end.
func (p *pull) leadsToFile(ctx context.Context, remote string) bool {
	return p.sync.features.Has("shell_v2") && p.sync.script(ctx, "looking at a link", "test -f "+quoted(remote)) == nil
}

// receive pulls one file under another name and then gives it its own.
func (p *pull) receive(ctx context.Context, f remoteFile) (err error) {
	temp := filepath.Join(filepath.Dir(f.local), partName())
	file, err := p.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("pulling: %w", err)
	}
	defer func() {
		if err != nil {
			file.Close()
			_ = p.root.Remove(temp)
		}
	}()
	m := p.begin(f.remote)
	if _, err := p.sync.Receive(ctx, f.remote, m.to(file)); err != nil {
		return err
	}
	if err := file.Chmod(f.info.Mode.Perm() | 0o600); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("pulling: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("pulling: %w", err)
	}
	if err := p.root.Rename(temp, f.local); err != nil {
		return fmt.Errorf("pulling: %w", err)
	}
	p.date(f)
	p.finish(m, filepath.Join(p.root.Name(), f.local), f.remote)
	return nil
}
