package wire

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"
)

// MaxLine is the longest text of one line, in bytes; what is longer goes on in
// the next line, marked by Cont.
const MaxLine = 64 << 10

// Stream is where a line came from.
type Stream byte

const (
	Out Stream = 'o'
	Err Stream = 'e'
	Sys Stream = 's' // the agent's own remarks
)

// Level is what a line's mark says of it; a line without a mark is Plain.
type Level byte

const (
	Plain  Level = 'p'
	OK     Level = 'k'
	Debug  Level = 'd'
	Info   Level = 'i'
	Warn   Level = 'w'
	Error  Level = 'e'
	Fatal  Level = 'f'
	System Level = 's'
)

// Block is several lines of a run, sent together, in columns; or a gap, where
// Gap says why lines First to First+Count-1 are missing (Count nil: nobody can
// know how many, and the next block may begin at any later line).
type Block struct {
	Run   string `json:"run"`
	First int64  `json:"first"`
	Count *int64 `json:"count"`
	Gap   string `json:"gap,omitempty"`

	Text []string `json:"text,omitempty"`
	// T holds runs of [unix ms, lines].
	T [][2]int64 `json:"t,omitempty"`
	S string     `json:"s,omitempty"` // a Stream a line
	L string     `json:"l,omitempty"` // a Level a line
	// B64 and Cont are indexes of lines in this block: whose text is base64
	// because its bytes hold a NUL or are not valid UTF-8; which go on in the next line of
	// the same stream (on a stream's last line: it ended without a line end).
	B64  []int `json:"b64,omitempty"`
	Cont []int `json:"cont,omitempty"`
}

// Line is one line of a run.
type Line struct {
	N      int64
	UnixMS int64
	Stream Stream
	Level  Level
	Bytes  []byte
	Cont   bool
}

// Last is the number of the block's last line; ok is false where nobody knows.
func (b *Block) Last() (n int64, ok bool) {
	if b.Count == nil {
		return 0, false
	}
	return b.First + *b.Count - 1, true
}

// GapBlock marks count lines from first on as missing; count < 0 means unknown.
func GapBlock(run string, first, count int64, why string) *Block {
	b := &Block{Run: run, First: first, Gap: why}
	if count >= 0 {
		b.Count = &count
	}
	return b
}

// Check says what is wrong with a block that came from outside: nil means that
// Lines is safe to call. A block is at most maxBlockLines long.
func (b *Block) Check() error {
	if b.First < 1 {
		return fmt.Errorf("first line is %d, lines count from 1", b.First)
	}
	if b.Gap != "" {
		if b.Count != nil && *b.Count < 1 {
			return fmt.Errorf("a gap of %d lines", *b.Count)
		}
		return nil
	}
	if b.Count == nil || *b.Count < 1 || *b.Count > maxBlockLines {
		return errors.New("count is missing or out of range")
	}
	n := int(*b.Count)
	if len(b.Text) != n || len(b.S) != n || len(b.L) != n {
		return fmt.Errorf("columns of %d, %d and %d for %d lines", len(b.Text), len(b.S), len(b.L), n)
	}
	var timed int64
	for _, t := range b.T {
		if t[1] < 1 || t[1] > int64(n) {
			return fmt.Errorf("a time for %d lines", t[1])
		}
		timed += t[1]
	}
	if timed != int64(n) {
		return fmt.Errorf("times for %d of %d lines", timed, n)
	}
	for _, list := range [2][]int{b.B64, b.Cont} {
		before := -1
		for _, i := range list {
			if i <= before || i >= n {
				return fmt.Errorf("index %d out of order or range", i)
			}
			before = i
		}
	}
	for _, i := range b.B64 {
		if _, err := base64.StdEncoding.DecodeString(b.Text[i]); err != nil {
			return fmt.Errorf("line %d: %w", i, err)
		}
	}
	return nil
}

const maxBlockLines = 1 << 20

// Lines yields the block's lines; a gap has none. Call Check first.
func (b *Block) Lines(yield func(Line) bool) {
	if b.Gap != "" {
		return
	}
	var t, left, b64, cont int
	for i, text := range b.Text {
		for left == 0 {
			left = int(b.T[t][1])
			t++
		}
		left--
		line := Line{N: b.First + int64(i), UnixMS: b.T[t-1][0], Stream: Stream(b.S[i]), Level: Level(b.L[i])}
		if b64 < len(b.B64) && b.B64[b64] == i {
			line.Bytes, _ = base64.StdEncoding.DecodeString(text)
			b64++
		} else {
			line.Bytes = []byte(text)
		}
		if cont < len(b.Cont) && b.Cont[cont] == i {
			line.Cont = true
			cont++
		}
		if !yield(line) {
			return
		}
	}
}

// plainText says whether a line travels as text; otherwise it is base64.
func plainText(p []byte) bool { return utf8.Valid(p) && bytes.IndexByte(p, 0) < 0 }

// Add puts a line at the block's end. The caller numbers lines densely; Add
// sets First from the first and passes over line.N afterwards.
func (b *Block) Add(line Line) {
	if b.Count == nil {
		b.First, b.Count = line.N, new(int64)
	}
	i := len(b.Text)
	if plainText(line.Bytes) {
		b.Text = append(b.Text, string(line.Bytes))
	} else {
		b.Text = append(b.Text, base64.StdEncoding.EncodeToString(line.Bytes))
		b.B64 = append(b.B64, i)
	}
	if last := len(b.T) - 1; last >= 0 && b.T[last][0] == line.UnixMS {
		b.T[last][1]++
	} else {
		b.T = append(b.T, [2]int64{line.UnixMS, 1})
	}
	b.S += string(rune(line.Stream))
	b.L += string(rune(line.Level))
	if line.Cont {
		b.Cont = append(b.Cont, i)
	}
	*b.Count++
}
