// Package parcel is how files travel through a session: a stream of records in
// which each file is its head, its content in pieces, and its tail. A file's
// size need not be known before its end: logs grow, files of /proc say that they
// are empty, and an old adbd tells sizes modulo 4 GiB. (For that reason it is no
// tar, which names the size first.) Beside files it carries what the side that
// takes them tells the one that gives them.
//
// It knows bytes and names, neither sessions nor disks nor devices.
package parcel

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// A record is its kind, the length of what follows (u32, big-endian), and that.
const (
	kindHead     = 'h' // Entry
	kindPiece    = 'd' // content
	kindTail     = 't' // tail
	kindProgress = 'p' // Progress
	kindDone     = 'f' // Done

	maxPiece = 64 << 10
	maxWords = 16 << 10 // of a record that is JSON
	recHead  = 5
)

// Entry is a file, a folder or a link.
type Entry struct {
	// Path is its place below what is moved, with slashes; "." is that itself.
	Path     string
	Mode     fs.FileMode // type and permissions
	Size     int64       // as far as known before: for people
	Modified time.Time   // zero: unknown
	Link     string      // what a link points to
}

// entry is an Entry as it travels: names are bytes, which JSON's strings are not.
type entry struct {
	Path []byte `json:"path"`
	Mode uint32 `json:"mode"`
	Kind string `json:"kind,omitempty"` // dir, link; else a file
	Size int64  `json:"size,omitempty"`
	Time int64  `json:"time,omitempty"` // unix ns
	Link []byte `json:"link,omitempty"`
}

type tail struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"`
}

// Progress is how far a transfer is; Total and Of may be wrong.
type Progress struct {
	Bytes int64  `json:"bytes"`
	Total int64  `json:"total,omitempty"`
	Files int    `json:"files"`
	Of    int    `json:"of,omitempty"`
	Path  string `json:"path,omitempty"` // for people
}

// Done is a file that is whole in its place.
type Done struct {
	Path   string `json:"path"` // for people
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"`
}

// Writer writes records.
type Writer struct {
	w     io.Writer
	err   error
	room  [recHead]byte
	bytes int64
}

// NewWriter writes to w, whose buffer joins small writes.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Head begins an entry. The content of a file follows by Write; Tail ends it.
func (w *Writer) Head(e Entry) error {
	w.bytes = 0
	out := entry{Path: []byte(e.Path), Mode: uint32(e.Mode.Perm()), Size: e.Size, Link: []byte(e.Link)}
	switch {
	case e.Mode.IsDir():
		out.Kind = "dir"
	case e.Mode&fs.ModeSymlink != 0:
		out.Kind = "link"
	}
	if !e.Modified.IsZero() {
		out.Time = e.Modified.UnixNano()
	}
	return w.words(kindHead, out)
}

// Write gives content of the file that was begun.
func (w *Writer) Write(p []byte) (n int, err error) {
	for len(p) > 0 && w.err == nil {
		piece := p[:min(len(p), maxPiece)]
		w.record(kindPiece, piece)
		if w.err == nil {
			n += len(piece)
			p = p[len(piece):]
		}
	}
	w.bytes += int64(n)
	return n, w.err
}

// Tail ends an entry; with the hash of its content in hex, or "".
func (w *Writer) Tail(sha256 string) error { return w.words(kindTail, tail{w.bytes, sha256}) }

// Progress and Done tell the side that gives.

func (w *Writer) Progress(p Progress) error { return w.words(kindProgress, p) }
func (w *Writer) Done(d Done) error         { return w.words(kindDone, d) }

func (w *Writer) words(kind byte, v any) error {
	text, err := json.Marshal(v)
	if err == nil && len(text) > maxWords {
		err = errors.New("a name too long")
	}
	if err != nil {
		return fmt.Errorf("describing a file: %w", err)
	}
	w.record(kind, text)
	return w.err
}

func (w *Writer) record(kind byte, p []byte) {
	if w.err != nil {
		return
	}
	w.room[0] = kind
	binary.BigEndian.PutUint32(w.room[1:], uint32(len(p)))
	if _, w.err = w.w.Write(w.room[:]); w.err == nil {
		_, w.err = w.w.Write(p)
	}
}

// Reader reads records. What it is told it believes only as far as it can check:
// a path stays below what is moved.
type Reader struct {
	in   *bufio.Reader
	left int // of the piece that is being read
	got  int64
	sum  string
	file bool // between head and tail
	// Progress and Done, unless nil, hear what the other side tells, from within
	// Next and Read.
	Progress func(Progress)
	Done     func(Done)
}

// aheadOf is how much is read ahead, of which a record needs its head: content
// passes the buffer by.
const aheadOf = 4 << 10

// NewReader reads from r.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, aheadOf)} }

