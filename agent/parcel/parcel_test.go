package parcel

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"
)

func TestParcel_KeepsWhatItCarries(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	at := time.Unix(1_600_000_000, 123)
	big := bytes.Repeat([]byte("0123456789"), 30_000)
	type file struct {
		entry   Entry
		content []byte
		sum     string
	}
	files := []file{
		{Entry{Path: ".", Mode: fs.ModeDir | 0o750, Modified: at}, nil, ""},
		{Entry{Path: "a\nb/\xff\xfe'", Mode: 0o640, Size: 5 << 32, Modified: at}, big, "sum"},
		{Entry{Path: "empty", Mode: 0o600}, nil, ""},
		{Entry{Path: "link", Mode: fs.ModeSymlink | 0o777, Link: "../\xff"}, nil, ""},
	}
	for _, f := range files {
		if err := w.Head(f.entry); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(f.content)
		_ = w.Progress(Progress{Bytes: 7})
		_ = w.Tail(f.sum)
		_ = w.Done(Done{Path: "x"})
	}
	r := NewReader(&b)
	heard := 0
	r.Progress, r.Done = func(Progress) { heard++ }, func(Done) { heard++ }
	for _, f := range files {
		e, err := r.Next()
		if err != nil || e.Path != f.entry.Path || e.Mode != f.entry.Mode || !e.Modified.Equal(f.entry.Modified) || e.Link != f.entry.Link || e.Size != f.entry.Size {
			t.Errorf("%+v came as %+v, %v", f.entry, e, err)
		}
		if f.entry.Path == "empty" {
			continue // what is not read is passed over
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, f.content) || r.SHA256() != f.sum {
			t.Errorf("%q: %d bytes, sum %q, %v", e.Path, len(got), r.SHA256(), err)
		}
	}
	if _, err := r.Next(); err != io.EOF || heard != 8 {
		t.Errorf("at the end %v, heard of %d things", err, heard)
	}
}

func TestReader_RefusesWhatLeadsElsewhere(t *testing.T) {
	for _, p := range []string{"", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/.", "a/", "a\x00b", strings.Repeat("x", maxPath+1)} {
		var b bytes.Buffer
		_ = NewWriter(&b).Head(Entry{Path: p, Mode: 0o600})
		if e, err := NewReader(&b).Next(); err == nil {
			t.Errorf("%q was taken as %+v", p, e)
		}
	}
	var b bytes.Buffer
	_ = NewWriter(&b).Head(Entry{Path: "x", Mode: fs.ModeSymlink, Link: "a\x00b"})
	if _, err := NewReader(&b).Next(); err == nil {
		t.Error("a link with a NUL was taken")
	}
}

func TestReader_NeverTakesAPartForAWhole(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	_ = w.Head(Entry{Path: "x", Mode: 0o600})
	_, _ = w.Write([]byte("content"))
	_ = w.Tail("")
	whole := b.Bytes()
	for n := 1; n < len(whole); n++ {
		r := NewReader(bytes.NewReader(whole[:n]))
		_, err := r.Next()
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut after %d of %d bytes: %v", n, len(whole), err)
		}
	}
	fewer := bytes.Replace(whole, []byte(`{"bytes":7`), []byte(`{"bytes":6`), 1)
	r := NewReader(bytes.NewReader(fewer))
	_, _ = r.Next()
	if _, err := io.ReadAll(r); err == nil {
		t.Error("a tail that counts otherwise was taken")
	}
}

func TestReader_RefusesRecordsOutOfPlaceOrTooLong(t *testing.T) {
	for name, b := range map[string]string{
		"content of no file": "d\x00\x00\x00\x01x",
		"a tail of no file":  "t\x00\x00\x00\x02{}",
		"4 GiB of names":     "h\xff\xff\xff\xff",
		"a large piece":      "d\x00\x01\x00\x01",
		"nothing":            "h\x00\x00\x00\x00",
		"no JSON":            "h\x00\x00\x00\x01{",
		"another kind":       "h\x00\x00\x00\x27" + `{"path":"eA==","mode":0,"kind":"fifo"  }`[:0x27],
	} {
		if e, err := NewReader(strings.NewReader(b)).Next(); err == nil || err == io.EOF {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	var b bytes.Buffer
	w := NewWriter(&b)
	_ = w.Head(Entry{Path: ".", Mode: fs.ModeDir | 0o700})
	_ = w.Tail("")
	_ = w.Head(Entry{Path: "a/b", Mode: 0o600})
	_, _ = w.Write([]byte("content"))
	_ = w.Tail("sum")
	_ = w.Progress(Progress{Bytes: 1})
	f.Add(b.Bytes())
	f.Add([]byte("d\x00\x00\x00\x01x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(bytes.NewReader(b))
		r.Progress, r.Done = func(Progress) {}, func(Done) {}
		for {
			e, err := r.Next()
			if err != nil {
				return
			}
			if why := badPath(e.Path); why != "" {
				t.Fatalf("%q %s", e.Path, why)
			}
			if n, err := io.Copy(io.Discard, r); err == nil && n > int64(len(b)) {
				t.Fatalf("%d bytes of %d", n, len(b))
			}
		}
	})
}
