package files

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/parcel"
)

// Unpacking says who hears of what is unpacked; the functions are called from
// Unpack.
type Unpacking struct {
	Hash bool // each file's SHA-256 is made, and compared with the sender's
	// Took hears of bytes as they come, Whole of files in their place.
	Took  func(n int)
	Whole func(local string, bytes int64, sha256 string)
}

// Unpacked is what came of it.
type Unpacked struct {
	To      string
	Files   int
	Bytes   int64
	Skipped []Skipped // the first of Left
	Left    int
}

const maxSkipped = 100

// Unpack makes files of a parcel: in local, under the name base, where that is a
// folder, otherwise as local. A file takes its place when it is whole; what was
// whole stays when an error ends it.
func Unpack(in *parcel.Reader, local, base string, u Unpacking) (Unpacked, error) {
	e, err := in.Next()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return Unpacked{}, err
	}
	if e.Path != "." {
		return Unpacked{}, fmt.Errorf("what came begins with %q, not with what was asked for", e.Path)
	}
	if there, err := os.Stat(local); err == nil && there.IsDir() {
		if why := parcel.BadName(base); why != "" {
			return Unpacked{}, fmt.Errorf("its name %q %s: say what it is to be called here", base, why)
		}
		local = filepath.Join(local, base)
	}
	out := &unpacking{Unpacking: u, in: in}
	out.done.To = local
	if e.Mode.IsDir() {
		err = out.folder(e, local)
	} else {
		err = out.single(e, local)
	}
	return out.done, err
}

// unpacking is an Unpack under way. All that it writes goes through root.
type unpacking struct {
	Unpacking
	in      *parcel.Reader
	root    *os.Root
	done    Unpacked
	folders []parcel.Entry
}

func (u *unpacking) single(e parcel.Entry, local string) (err error) {
	if u.root, err = os.OpenRoot(filepath.Dir(local)); err != nil {
		return err
	}
	defer u.root.Close()
	if err := u.file(e, filepath.Base(local)); err != nil {
		return err
	}
	if _, err := u.in.Next(); err != io.EOF {
		return errors.Join(errors.New("more than the file came"), err)
	}
	return nil
}

func (u *unpacking) folder(e parcel.Entry, local string) (err error) {
	if err := os.MkdirAll(local, 0o755); err != nil {
		return err
	}
	if u.root, err = os.OpenRoot(local); err != nil {
		return err
	}
	defer u.root.Close()
	u.folders = append(u.folders, e)
	size := 0
	for {
		e, err := u.in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if size += len(e.Path); size > maxTree {
			return errors.New("too many files came")
		}
		if err := u.one(e); err != nil {
			return err
		}
	}
	// What is put into a folder changes its time, and its mode may forbid it:
	// from the innermost out.
	for i := len(u.folders) - 1; i >= 0; i-- {
		f := u.folders[i]
		name := filepath.FromSlash(f.Path)
		_ = u.root.Chmod(name, f.Mode.Perm()|0o700)
		u.date(name, f.Modified)
	}
	return nil
}

// one takes one entry of a folder.
func (u *unpacking) one(e parcel.Entry) error {
	for name := range strings.SplitSeq(e.Path, "/") {
		if why := parcel.BadName(name); why != "" {
			u.skip(e.Path, "its name "+why)
			return nil
		}
	}
	name := filepath.FromSlash(e.Path)
	switch {
	case e.Mode.IsDir():
		if err := u.root.MkdirAll(name, 0o755); err != nil {
			return err
		}
		u.folders = append(u.folders, e)
		return nil
	case !e.Mode.IsRegular():
		u.skip(e.Path, "a link, which could lead anywhere")
		return nil
	}
	return u.file(e, name)
}

func (u *unpacking) skip(path, reason string) {
	if u.done.Left++; len(u.done.Skipped) < maxSkipped {
		u.done.Skipped = append(u.done.Skipped, Skipped{path, reason})
	}
}

// file writes a file under another name and then gives it its own.
func (u *unpacking) file(e parcel.Entry, name string) (err error) {
	temp := filepath.Join(filepath.Dir(name), ".farbench-"+strings.ToLower(rand.Text()[:16])+".part")
	file, err := u.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			_ = u.root.Remove(temp)
		}
	}()
	n, sum, err := u.content(file)
	if err != nil {
		return err
	}
	if err := file.Chmod(e.Mode.Perm() | 0o600); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := u.root.Rename(temp, name); err != nil {
		return err
	}
	u.date(name, e.Modified)
	u.done.Files++
	u.done.Bytes += n
	if u.Whole != nil {
		u.Whole(filepath.Join(u.root.Name(), name), n, sum)
	}
	return nil
}

// content writes what comes, and compares its hash with the sender's.
func (u *unpacking) content(file io.Writer) (n int64, sum string, err error) {
	var hashed hash.Hash
	if u.Hash {
		hashed = sha256.New()
	}
	buf := make([]byte, 256<<10)
	for ended := false; !ended; {
		k := 0
		for k < len(buf) && !ended { // or each small piece would cost a write
			got, err := u.in.Read(buf[k:])
			if ended = err == io.EOF; err != nil && !ended {
				return n, "", err
			}
			if k += got; got > 0 && u.Took != nil {
				u.Took(got)
			}
		}
		if _, err := file.Write(buf[:k]); err != nil {
			return n, "", err
		}
		if hashed != nil {
			hashed.Write(buf[:k])
		}
		n += int64(k)
	}
	if hashed != nil {
		sum = hex.EncodeToString(hashed.Sum(nil))
		if theirs := u.in.SHA256(); theirs != "" && theirs != sum {
			return n, "", fmt.Errorf("its SHA-256 is %s here and %s on the bench", sum, theirs)
		}
	}
	return n, sum, nil
}

// date gives a file the device's time. One that the PC does not take is no
// reason to fail.
func (u *unpacking) date(name string, modified time.Time) {
	if !modified.IsZero() {
		_ = u.root.Chtimes(name, time.Time{}, modified)
	}
}
