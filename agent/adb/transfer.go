package adb

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Transfer says how files are pushed or pulled, and who hears of it. The
// functions are called one after another, from the transfer's own goroutine.
type Transfer struct {
	// Mode is what pushed files may be used for; 0: what they may on this PC.
	// Where that knows no executables, as Windows, they need it.
	Mode fs.FileMode
	// Hash asks for the SHA-256 of each file.
	Hash bool
	// Progress, unless nil, hears how far it is: ten times a second at most,
	// and at the end.
	Progress func(Progress)
	// Finished, unless nil, hears of each file that is whole in its place.
	Finished func(Transferred)
}

// Progress is how far a transfer is. Total may be wrong: files grow, and those
// in /proc say that they are empty.
type Progress struct {
	Path         string // of the file that moves, on the device
	Bytes, Total int64
	Files, Of    int
}

// Transferred is a file that was pushed or pulled.
type Transferred struct {
	Local, Remote string
	Bytes         int64
	SHA256        string // in hex; empty unless it was asked for
}

// Moved is what a push or pull did.
type Moved struct {
	To    string // where the file or folder is now
	Files int
	Bytes int64
	// Skipped are the files and links that were left out, each with the reason;
	// the first hundred of so many.
	Skipped []Skipped
	Left    int
}

// Skipped is a file that was left out.
type Skipped struct{ Path, Reason string }

const (
	maxSkipped    = 100
	progressEvery = 100 * time.Millisecond
)

// course is a transfer under way.
type course struct {
	Transfer
	now   Progress
	moved Moved
	told  time.Time
}

// begin makes a file the one that moves; its content is written through the
// meter.
func (c *course) begin(path string) *meter {
	c.now.Path = path
	m := &meter{course: c}
	if c.Hash {
		m.sum = sha256.New()
	}
	return m
}

// finish counts a file that is whole in its place, and gives its hash if that
// was asked for.
func (c *course) finish(m *meter, local, remote string) (sum string) {
	c.now.Files++
	c.moved.Files++
	c.moved.Bytes += m.n
	if m.sum != nil {
		sum = hex.EncodeToString(m.sum.Sum(nil))
	}
	if c.Finished != nil {
		c.Finished(Transferred{Local: local, Remote: remote, Bytes: m.n, SHA256: sum})
	}
	return sum
}

func (c *course) skip(path, reason string) {
	if c.moved.Left++; len(c.moved.Skipped) < maxSkipped {
		c.moved.Skipped = append(c.moved.Skipped, Skipped{path, reason})
	}
}

func (c *course) tell(last bool) {
	if c.Progress == nil || !last && time.Since(c.told) < progressEvery {
		return
	}
	c.told = time.Now()
	c.Progress(c.now)
}

// meter counts a file's bytes as they pass, and hashes them.
type meter struct {
	course *course
	n      int64
	sum    hash.Hash
}

func (m *meter) pass(p []byte) {
	m.n += int64(len(p))
	m.course.now.Bytes += int64(len(p))
	if m.sum != nil {
		m.sum.Write(p)
	}
	m.course.tell(false)
}

// from is r, counted.
func (m *meter) from(r io.Reader) io.Reader { return metered{m, r, nil} }

// to is w, counted.
func (m *meter) to(w io.Writer) io.Writer { return metered{m, nil, w} }

type metered struct {
	*meter
	r io.Reader
	w io.Writer
}

func (m metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if n > 0 && n <= len(p) {
		m.pass(p[:n])
	}
	return n, err
}

func (m metered) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	if n > 0 && n <= len(p) {
		m.pass(p[:n])
	}
	return n, err
}

func invalid(op, hint, format string, args ...any) error {
	return &Error{Op: op, Code: wire.Invalid, Message: fmt.Sprintf(format, args...), Hint: hint}
}
