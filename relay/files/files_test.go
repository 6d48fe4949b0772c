package files

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/parcel"
)

// packed is a parcel of entries, each with its path as content.
func packed(t *testing.T, entries ...parcel.Entry) *parcel.Reader {
	t.Helper()
	var b bytes.Buffer
	w := parcel.NewWriter(&b)
	for _, e := range entries {
		if err := w.Head(e); err != nil {
			t.Fatal(err)
		}
		if e.Mode.IsRegular() {
			_, _ = w.Write([]byte(e.Path))
		}
		if err := w.Tail(""); err != nil {
			t.Fatal(err)
		}
	}
	return parcel.NewReader(&b)
}

// all lists what is below a folder.
func all(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, name); rel != "." {
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var (
	aFolder = parcel.Entry{Path: ".", Mode: fs.ModeDir | 0o500}
	aFile   = parcel.Entry{Path: ".", Mode: 0o640}
)

func TestThereAndBack(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	at := time.Unix(1_500_000_000, 0)
	for name, content := range map[string]string{"a": "one", "d/b": strings.Repeat("x", 1<<20), "d/e/c": ""} {
		name = filepath.Join(from, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(content), 0o640), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(from, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	tree, err := Look(from)
	if err != nil || !tree.Folder || tree.Files != 3 || tree.Bytes != 3+1<<20 {
		t.Fatalf("%+v, %v", tree, err)
	}
	var b bytes.Buffer
	if err := tree.Pack(parcel.NewWriter(&b)); err != nil {
		t.Fatal(err)
	}
	done, err := Unpack(parcel.NewReader(&b), to, "copy", Unpacking{Hash: true})
	if err != nil || done.Files != 3 || done.Bytes != tree.Bytes || done.To != filepath.Join(to, "copy") {
		t.Fatalf("%+v, %v", done, err)
	}
	if got, want := all(t, done.To), all(t, from); !slices.Equal(got, want) {
		t.Errorf("%v became %v", want, got)
	}
	info, err := os.Stat(filepath.Join(done.To, "d", "b"))
	if err != nil || info.Size() != 1<<20 || !info.ModTime().Equal(at) || runtime.GOOS != "windows" && info.Mode() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestUnpack_StaysInItsFolder(t *testing.T) {
	outside := t.TempDir()
	into := filepath.Join(outside, "into")
	if err := errors.Join(os.Mkdir(into, 0o755), os.Mkdir(filepath.Join(into, "x"), 0o755)); err != nil {
		t.Fatal(err)
	}
	// A link that lies there already, and one that the bench would like.
	if err := os.Symlink(outside, filepath.Join(into, "x", "link")); err != nil {
		t.Skip(err)
	}
	for name, entries := range map[string][]parcel.Entry{
		"through a link of this PC": {aFolder, {Path: "link/evil", Mode: 0o600}},
		"through a link it makes":   {aFolder, {Path: "fresh", Mode: fs.ModeSymlink | 0o777, Link: outside}, {Path: "fresh/evil", Mode: 0o600}},
		"with backslashes":          {aFolder, {Path: `..\evil`, Mode: 0o600}, {Path: `d\e`, Mode: fs.ModeDir | 0o700}},
	} {
		_, err := Unpack(packed(t, entries...), into, "x", Unpacking{})
		t.Log(name, err)
	}
	for _, name := range all(t, outside) {
		if strings.HasSuffix(name, "evil") && !strings.HasPrefix(name, "into/x/fresh/") || strings.Contains(name, `\`) {
			t.Errorf("%s was made", name)
		}
	}
	if info, err := os.Lstat(filepath.Join(into, "x", "fresh")); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		t.Error("a link was made")
	}
	for _, base := range []string{"..", ".", "", "a/b", `a\b`} {
		if done, err := Unpack(packed(t, aFile), into, base, Unpacking{}); err == nil {
			t.Errorf("%q became %s", base, done.To)
		}
	}
}

func TestUnpack_LeavesNoPart(t *testing.T) {
	var b bytes.Buffer
	w := parcel.NewWriter(&b)
	_ = w.Head(aFolder)
	_ = w.Tail("")
	_ = w.Head(parcel.Entry{Path: "whole", Mode: 0o600})
	_ = w.Tail("")
	_ = w.Head(parcel.Entry{Path: "half", Mode: 0o600})
	_, _ = w.Write([]byte("content"))
	cut := b.Len()
	_ = w.Tail("")
	to := filepath.Join(t.TempDir(), "x")
	if err := errors.Join(os.Mkdir(to, 0o755), os.WriteFile(filepath.Join(to, "half"), []byte("before"), 0o600)); err != nil {
		t.Fatal(err)
	}
	_, err := Unpack(parcel.NewReader(bytes.NewReader(b.Bytes()[:cut])), filepath.Dir(to), "x", Unpacking{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a parcel that was cut: %v", err)
	}
	before, _ := os.ReadFile(filepath.Join(to, "half"))
	if got := all(t, to); !slices.Equal(got, []string{"half", "whole"}) || string(before) != "before" {
		t.Errorf("it left %v, with %q", got, before)
	}
}

func TestUnpack_ComparesHashes(t *testing.T) {
	var b bytes.Buffer
	w := parcel.NewWriter(&b)
	_ = w.Head(aFile)
	_, _ = w.Write([]byte("content"))
	_ = w.Tail(strings.Repeat("0", 64))
	to := t.TempDir()
	if _, err := Unpack(parcel.NewReader(&b), to, "x", Unpacking{Hash: true}); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("got %v", err)
	}
	if left := all(t, to); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

func TestUnpack_RefusesWhatWasNotAskedFor(t *testing.T) {
	for name, in := range map[string]*parcel.Reader{
		"nothing":            packed(t),
		"another file":       packed(t, parcel.Entry{Path: "passwd", Mode: 0o600}),
		"more than the file": packed(t, aFile, parcel.Entry{Path: "more", Mode: 0o600}),
	} {
		if done, err := Unpack(in, t.TempDir(), "x", Unpacking{}); err == nil {
			t.Errorf("%s: %+v", name, done)
		}
	}
}
