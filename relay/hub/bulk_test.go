package hub

import (
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