// Next gives the next entry, io.EOF where the stream ends between entries. What
// was not read of the last one is passed over.
func (r *Reader) Next() (Entry, error) {
	for r.file {
		if _, err := r.piece(); err != nil && err != io.EOF {
			return Entry{}, err
		}
		if _, err := r.in.Discard(r.left); err != nil {
			return Entry{}, cut(err)
		}
		r.got += int64(r.left)
		r.left = 0
	}
	for {
		kind, n, err := r.head()
		if err == io.EOF {
			return Entry{}, io.EOF
		}
		if err != nil {
			return Entry{}, err
		}
		if kind != kindHead {
			if err := r.hear(kind, n); err != nil {
				return Entry{}, err
			}
			continue
		}
		var in entry
		if err := r.words(n, &in); err != nil {
			return Entry{}, err
		}
		e, err := in.entry()
		if err == nil {
			r.file, r.got, r.sum = true, 0, ""
		}
		return e, err
	}
}

// Read reads the content of the entry that Next gave, to its end.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := r.piece(); err != nil {
		return 0, err
	}
	n, err := r.in.Read(p[:min(len(p), r.left)])
	r.left -= n
	r.got += int64(n)
	return n, cut(err)
}

// SHA256 is what the tail of the last entry said, once Read has met its end.
func (r *Reader) SHA256() string { return r.sum }

// piece goes to where content is; io.EOF is the entry's end.
func (r *Reader) piece() (int, error) {
	for r.left == 0 {
		if !r.file {
			return 0, io.EOF
		}
		kind, n, err := r.head()
		if err != nil {
			return 0, cut(err)
		}
		switch kind {
		case kindPiece:
			r.left = n
		case kindTail:
			var t tail
			if err := r.words(n, &t); err != nil {
				return 0, err
			}
			if t.Bytes != r.got {
				return 0, fmt.Errorf("a file of %d bytes came with %d", t.Bytes, r.got)
			}
			r.file, r.sum = false, t.SHA256
		default:
			if err := r.hear(kind, n); err != nil {
				return 0, err
			}
		}
	}
	return r.left, nil
}

func (r *Reader) head() (kind byte, n int, err error) {
	head, err := r.in.Peek(recHead)
	if len(head) > 0 && err != nil {
		return 0, 0, cut(err)
	}
	if err != nil {
		return 0, 0, err
	}
	kind = head[0]
	length := binary.BigEndian.Uint32(head[1:])
	most := uint32(maxWords)
	if kind == kindPiece {
		most = maxPiece
	}
	if length > most || length == 0 {
		return 0, 0, fmt.Errorf("a record %q of %d bytes", kind, length)
	}
	_, _ = r.in.Discard(recHead)
	return kind, int(length), nil
}

func (r *Reader) words(n int, v any) error {
	text := make([]byte, n)
	if _, err := io.ReadFull(r.in, text); err != nil {
		return cut(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("reading a record: %w", err)
	}
	return nil
}

// hear takes a record that is no part of a file. One of a kind that nobody knows
// is a later version's.
func (r *Reader) hear(kind byte, n int) error {
	switch {
	case kind == kindProgress && r.Progress != nil:
		var p Progress
		if err := r.words(n, &p); err != nil {
			return err
		}
		r.Progress(p)
	case kind == kindDone && r.Done != nil:
		var d Done
		if err := r.words(n, &d); err != nil {
			return err
		}
		r.Done(d)
	case kind == kindHead, kind == kindTail, kind == kindPiece:
		return fmt.Errorf("a record %q out of place", kind)
	default:
		if _, err := r.in.Discard(n); err != nil {
			return cut(err)
		}
	}
	return nil
}

// cut is the error of a stream that ends where it may not.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (in entry) entry() (Entry, error) {
	e := Entry{Path: string(in.Path), Mode: fs.FileMode(in.Mode).Perm(), Size: in.Size, Link: string(in.Link)}
	switch in.Kind {
	case "":
	case "dir":
		e.Mode |= fs.ModeDir
	case "link":
		e.Mode |= fs.ModeSymlink
	default:
		return e, fmt.Errorf("a file of the kind %.16q", in.Kind)
	}
	if in.Time != 0 {
		e.Modified = time.Unix(0, in.Time)
	}
	if why := badPath(e.Path); why != "" {
		return e, fmt.Errorf("the path %.256q %s", e.Path, why)
	}
	if strings.IndexByte(e.Link, 0) >= 0 || (in.Kind == "link") == (e.Link == "") {
		return e, fmt.Errorf("the link %.256q leads nowhere", e.Path)
	}
	return e, nil
}

// badPath says what is wrong with a path; "" is nothing.
func badPath(p string) string {
	if p == "." {
		return ""
	}
	if strings.IndexByte(p, 0) >= 0 {
		return "holds a NUL"
	}
	if len(p) > maxPath {
		return "is too long"
	}
	for name := range strings.SplitSeq(p, "/") {
		if name == "" || name == "." || name == ".." {
			return "leads elsewhere"
		}
	}
	return ""
}

// maxPath is no shorter than those of an adbd or a PC.
const maxPath = 4096
