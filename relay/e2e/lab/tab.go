package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/relay/api"
)

// Tick is the event that Tabs count: its d is {"n":1}, {"n":2}, ….
const Tick = "tick"

// Tab is a browser's tab that stays in the room lab and in a run's, over as many
// connections as it takes: it comes back at once and goes on behind what it had.
// It counts the events Tick and the run's lines without decoding what it does
// not count, so that a thousand of them fit into a test.
type Tab struct {
	Base  func() string // where it connects next
	Run   string        // "": it follows no run
	Ticks int64         // it has all when it has so many events, and the run's end

	// Gate, where there is one, stops the tab's reading as soon as it is in its
	// rooms, until it is closed.
	Gate <-chan struct{}

	// What many tabs count together; may be nil.
	Welcome *Tally // connections that were welcomed
	Live    *Tally // connections that reached the present in every room

	mu      sync.Mutex // guards what follows
	joined  bool
	tick    int64
	line    int64
	ended   bool
	wrong   []error
	offsets map[string]string
	conns   int
	lags    int
	conn    *websocket.Conn
}

// Stay runs the tab until it has everything or ctx ends.
func (t *Tab) Stay(ctx context.Context) {
	t.offsets = make(map[string]string)
	for ctx.Err() == nil && !t.complete() {
		if err := t.visit(ctx); err != nil && !t.complete() {
			pause(ctx, 20*time.Millisecond)
		}
	}
}

// Joined says whether the tab is in its rooms for the first time.
func (t *Tab) Joined() bool { t.mu.Lock(); defer t.mu.Unlock(); return t.joined }

// Has is the last event and the last line that came.
func (t *Tab) Has() (tick, line int64) { t.mu.Lock(); defer t.mu.Unlock(); return t.tick, t.line }

// Ended says whether the run's end came.
func (t *Tab) Ended() bool { t.mu.Lock(); defer t.mu.Unlock(); return t.ended }

// Conns is how often it connected, Lags how often it was told of a pause.
func (t *Tab) Conns() int { t.mu.Lock(); defer t.mu.Unlock(); return t.conns }
func (t *Tab) Lags() int  { t.mu.Lock(); defer t.mu.Unlock(); return t.lags }

// Wrong is every hole, double and gap.
func (t *Tab) Wrong() error { t.mu.Lock(); defer t.mu.Unlock(); return errors.Join(t.wrong...) }

func (t *Tab) complete() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tick >= t.Ticks && (t.Run == "" || t.ended)
}

// Drop cuts the tab's connection.
func (t *Tab) Drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn != nil {
		t.conn.Close()
	}
}

func (t *Tab) visit(ctx context.Context) error {
	s, err := dialWith(ctx, "ws"+t.Base()[len("http"):]+"/ws", Token, 4<<10)
	if err != nil {
		return err
	}
	defer s.Close()
	defer context.AfterFunc(ctx, s.Close)()
	t.mu.Lock()
	t.conn = s.conn
	t.conns++
	t.mu.Unlock()
	t.Welcome.add()
	rooms := []string{"lab"}
	if t.Run != "" {
		rooms = append(rooms, "run:"+t.Run)
	}
	// A room that one enters for the first time begins at the present.
	waiting := make(map[string]bool)
	for _, room := range rooms {
		waiting[room] = room != "lab" || t.offsets[room] != ""
	}
	if !waiting["lab"] {
		delete(waiting, "lab")
	}
	subscribe := func(i int) error {
		number := int64(i)
		return s.Send(api.Frame{T: "sub", I: &number, Room: rooms[i], O: t.offsets[rooms[i]]})
	}
	for i := range rooms {
		if err := subscribe(i); err != nil {
			return err
		}
	}
	answered := 0
	for !t.complete() {
		if t.Gate != nil && t.Joined() {
			select {
			case <-t.Gate:
			case <-ctx.Done():
			}
		}
		_ = s.conn.SetReadDeadline(time.Now().Add(60 * time.Second))
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			return err
		}
		for part := range bytes.SplitSeq(data, []byte("\n")) {
			f, err := t.take(part)
			if err != nil {
				return err
			}
			switch {
			case f.T == "ping":
				if err := s.Send(api.Frame{T: "pong", I: f.I}); err != nil {
					return err
				}
			case f.T == "res" && f.Error != nil && f.Error.Retry:
				pause(ctx, 20*time.Millisecond)
				if err := subscribe(int(*f.I)); err != nil {
					return err
				}
			case f.T == "res" && f.Error != nil:
				return f.Error
			case f.T == "res":
				if answered++; answered == len(rooms) {
					t.mu.Lock()
					t.joined = true
					t.mu.Unlock()
				}
			case f.T == "live" && waiting[f.Room]:
				if delete(waiting, f.Room); len(waiting) == 0 {
					t.Live.add()
				}
			}
		}
	}
	return nil
}

// take counts a message, and decodes those that steer the connection.
func (t *Tab) take(message []byte) (f api.Frame, err error) {
	h := head(message)
	switch {
	case bytes.HasPrefix(h, []byte(`{"t":"pub","room":"run:`)):
		return f, t.lines(message)
	case bytes.HasPrefix(h, []byte(`{"t":"pub","room":"lab"`)):
		if bytes.Contains(h, []byte(`"ev":"`+Tick+`"`)) {
			t.ticked(message)
		}
		return f, nil
	case bytes.HasPrefix(h, []byte(`{"t":"join"`)), bytes.HasPrefix(h, []byte(`{"t":"leave"`)), len(h) == 0:
		return f, nil
	}
	if err := json.Unmarshal(message, &f); err != nil {
		return f, fmt.Errorf("reading %.200s: %w", message, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch f.T {
	case "res":
		var room struct{ O string }
		if f.Error == nil && f.I != nil && *f.I == 0 && t.offsets["lab"] == "" && json.Unmarshal(f.D, &room) == nil {
			t.offsets["lab"] = room.O
		}
	case "gap":
		t.wrong = append(t.wrong, fmt.Errorf("a gap in %s behind event %d: %s", f.Room, t.tick, f.Reason))
		t.offsets[f.Room] = f.To
	case "lag":
		t.lags++
	case "bye":
		return f, fmt.Errorf("bye: %d %s", f.Code, f.Reason)
	}
	return f, nil
}

func (t *Tab) ticked(message []byte) {
	var f struct {
		O string
		D struct{ N int64 }
	}
	err := json.Unmarshal(message, &f)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.wrong = append(t.wrong, err)
	case f.D.N != t.tick+1:
		t.wrong = append(t.wrong, fmt.Errorf("event %d came behind %d", f.D.N, t.tick))
	}
	t.tick, t.offsets["lab"] = max(t.tick, f.D.N), f.O
}

// lines counts a block by its first fields, and notes the run's end.
func (t *Tab) lines(message []byte) error {
	h := head(message)
	t.mu.Lock()
	defer t.mu.Unlock()
	if bytes.Contains(h, []byte(`"ev":"end"`)) {
		t.ended = true
		return nil
	}
	first, n := field(message, `"first":`), field(message, `"count":`)
	if first != t.line+1 || n < 1 || bytes.Contains(h, []byte(`"gap":`)) {
		t.wrong = append(t.wrong, fmt.Errorf("a block of %d lines from %d on came behind line %d", n, first, t.line))
	}
	t.line = max(t.line, first+n-1)
	_, rest, _ := bytes.Cut(h, []byte(`"o":"`))
	o, _, ok := bytes.Cut(rest, []byte(`"`))
	if !ok {
		return fmt.Errorf("a block without an offset: %s", h)
	}
	t.offsets["run:"+t.Run] = string(o)
	return nil
}
