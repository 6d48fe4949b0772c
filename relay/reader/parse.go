package reader

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
)

// maxLineNumber is beyond every honest run and exact in a browser's numbers.
const maxLineNumber = 1 << 50

// parse takes a block as a bench published it for run. What it says of itself
// in its first fields is read without decoding the rest; anything but our own
// agent's way of writing them is decoded whole and written again. Data is safe
// to stand inside a browser's frame: one object, no line end, valid UTF-8.
func parse(run string, data []byte) (*Block, error) {
	b := &Block{Run: run, Data: data}
	if !b.quick() || !contained(data) {
		return parseWhole(run, data)
	}
	b.Offset = offset(b)
	return b, nil
}

// quick reads {"run":"…","first":N,"count":N, and whether a gap follows.
func (b *Block) quick() bool {
	rest, ok := bytes.CutPrefix(b.Data, []byte(`{"run":"`))
	if !ok || len(rest) < len(b.Run) || string(rest[:len(b.Run)]) != b.Run {
		return false
	}
	if rest, ok = bytes.CutPrefix(rest[len(b.Run):], []byte(`","first":`)); !ok {
		return false
	}
	var count int64
	if b.First, rest, ok = number(rest); !ok || b.First < 1 {
		return false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`,"count":`)); !ok {
		return false
	}
	if tail, unknown := bytes.CutPrefix(rest, []byte(`null`)); unknown {
		b.Last, rest = -1, tail
	} else if count, rest, ok = number(rest); !ok || count < 1 {
		return false
	} else {
		b.Last = b.First + count - 1
	}
	b.Gap = bytes.HasPrefix(rest, []byte(`,"gap":"`)) && !bytes.HasPrefix(rest, []byte(`,"gap":""`))
	return b.Gap || b.Last > 0 && bytes.HasPrefix(rest, []byte(`,"text":[`))
}

func number(s []byte) (n int64, rest []byte, ok bool) {
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if n = n*10 + int64(s[i]-'0'); n > maxLineNumber {
			return 0, nil, false
		}
	}
	return n, s[i:], i > 0
}

// contained says whether data, if it is JSON at all, is one object that ends
// where data ends. So whatever a bench writes stays inside its own block: it
// cannot add a message of its own to a browser's frame.
func contained(data []byte) bool {
	if bytes.IndexByte(data, '\n') >= 0 || !utf8.Valid(data) {
		return false
	}
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 || depth == 0 && i != len(data)-1 {
				return false
			}
		case '"':
			for i++; ; i++ {
				end := bytes.IndexByte(data[i:], '"')
				if end < 0 {
					return false
				}
				i += end
				slashes := 0
				for data[i-1-slashes] == '\\' {
					slashes++
				}
				if slashes%2 == 0 {
					break
				}
			}
		}
	}
	return depth == 0
}

func parseWhole(run string, data []byte) (*Block, error) {
	var columns wire.Block
	if err := json.Unmarshal(data, &columns); err != nil {
		return nil, fmt.Errorf("reading a block: %w", err)
	}
	if columns.Run != run {
		return nil, errors.New("reading a block: it names another run")
	}
	if err := columns.Check(); err != nil {
		return nil, fmt.Errorf("reading a block: %w", err)
	}
	if columns.First > maxLineNumber || columns.Count != nil && *columns.Count > maxLineNumber {
		return nil, errors.New("reading a block: its numbers are too large")
	}
	return blockOf(&columns)
}
