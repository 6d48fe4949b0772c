package hub

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Nothing is answered on a stream: it gets beats, and no pong is missed.
func TestConn_DownwardGetsBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(true)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = h.Run(ctx) }()
		c := h.Connect("c", g)
		c.Downward()
		c.Greeted("", time.Time{})
		time.Sleep(time.Minute) // of the bubble's clock
		synctest.Wait()
		out, closed := AppendEvents(nil, []byte(g.text()), func([]byte) string { return "" })
		if n := strings.Count(string(out), ":\n\n"); n < 5 || closed || len(out) != 3*n {
			t.Errorf("%d beats in %q", n, out)
		}
		cancel()
		c.Leave()
	})
}

func TestAppendEvents_FramesOfEverySize(t *testing.T) {
	var batch []byte
	for _, n := range []int{0, 1, 125, 126, 1 << 10, 1<<16 - 1, 1 << 16, 1 << 20} {
		batch = append(batch, Text(bytes.Repeat([]byte{'x'}, n))...)
		batch = append(batch, Pong([]byte("p"))...)
	}
	batch = append(batch, CloseFrame(4002, "bye")...)
	out, closed := AppendEvents(nil, batch, func(m []byte) string { return fmt.Sprintf("id: %d\n", len(m)) })
	if !closed || strings.Count(string(out), "data: ") != 8 || !strings.Contains(string(out), "id: 1048576\ndata: xx") {
		t.Errorf("%d bytes, closed %t", len(out), closed)
	}
}
