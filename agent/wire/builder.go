package wire

import (
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"strconv"
)

// Builder writes a block's JSON straight into columns of bytes: no allocation
// and no reflection a line, which the bar of a million lines a second asks for.
// What it writes decodes to what Block.Add would have made. It is reused by
// Reset and not safe for use by several goroutines.
type Builder struct {
	run   string
	first int64
	count int

	text []byte // the elements of "text", each with a comma behind it
	t    []byte // the elements of "t" but the one that is still counting
	s, l []byte
	b64  []byte
	cont []byte

	ms    int64 // the time that is still counting
	timed int
}

// NewBuilder makes a builder of blocks of one run. The run's id stands in
// every block as it is: it must be a ValidID.
func NewBuilder(run string) *Builder { return &Builder{run: run} }

// Reset empties the builder; the next line added is number first.
func (b *Builder) Reset(first int64) {
	b.first, b.count, b.ms, b.timed = first, 0, 0, 0
	b.text, b.t, b.s, b.l = b.text[:0], b.t[:0], b.s[:0], b.l[:0]
	b.b64, b.cont = b.b64[:0], b.cont[:0]
}

// Count is the number of lines added since Reset.
func (b *Builder) Count() int { return b.count }

// First and Last are the numbers of the block's first and last line.
func (b *Builder) First() int64 { return b.first }
func (b *Builder) Last() int64  { return b.first + int64(b.count) - 1 }

// Size is about the number of bytes that AppendJSON will append.
func (b *Builder) Size() int {
	return len(b.text) + len(b.t) + len(b.s) + len(b.l) + len(b.b64) + len(b.cont) + 128
}

// Add puts a line at the block's end.
func (b *Builder) Add(stream Stream, level Level, unixMS int64, text []byte, cont bool) {
	if b.timed > 0 && b.ms != unixMS {
		b.t = b.appendTime(b.t)
		b.t = append(b.t, ',')
		b.timed = 0
	}
	b.ms = unixMS
	b.timed++
	b.s = append(b.s, byte(stream))
	b.l = append(b.l, byte(level))
	b.addText(text)
	if cont {
		b.cont = appendIndex(b.cont, b.count)
	}
	b.count++
}

// AppendJSON appends the block to dst.
func (b *Builder) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"run":"`...)
	dst = append(dst, b.run...)
	dst = append(dst, `","first":`...)
	dst = strconv.AppendInt(dst, b.first, 10)
	dst = append(dst, `,"count":`...)
	dst = strconv.AppendInt(dst, int64(b.count), 10)
	dst = append(dst, `,"text":[`...)
	dst = append(dst, withoutComma(b.text)...)
	dst = append(dst, `],"t":[`...)
	dst = append(dst, b.t...)
	dst = b.appendTime(dst)
	dst = append(dst, `],"s":"`...)
	dst = append(dst, b.s...)
	dst = append(dst, `","l":"`...)
	dst = append(dst, b.l...)
	dst = append(dst, '"')
	if len(b.b64) > 0 {
		dst = append(dst, `,"b64":[`...)
		dst = append(append(dst, withoutComma(b.b64)...), ']')
	}
	if len(b.cont) > 0 {
		dst = append(dst, `,"cont":[`...)
		dst = append(append(dst, withoutComma(b.cont)...), ']')
	}
	return append(dst, '}')
}

func (b *Builder) appendTime(dst []byte) []byte {
	dst = append(dst, '[')
	dst = strconv.AppendInt(dst, b.ms, 10)
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, int64(b.timed), 10)
	return append(dst, ']')
}

func appendIndex(dst []byte, i int) []byte {
	return append(strconv.AppendInt(dst, int64(i), 10), ',')
}

func withoutComma(p []byte) []byte {
	if len(p) == 0 {
		return p
	}
	return p[:len(p)-1]
}

func (b *Builder) addText(text []byte) {
	b.text = append(b.text, '"')
	i := plainPrefix(text)
	switch {
	case i == len(text):
		b.text = append(b.text, text...)
	case plainText(text):
		b.text = append(b.text, text[:i]...)
		b.text = appendEscaped(b.text, text[i:])
	default:
		b.text = base64.StdEncoding.AppendEncode(b.text, text)
		b.b64 = appendIndex(b.b64, b.count)
	}
	b.text = append(b.text, '"', ',')
}

// plainPrefix counts the leading bytes that stand in a JSON string as they
// are: ASCII from space on, without quote and backslash. Eight at a time: a
// byte's high bit in the mask is set where it is not such a byte (and, by a
// borrow, perhaps in bytes behind it, which does not matter for the first).
func plainPrefix(p []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; len(p)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(p[i:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		mask := (w | (w - ones*0x20) | (quote - ones) | (slash - ones)) & highs
		if mask != 0 {
			return i + bits.TrailingZeros64(mask)/8
		}
	}
	for ; i < len(p); i++ {
		if c := p[i]; c < 0x20 || c > 0x7f || c == '"' || c == '\\' {
			return i
		}
	}
	return i
}

func appendEscaped(dst, p []byte) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i, c := range p {
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, p[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, p[from:]...)
}
