package hub

import (
	"bytes"
	"runtime"
	"testing"
	"testing/synctest"
)

func TestConn_WidenedStillHasRoomForAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const room = 2 << 20
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		c.Widen(room)
		f, n := Binary(make([]byte, 64<<10)), 0
		for c.Offer(f) {
			n++
		}
		if n*len(f) > room || (n+1)*len(f) < room {
			t.Errorf("%d frames were taken", n)
		}
		c.Send(Text(make([]byte, 100<<10)))
		select {
		case <-c.Gone():
			t.Error("an answer closed it")
		default:
		}
		for range 5 {
			c.Send(Text(make([]byte, 100<<10)))
		}
		if h.Stats().Closes[TooSlow] != 1 {
			t.Error("it is never too slow")
		}
		g.release()
		c.Leave()
	})
}

// A piece's memory serves the next one, but not before it is written.
func TestConn_PiecesComeWholeAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		c.Widen(2 << 20)
		var want []byte
		n := 0
		offer := func() bool {
			size := []int{64 << 10, 10, 64 << 10, 20 << 10, 60 << 10, 70 << 10}[n%6]
			piece := bytes.Repeat([]byte{byte(n)}, size)
			if !c.OfferPiece(piece) {
				return false
			}
			want = append(want, Binary(piece)...)
			clear(piece) // the caller's again
			n++
			return true
		}
		for offer() {
			synctest.Wait()
		}
		for range 20 {
			word := Text([]byte("a word between"))
			c.Send(word)
			want = append(want, word...)
			g.release()
			synctest.Wait()
			g.hold()
			for range 12 {
				if !offer() {
					t.Fatal("nothing waits and there is no room")
				}
				synctest.Wait()
			}
		}
		g.release()
		synctest.Wait()
		if !bytes.Equal([]byte(g.text()), want) {
			t.Errorf("%d bytes of %d came, or others", len(g.text()), len(want))
		}
		c.Leave()
	})
}

// Small pieces that wait hold what they are, not what the largest would.
func TestConn_SmallPiecesThatWaitAreSmall(t *testing.T) {
	h, g := New(), newGate(false)
	c := h.Connect("c", g)
	c.Widen(2 << 20)
	held := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before, n := held(), 0
	for n < 20_000 && c.OfferPiece(make([]byte, 20)) {
		n++
	}
	if n < 20_000 {
		t.Errorf("only %d pieces were taken", n)
	}
	if grown := held() - before; grown > 16<<20 {
		t.Errorf("%d pieces of 20 bytes that wait hold %d MiB", n, grown>>20)
	}
	g.release()
	c.Leave()
}
