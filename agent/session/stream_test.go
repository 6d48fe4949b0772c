package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// pair are both ends of a session with nothing between them.
func pair() (a, b *Stream) {
	cross := func(to **Stream) func([]byte) error {
		return func(frame []byte) error {
			f, err := wire.ParseFrame(bytes.Clone(frame))
			if err != nil {
				return err
			}
			_ = (*to).Take(f)
			return nil
		}
	}
	a, b = New(1, cross(&b)), New(1, cross(&a))
	a.Begin()
	b.Begin()
	return a, b
}

func code(err error) wire.Code {
	if fault, ok := errors.AsType[*wire.Fault](err); ok {
		return fault.Code
	}
	return ""
}

func TestStream_CarriesBothWaysWhateverTheSizes(t *testing.T) {
	a, b := pair()
	sent := make([]byte, 9<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(sent)
	var wg sync.WaitGroup
	for _, way := range []struct{ from, to *Stream }{{a, b}, {b, a}} {
		wg.Go(func() {
			for rest := sent; len(rest) > 0; {
				n := min(len(rest), 1+rand.IntN(200_000))
				if _, err := way.from.Write(rest[:n]); err != nil {
					t.Error(err)
					return
				}
				rest = rest[n:]
			}
			if err := way.from.CloseWrite(); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			got, err := io.ReadAll(way.to)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	a.Close(wire.SessionEnd{Moved: &wire.Moved{Files: 3}})
	if end := b.Result(); end.Fault != nil || end.Moved.Files != 3 {
		t.Errorf("ended with %+v", end)
	}
}

func TestStream_SendsNoMoreThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := 0
		s := New(1, func(frame []byte) error {
			f, err := wire.ParseFrame(frame)
			if err == nil && f.Type == wire.FrameData {
				out += len(f.Payload)
			}
			return err
		})
		done := make(chan error, 1)
		go func() {
			_, err := s.Write(make([]byte, 1<<20))
			done <- err
		}()
		for _, allowed := range []uint64{0, 1, 70_000, 70_001, 300_000} {
			if err := s.Take(wire.Frame{Type: wire.FrameCredit, Stream: 1, Offset: allowed}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if out > int(allowed) || allowed > 70_001 && out < int(allowed)-wire.MaxFrame {
				t.Errorf("%d bytes went out, %d were allowed", out, allowed)
			}
		}
		s.Abort(&wire.Fault{Code: wire.LinkLost})
		if err := <-done; code(err) != wire.LinkLost {
			t.Errorf("a writer that waited: %v", err)
		}
	})
}

func TestStream_KeepsNoMoreThanItAllowed(t *testing.T) {
	granted := uint64(0)
	s := New(1, func(frame []byte) error {
		if f, _ := wire.ParseFrame(frame); f.Type == wire.FrameCredit {
			granted = f.Offset
		}
		return nil
	})
	s.Begin()
	if granted != firstWindow {
		t.Fatalf("%d bytes are allowed at first", granted)
	}
	// In the smallest pieces there are.
	for at := range granted {
		if err := s.Take(wire.Frame{Type: wire.FrameData, Stream: 1, Offset: at, Payload: []byte{byte(at)}}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.chunks.list); n > firstWindow/ownChunk+1 {
		t.Errorf("%d pieces of memory for %d bytes", n, firstWindow)
	}
	if err := s.Take(wire.Frame{Type: wire.FrameData, Stream: 1, Offset: granted, Payload: []byte("x")}); err == nil {
		t.Error("one byte more was taken")
	}
	if end := s.Result(); end.Fault == nil || end.Fault.Code != wire.BadFrame {
		t.Errorf("ended with %+v", end)
	}
}

func TestStream_RefusesFramesOutOfPlace(t *testing.T) {
	for name, frames := range map[string][]wire.Frame{
		"a hole":         {{Type: wire.FrameData, Stream: 1, Offset: 1, Payload: []byte("x")}},
		"a double":       {{Type: wire.FrameData, Stream: 1, Payload: []byte("xy")}, {Type: wire.FrameData, Stream: 1, Offset: 1, Payload: []byte("y")}},
		"another stream": {{Type: wire.FrameData, Stream: 2, Payload: []byte("x")}},
		"an early end":   {{Type: wire.FrameData, Stream: 1, Payload: []byte("x")}, {Type: wire.FrameEnd, Stream: 1}},
		"more after it":  {{Type: wire.FrameEnd, Stream: 1}, {Type: wire.FrameData, Stream: 1, Payload: []byte("x")}},
		"no last word":   {{Type: wire.FrameClose, Stream: 1, Payload: []byte("{")}},
	} {
		s := New(1, func([]byte) error { return nil })
		s.Begin()
		var err error
		for _, f := range frames {
			err = s.Take(f)
		}
		if err == nil || s.Result().Fault.Code != wire.BadFrame {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := io.ReadAll(s); code(err) != wire.BadFrame {
			t.Errorf("%s: its reader got %v", name, err)
		}
	}
}

func TestStream_EndsItsReaderAndWriter(t *testing.T) {
	t.Run("other side closed early", func(t *testing.T) {
		a, b := pair()
		_, _ = a.Write([]byte("half"))
		_ = a.Flush()
		a.Close(wire.SessionEnd{})
		got, err := io.ReadAll(b)
		if string(got) != "half" || code(err) != wire.LinkLost {
			t.Errorf("%q, %v: half of it must never look whole", got, err)
		}
	})
	t.Run("link refuses", func(t *testing.T) {
		s := New(1, func([]byte) error { return io.ErrClosedPipe })
		_ = s.Take(wire.Frame{Type: wire.FrameCredit, Stream: 1, Offset: 1 << 20})
		if _, err := s.Write(make([]byte, 1<<20)); code(err) != wire.LinkLost {
			t.Errorf("got %v", err)
		}
		if code(context.Cause(s.Context())) != wire.LinkLost {
			t.Errorf("its context ended with %v", context.Cause(s.Context()))
		}
	})
}

func TestStream_LastWordFitsIntoAFrame(t *testing.T) {
	long := string(bytes.Repeat([]byte("x"), 2000))
	end := wire.SessionEnd{Moved: &wire.Moved{Left: 100}}
	for range 100 {
		end.Moved.Skipped = append(end.Moved.Skipped, wire.Skipped{Path: long, Reason: long})
	}
	a, b := pair()
	a.Close(end)
	if got := b.Result(); got.Moved == nil || len(got.Moved.Skipped) == 0 || got.Moved.Left != 100 || len(end.Moved.Skipped) != 100 {
		t.Errorf("%+v", got)
	}
}

func TestWindow_GrowsWithSpeedAlone(t *testing.T) {
	w, now := window{size: firstWindow}, time.Unix(0, 0)
	taken := uint64(0)
	for range 20 {
		w.fit(taken, now)
		taken += w.size
		now = now.Add(quick / 2)
	}
	if w.size != maxWindow {
		t.Errorf("a fast reader has %d", w.size)
	}
	for range 20 {
		w.fit(taken, now)
		taken += w.size
		now = now.Add(2 * slow)
	}
	if w.size != minWindow {
		t.Errorf("a slow reader has %d", w.size)
	}
}

func desk(serve func(context.Context, *Stream) wire.SessionEnd) *Desk {
	return NewDesk(Config{
		Device: func(id string) (wire.Device, *wire.Fault) {
			if id != "d" {
				return wire.Device{}, &wire.Fault{Code: wire.DeviceUnknown}
			}
			return wire.Device{ID: id}, nil
		},
		Serve: func(ctx context.Context, _ wire.Device, _ wire.SessionOpen, s *Stream) wire.SessionEnd {
			return serve(ctx, s)
		},
		Max:    2,
		Logger: slog.New(slog.DiscardHandler),
	})
}

func TestDesk_RefusesWhatItCannotServe(t *testing.T) {
	d := desk(func(ctx context.Context, _ *Stream) wire.SessionEnd { <-ctx.Done(); return wire.SessionEnd{} })
	defer d.Stop()
	out := func([]byte) error { return nil }
	for _, c := range []struct {
		session, device string
		want            wire.Code
	}{
		{"a.b", "d", wire.Invalid},
		{"a", "x", wire.DeviceUnknown},
		{"a", "d", ""},
		{"a", "d", wire.IDConflict},
		{"b", "d", ""},
		{"c", "d", wire.TooMany},
	} {
		fault := d.Open(wire.SessionOpen{Session: c.session, Device: c.device, Stream: 1}, out)
		if got := append([]wire.Code{""}, codeOf(fault)...); got[len(got)-1] != c.want {
			t.Errorf("%+v: %v", c, fault)
		}
	}
}

func codeOf(f *wire.Fault) []wire.Code {
	if f == nil {
		return nil
	}
	return []wire.Code{f.Code}
}

func TestDesk_EndsSessionsThatNobodyHolds(t *testing.T) {
	for name, cut := range map[string]func(*Desk){
		"link cut":    func(d *Desk) { d.Cut() },
		"relay gone":  func(d *Desk) { d.Unheard("a") },
		"silence":     func(d *Desk) { d.look(time.Now().Add(wire.SessionSilence + time.Second)) },
		"agent stops": func(d *Desk) { d.Stop() },
		"asker leaves": func(d *Desk) {
			d.Take("a", wire.AppendFrame(nil, wire.Frame{Type: wire.FrameClose, Stream: 1, Payload: []byte(`{"fault":{"code":"cancelled"}}`)}))
		},
		"no frame": func(d *Desk) { d.Take("a", []byte("junk")) },
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 1)
			d := desk(func(ctx context.Context, s *Stream) wire.SessionEnd {
				_, err := io.ReadAll(s)
				ended <- err
				return wire.SessionEnd{Fault: &wire.Fault{Code: wire.Internal}}
			})
			last := make(chan wire.Frame, 8)
			out := func(frame []byte) error {
				f, err := wire.ParseFrame(bytes.Clone(frame))
				last <- f
				return err
			}
			if fault := d.Open(wire.SessionOpen{Session: "a", Device: "d", Stream: 1}, out); fault != nil {
				t.Fatal(fault)
			}
			cut(d)
			if err := <-ended; err == nil || err == io.EOF {
				t.Errorf("its reader saw %v", err)
			}
			d.Stop()
			if d.Going() != 0 {
				t.Error("the session is still there")
			}
			for {
				if f := <-last; f.Type == wire.FrameClose {
					if bytes.Contains(f.Payload, []byte(wire.Internal)) {
						t.Errorf("its last word hides why: %s", f.Payload)
					}
					return
				}
			}
		})
	}
}

func TestDesk_AnswersForASessionThatIsNotHere(t *testing.T) {
	d := desk(nil)
	for frame, want := range map[wire.FrameType]bool{wire.FrameBeat: true, wire.FrameClose: false, wire.FrameCredit: false} {
		f := wire.Frame{Type: frame, Stream: 7}
		if frame == wire.FrameClose {
			f.Payload = []byte("{}")
		}
		answer := d.Take("gone", wire.AppendFrame(nil, f))
		if (answer != nil) != want {
			t.Errorf("a frame of type %d is answered with %q", frame, answer)
		}
		if got, err := wire.ParseFrame(answer); want && (err != nil || got.Type != wire.FrameClose || got.Stream != 7) {
			t.Errorf("answer %+v, %v", got, err)
		}
	}
}

// FuzzStream gives a stream whatever frames come: it never panics, never keeps
// more than it allowed, and what is read is what was sent from 0 on.
func FuzzStream(f *testing.F) {
	f.Add([]byte{1, 3, 'a', 'b', 'c', 2, 0xff, 3, 0})
	f.Add([]byte{4, 2, '{', '}', 1, 1, 'x'})
	f.Add([]byte{1, 200, 1, 200, 9, 9, 9})
	f.Fuzz(func(t *testing.T, script []byte) {
		s := New(1, func([]byte) error { return nil })
		s.Begin()
		at := uint64(0)
		var want []byte
		for len(script) >= 2 && !s.over {
			kind, n := wire.FrameType(script[0]%8), int(script[1])
			script = script[2:]
			frame := wire.Frame{Type: kind, Stream: uint64(script0(script)%4/3) + 1, Offset: at}
			if kind == wire.FrameData || kind == wire.FrameClose {
				n = min(n, len(script))
				frame.Payload, script = script[:n], script[n:]
			}
			if n > 250 {
				frame.Offset += uint64(n)
			}
			if parsed, err := wire.ParseFrame(wire.AppendFrame(nil, frame)); err == nil && s.Take(parsed) == nil && kind == wire.FrameData {
				want = append(want, frame.Payload...)
				at += uint64(len(frame.Payload))
			}
			if s.got > s.granted {
				t.Fatalf("%d bytes are kept, %d were allowed", s.got, s.granted)
			}
		}
		s.Abort(&wire.Fault{Code: wire.LinkLost})
		if got, _ := io.ReadAll(s); !bytes.Equal(got, want) {
			t.Fatalf("read %q of %q", got, want)
		}
	})
}

func script0(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}
