package hub

import (
	"bytes"
	"testing"
	"testing/synctest"
)

func TestConn_WidenedStillHasRoomForAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const room = 2 << 20
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		c.Widen(room)
		head, payload := Binary(make([]byte, 64<<10))
		n, size := 0, len(head)+len(payload)
		for c.Offer(head, payload) {
			n++
		}
		if n*size > room || (n+1)*size < room {
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

func TestConn_AFrameInTwoPartsIsWrittenWhole(t *testing.T) {
	for _, size := range []int{1, 10, 125, 126, 65535, 65536, 200_000} {
		synctest.Test(t, func(t *testing.T) {
			g := newGate(false)
			c := New().Connect("c", g)
			c.Widen(4 << 20)
			want := ""
			for i := range 5 {
				payload := bytes.Repeat([]byte{byte('a' + i)}, size)
				want += string(frame(opBin, payload))
				if !c.Offer(Binary(payload)) {
					t.Fatal("there is no room")
				}
				text := Text([]byte("between"))
				want += string(text)
				c.Send(text)
			}
			g.release()
			synctest.Wait()
			if g.text() != want {
				t.Fatalf("pieces of %d bytes: what was written differs", size)
			}
			whole, done := 0, 0
			for _, n := range g.writes {
				for done += n; whole < done; {
					_, end := headed([]byte(want)[whole:])
					whole += end
				}
				if whole != done {
					t.Errorf("pieces of %d bytes: a write ends inside of a frame", size)
				}
			}
			c.Leave()
		})
	}
}
