package memfs

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestContent_holdsWhatWasWritten(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	random := rand.New(source)
	for range 10 {
		var c content
		var want []byte
		for range 20 {
			p := make([]byte, random.IntN(blockSize+10))
			_, _ = source.Read(p)
			off := random.IntN(len(want) + 1 + random.IntN(2)*blockSize)
			c.writeAt(p, int64(off))
			if grow := off + len(p) - len(want); grow > 0 {
				want = append(want, make([]byte, grow)...)
			}
			copy(want[off:], p)
		}
		got := make([]byte, len(want)+1)
		if n := c.readAt(got, 0); c.size != int64(len(want)) || n != len(want) || !bytes.Equal(got[:n], want) {
			t.Fatalf("%d of %d bytes, or others", n, len(want))
		}
		off := random.IntN(len(want) + 1)
		if n := c.readAt(got[:1000], int64(off)); !bytes.Equal(got[:n], want[off:min(off+1000, len(want))]) {
			t.Fatalf("other bytes from %d on", off)
		}
	}
}
