package hub

import (
	"testing"
	"testing/synctest"
)

// A snapshot that is larger than the bound closes nobody by itself; what floods
// behind it does.
func TestConn_AnAnswerStandsApartFromTheBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		large, small := Text(make([]byte, 3<<20)), Text([]byte("small"))
		h.Join("lab", c).Release(large)
		for range 100 {
			c.Send(small)
		}
		synctest.Wait()
		if s := h.Stats(); s.Closes[TooSlow] != 0 {
			t.Fatal("it was closed by its own snapshot")
		}
		g.release()
		synctest.Wait()
		if got, want := len(g.text()), len(large)+100*len(small); got != want {
			t.Errorf("%d of %d bytes", got, want)
		}
		if c.apart != 0 || c.queued != 0 {
			t.Errorf("%d, apart %d bytes are counted and nothing waits", c.queued, c.apart)
		}
		c.Leave()
	})
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		for range 2 {
			c.Answer(Text(make([]byte, 2<<20)))
			c.Send(Text(make([]byte, 512<<10)))
		}
		if s := h.Stats(); s.Closes[TooSlow] != 1 {
			t.Errorf("%+v", s)
		}
		g.release()
		c.Leave()
	})
}
