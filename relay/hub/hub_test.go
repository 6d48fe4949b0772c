package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fasthttp/websocket"
)

// gate is a socket that takes nothing until it is opened.
type gate struct {
	mu       sync.Mutex
	cond     *sync.Cond
	open     bool
	got      bytes.Buffer
	writes   []int
	finished int
	deadline *time.Timer
	late     bool
}

func newGate(open bool) *gate {
	g := &gate{open: open}
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open && !g.late {
		g.cond.Wait()
	}
	if g.late {
		return 0, os.ErrDeadlineExceeded
	}
	g.writes = append(g.writes, len(p))
	return g.got.Write(p)
}

func (g *gate) SetWriteDeadline(t time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.deadline != nil {
		g.deadline.Stop()
	}
	g.deadline = time.AfterFunc(time.Until(t), func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if !g.open {
			g.late = true
			g.cond.Broadcast()
		}
	})
	return nil
}

func (g *gate) Finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.finished++
	if g.deadline != nil {
		g.deadline.Stop()
	}
}

func (g *gate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = true
	g.cond.Broadcast()
}

func (g *gate) hold() { g.mu.Lock(); defer g.mu.Unlock(); g.open = false }

func (g *gate) text() string { g.mu.Lock(); defer g.mu.Unlock(); return g.got.String() }

func TestConn_WhatWaitsIsCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(false)
		c := New().Connect("c", g)
		want := ""
		for i := range 1000 {
			f := Text([]byte(strings.Repeat("x", 100) + fmt.Sprint(i)))
			want += string(f)
			c.Send(f)
		}
		synctest.Wait()
		g.release()
		synctest.Wait()
		if g.text() != want {
			t.Error("the bytes differ")
		}
		if len(g.writes) > 4 {
			t.Errorf("%d writes: %v", len(g.writes), g.writes)
		}
		for _, n := range g.writes {
			if n > writeLimit {
				t.Errorf("a write of %d bytes", n)
			}
		}
		c.Leave()
		if g.finished != 1 {
			t.Errorf("finished %d times", g.finished)
		}
	})
}

func TestConn_TooMuchWaitingClosesAsTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		f := Text(make([]byte, 100<<10))
		for range 12 {
			c.Send(f)
		}
		select {
		case <-c.Gone():
		default:
			t.Fatal("it is still open")
		}
		if s := h.Stats(); s.QueueBytes > MaxQueue || s.Closes[TooSlow] != 1 {
			t.Errorf("%+v", s)
		}
		g.release()
		synctest.Wait()
		if !strings.Contains(g.text(), `"t":"bye","code":4003`) {
			t.Error("it did not say why")
		}
		if strings.Contains(g.text(), `"retry_ms":0`) {
			t.Error("it did not say when to come back")
		}
		if c.Leave() != TooSlow {
			t.Error("the code")
		}
	})
}

func TestConn_StalledWriteClosesAsTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		c.Send(Text([]byte("x")))
		time.Sleep(stallLimit - time.Millisecond)
		synctest.Wait()
		if h.Stats().Closes[TooSlow] != 0 {
			t.Error("closed too early")
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if h.Stats().Closes[TooSlow] != 1 || g.finished != 1 {
			t.Errorf("%+v, finished %d", h.Stats(), g.finished)
		}
		c.Leave()
	})
}

func TestConn_OfferLeavesRoomAndAwaitWaitsForHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(false)
		c := New().Connect("c", g)
		f, n := Text(make([]byte, 64<<10)), 0
		for c.Offer(f) {
			n++
		}
		if n*len(f) > runBudget || (n+1)*len(f) < runBudget {
			t.Errorf("%d blocks were taken", n)
		}
		waited := make(chan error, 1)
		go func() { waited <- c.Await(nil) }()
		synctest.Wait()
		select {
		case <-waited:
			t.Error("it did not wait")
		default:
		}
		g.release()
		if err := <-waited; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if !c.Offer(Text(make([]byte, 3<<20))) {
			t.Error("an empty queue refused a block")
		}
		synctest.Wait()
		c.Abort(Vanished)
		if c.Await(nil) == nil || c.Offer(f) {
			t.Error("a closed connection took more")
		}
		c.Leave()
	})
}

func TestConn_PongPassesWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(false)
		c := New().Connect("c", g)
		for range 5 {
			c.Send(Text(bytes.Repeat([]byte("b"), 60<<10)))
		}
		synctest.Wait()
		c.Urgent(Text([]byte("pong")))
		g.release()
		synctest.Wait()
		if at := strings.Index(g.text(), "pong"); at < 0 || at > 70<<10 {
			t.Errorf("the pong is at %d", at)
		}
		c.Leave()
	})
}

