package reader

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// An offset names the last line that its owner has, and the run, by a checksum:
// an offset of another run, or one that somebody changed, is no offset. It
// needs neither the stream's generation nor a sequence: the lines' dense
// numbers hold over a restored or recreated stream, and the store is searched
// by line (seek.go).
func offset(b *Block) string {
	var text []byte
	if b.Last < 0 {
		text = append(strconv.AppendInt(text, b.First-1, 36), '-') // a gap of unknown length follows
	} else {
		text = strconv.AppendInt(text, b.Last, 36)
	}
	return string(sealed(text, b.Run))
}

func sealed(text []byte, run string) []byte {
	sum := fnv.New64a()
	sum.Write(text)
	sum.Write([]byte(run))
	return strconv.AppendUint(append(text, '.'), sum.Sum64()>>24, 36)
}

// begin turns where somebody wants to begin into a position.
func begin(from From, run api.Run) position {
	if from.Offset == "" {
		return position{next: max(from.Line, 1)}
	}
	text, _, _ := strings.Cut(from.Offset, ".")
	if string(sealed([]byte(text), run.ID)) != from.Offset {
		return position{next: 1}
	}
	digits, open := strings.CutSuffix(text, "-")
	last, err := strconv.ParseInt(digits, 36, 64)
	if err != nil || last < 0 || last > maxLineNumber || tooFar(last, run) {
		return position{next: 1}
	}
	return position{next: last + 1, open: open}
}

// tooFar says whether a run that has ended never had that many lines.
func tooFar(last int64, run api.Run) bool { return run.State == wire.Ended && last > run.Lines }
