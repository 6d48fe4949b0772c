package wire

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// build encodes lines by the builder and, as reference, by Block.Add.
func build(lines []Line) (fast []byte, want Block) {
	b := NewBuilder("r-1")
	want.Run = "r-1"
	b.Reset(lines[0].N)
	for _, l := range lines {
		b.Add(l.Stream, l.Level, l.UnixMS, l.Bytes, l.Cont)
		want.Add(l)
	}
	return b.AppendJSON(nil), want
}

func same(t *testing.T, lines []Line) {
	t.Helper()
	fast, want := build(lines)
	var got Block
	if err := json.Unmarshal(fast, &got); err != nil {
		t.Fatalf("%v in %s", err, fast)
	}
	if err := got.Check(); err != nil {
		t.Fatalf("%v in %s", err, fast)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	i := 0
	for l := range got.Lines {
		if !bytes.Equal(l.Bytes, lines[i].Bytes) || l.N != lines[i].N || l.Cont != lines[i].Cont || l.UnixMS != lines[i].UnixMS {
			t.Fatalf("line %d is %+v, want %+v", i, l, lines[i])
		}
		i++
	}
}

func TestBuilder_DecodesToWhatBlockAddMakes(t *testing.T) {
	texts := []string{
		"", "a", `quote " and \ back`, "tab\tcr\r", "\x1b[31mred\x1b[0m", "nul\x00", "bad \xff utf", "Grüße 你好 \u2028",
		"<script>&amp;", "exactly8", "seven77\"", "12345678\\", "12345678\x1f", "del\x7f", "ends in rune é", "é", "\x80", "1234567\x80", "a\"\x80",
	}
	var lines []Line
	for i, s := range texts {
		lines = append(lines, Line{N: int64(i + 5), UnixMS: int64(1000 + i/3), Stream: Out, Level: Plain, Bytes: []byte(s), Cont: i%4 == 1})
	}
	same(t, lines)
	for _, l := range lines {
		same(t, []Line{l})
	}
	for round := range 300 {
		rnd := rand.New(rand.NewPCG(1, uint64(round)))
		lines = lines[:0]
		for i := range 1 + rnd.IntN(20) {
			p := make([]byte, rnd.IntN(40))
			for j := range p {
				p[j] = byte(rnd.IntN(256))
				if round%2 == 0 {
					p[j] = 0x18 + p[j]%0x70
				}
			}
			lines = append(lines, Line{N: int64(i + 1), UnixMS: int64(rnd.IntN(2)), Stream: Err, Level: Warn, Bytes: p, Cont: rnd.IntN(2) == 0})
		}
		same(t, lines)
	}
}

func TestBuilder_WritesTheDocumentedShape(t *testing.T) {
	b := NewBuilder("r123")
	b.Reset(1)
	b.Add(Out, Plain, 1795246488586, []byte("a"), false)
	b.Add(Out, Plain, 1795246488586, []byte("b"), false)
	b.Add(Err, Warn, 1795246488590, []byte{0xff}, true)
	want := `{"run":"r123","first":1,"count":3,"text":["a","b","/w=="],"t":[[1795246488586,2],[1795246488590,1]],"s":"ooe","l":"ppw","b64":[2],"cont":[2]}`
	if got := string(b.AppendJSON(nil)); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func FuzzBuilder(f *testing.F) {
	f.Add([]byte("hello\nworld\x00\xff\n\"\\"))
	f.Fuzz(func(t *testing.T, p []byte) {
		var lines []Line
		for i, text := range bytes.Split(p, []byte("\n")) {
			lines = append(lines, Line{N: int64(i + 1), UnixMS: int64(len(text)), Stream: Out, Level: Info, Bytes: text, Cont: len(text)%2 == 0})
		}
		same(t, lines)
	})
}

func FuzzBlockCheck(f *testing.F) {
	f.Add([]byte(`{"run":"r","first":1,"count":3,"text":["a","b","/w=="],"t":[[1,2],[2,1]],"s":"ooe","l":"ppw","b64":[2],"cont":[2]}`))
	f.Add([]byte(`{"run":"r","first":4,"count":96,"gap":"spool full"}`))
	f.Fuzz(func(t *testing.T, p []byte) {
		var b Block
		if json.Unmarshal(p, &b) != nil || b.Check() != nil {
			return
		}
		var n int64
		for range b.Lines {
			n++
		}
		if b.Gap == "" && n != *b.Count {
			t.Fatalf("%d lines of %d", n, *b.Count)
		}
	})
}

func BenchmarkBuilder(b *testing.B) {
	line := bytes.Repeat([]byte("0123456789 "), 12)[:129]
	builder := NewBuilder("r1")
	var dst []byte
	b.SetBytes(130)
	b.ReportAllocs()
	builder.Reset(1)
	for i := 0; b.Loop(); i++ {
		builder.Add(Out, Plain, 1795246488586, line, false)
		if builder.Size() > 64<<10 {
			dst = builder.AppendJSON(dst[:0])
			builder.Reset(1)
		}
	}
}
