// Package files is the tester's side of a transfer: what lies in a folder of
// this PC as a parcel, and a parcel as files in a folder, where nothing that a
// bench says makes one outside of it. It knows disks and parcels, neither
// sessions nor HTTP.
package files

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/farbench/farbench/agent/parcel"
)

// Tree is a file or folder of this PC that is to be sent.
type Tree struct {
	Name    string // what it is called
	Folder  bool
	Files   int
	Bytes   int64
	Skipped []Skipped

	items []item
}

// Skipped is a file that was left out.
type Skipped struct{ Path, Reason string }

type item struct {
	local string
	entry parcel.Entry
}

// maxTree bounds the paths of a tree that is kept in memory, in bytes.
const maxTree = 64 << 20

// Look looks at what is to be sent. A link to it is followed; those in a folder
// stay links.
func Look(local string) (*Tree, error) {
	local, err := filepath.Abs(local)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(local)
	if err != nil {
		return nil, err
	}
	t := &Tree{Name: filepath.Base(local), Folder: info.IsDir()}
	switch {
	case info.Mode().IsRegular():
		t.add(local, ".", info, "")
		return t, nil
	case !info.IsDir():
		return nil, fmt.Errorf("%s is neither a file nor a folder", local)
	}
	root, err := filepath.EvalSymlinks(local) // or a link to a folder would not be gone into
	if err != nil {
		return nil, err
	}
	size := 0
	return t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if size += len(name); size > maxTree {
			return fmt.Errorf("%s holds too many files: send a part of it", local)
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		target := ""
		switch entry.Type() {
		case 0, fs.ModeDir:
		case fs.ModeSymlink:
			if target, err = os.Readlink(name); err != nil {
				return err
			}
		default:
			t.Skipped = append(t.Skipped, Skipped{name, "neither a file nor a link"})
			return nil
		}
		t.add(name, filepath.ToSlash(rel), info, filepath.ToSlash(target))
		return nil
	})
}

func (t *Tree) add(local, to string, info fs.FileInfo, target string) {
	e := parcel.Entry{Path: to, Mode: info.Mode(), Modified: info.ModTime(), Link: target}
	if info.Mode().IsRegular() {
		e.Size = info.Size()
		t.Bytes += e.Size
	}
	if !info.IsDir() {
		t.Files++
	}
	t.items = append(t.items, item{local, e})
}

// Pack writes the tree.
func (t *Tree) Pack(w *parcel.Writer) error {
	buf := make([]byte, 256<<10)
	for _, it := range t.items {
		if err := w.Head(it.entry); err != nil {
			return err
		}
		if it.entry.Mode.IsRegular() {
			if err := content(w, it.local, buf); err != nil {
				return err
			}
		}
		if err := w.Tail(""); err != nil {
			return err
		}
	}
	return nil
}

// content writes what a file holds now, whatever it held when it was looked at.
func content(w io.Writer, local string, buf []byte) error {
	file, err := os.Open(local)
	if err != nil {
		return err
	}
	defer file.Close()
	for {
		n, err := file.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