func TestHub_HelloPingAndExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()
		mute, dead, alive, expiring := h.Connect("a", newGate(true)), h.Connect("b", newGate(true)), h.Connect("c", newGate(true)), h.Connect("d", newGate(true))
		dead.Greeted("", time.Time{})
		alive.Greeted("", time.Time{})
		expiring.Greeted("s", time.Now().Add(12*time.Second))
		for range 60 {
			time.Sleep(time.Second)
			alive.Heard()
			if time.Since(expiring.opened) < 12*time.Second {
				expiring.Heard()
			}
			synctest.Wait()
		}
		for name, c := range map[string]struct {
			conn *Conn
			code int
		}{"no hello": {mute, NoHello}, "no pong": {dead, NoPong}, "alive": {alive, 0}, "expired": {expiring, Revoked}} {
			if c.conn.code != c.code {
				t.Errorf("%s: closed with %d, want %d", name, c.conn.code, c.code)
			}
		}
		cancel()
		<-done
		for _, c := range h.Conns() {
			c.Leave()
		}
	})
}

func TestRoom_SnapshotComesFirstAndChangesAreTheLatest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(true)
		c := h.Connect("c", g)
		m := h.Join("lab", c)
		publish := func(key, text string) {
			h.Publish("lab", key, func() Frame { return Text([]byte("[" + text + "]")) })
		}
		publish("x", "x1")
		publish("y", "y1")
		publish("x", "x2")
		synctest.Wait()
		if g.text() != "" {
			t.Errorf("before the snapshot: %q", g.text())
		}
		m.Release(Text([]byte("[snapshot]")))
		publish("x", "x3")
		synctest.Wait()
		if got := words(g.text()); got != "snapshot x2 y1 x3" {
			t.Error(got)
		}
		m.Leave()
		publish("x", "x4")
		synctest.Wait()
		if strings.Contains(g.text(), "x4") || h.Stats().Rooms != 0 {
			t.Error("the room was not left")
		}
		c.Leave()
	})
}

func words(frames string) string {
	var out []string
	for part := range strings.SplitSeq(frames, "[") {
		if word, _, ok := strings.Cut(part, "]"); ok {
			out = append(out, word)
		}
	}
	return strings.Join(out, " ")
}

// A slow member gets the newest state of each key, not each change.
func TestRoom_SlowMemberGetsTheLatestOfEachKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g := New(), newGate(false)
		c := h.Connect("c", g)
		m := h.Join("lab", c)
		m.Release()
		for i := range 10_000 {
			key := fmt.Sprint(i % 100)
			h.Publish("lab", key, func() Frame { return Text(fmt.Appendf(nil, "[%s=%d %1000s]", key, i, "")) })
		}
		if s := h.Stats(); s.Closes[TooSlow] != 0 || s.QueueBytes > MaxQueue {
			t.Fatalf("%+v", s)
		}
		g.release()
		synctest.Wait()
		latest := map[string]string{}
		for part := range strings.SplitSeq(g.text(), "[") {
			if key, value, ok := strings.Cut(part, "="); ok {
				latest[key], _, _ = strings.Cut(value, " ")
			}
		}
		for k := range 100 {
			if got := latest[fmt.Sprint(k)]; got != fmt.Sprint(9900+k) {
				t.Errorf("key %d ended at %s", k, got)
			}
		}
		c.Leave()
	})
}

// The frames are what a WebSocket client reads.
func TestFrame_IsReadByAClient(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 70000} {
		payload := bytes.Repeat([]byte("x"), n)
		stream := append(append([]byte{}, Text(payload)...), TextOf(payload[:n/2], payload[n/2:])...)
		stream = append(stream, CloseFrame(4002, strings.Repeat("y", 200))...)
		ws := clientOf(t, stream)
		for range 2 {
			if _, got, err := ws.ReadMessage(); err != nil || !bytes.Equal(got, payload) {
				t.Fatalf("%d bytes: %d %v", n, len(got), err)
			}
		}
		if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, 4002) {
			t.Fatal(err)
		}
	}
}

// clientOf is a WebSocket client that was sent these bytes.
func clientOf(t *testing.T, stream []byte) *websocket.Conn {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	go func() {
		request := make([]byte, 4096)
		n, _ := far.Read(request)
		_, after, _ := strings.Cut(string(request[:n]), "Sec-WebSocket-Key: ")
		key, _, _ := strings.Cut(after, "\r\n")
		_, _ = io.WriteString(far, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+accept(key)+"\r\n\r\n")
		_, _ = far.Write(stream)
		_, _ = io.Copy(io.Discard, far)
	}()
	ws, _, err := (&websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return near, nil }}).Dial("ws://hub/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"t":"sub","i":1,"room":"lab"}` + "\n" + `{"t":"ping"}`, `[]`, "\n\n", `{"t":7}`, `{"t":"x","d":{"a":[1,2]}}`, `null`, `{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		n := 0
		err := Decode(payload, func(m Message) bool {
			n++
			if len(m.D) > 0 && !json.Valid(m.D) {
				t.Fatalf("d is not JSON: %q", m.D)
			}
			return true
		})
		if err == nil && n == 0 && len(bytes.TrimSpace(payload)) > 0 {
			t.Fatalf("nothing was read of %q", payload)
		}
	})
}
