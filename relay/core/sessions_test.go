package core_test

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/sessions"
)

// asker is the browser's end of a session, and playing the bench's.
type asker struct {
	t       *testing.T
	bench   *coretest.Bench
	session *sessions.Session

	mu   sync.Mutex // guards what follows
	got  [][]byte
	sent []*nats.Msg // to the bench
}

// open opens a session at a bench that a test plays.
func open(t *testing.T, c *core.Core, b *coretest.Bench) *asker {
	t.Helper()
	a := &asker{t: t, bench: b}
	b.Handle(func(b *coretest.Bench) {
		b.OnOther = func(subject string, _ wire.Request) *wire.Answer {
			if subject == wire.CmdRequest(wire.VerbSession) || subject == wire.CmdRequest(wire.VerbClock) {
				return &wire.Answer{}
			}
			return nil
		}
	})
	sub, err := b.NC.Subscribe(wire.CmdSession("*"), func(m *nats.Msg) {
		a.mu.Lock()
		a.sent = append(a.sent, m)
		a.mu.Unlock()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sub.Unsubscribe() })
	b.Flush()
	a.session, err = c.Sessions().Open(t.Context(), api.SessionRequest{
		Bench: b.ID, Device: "d1", Stream: 3, SessionSpec: wire.SessionSpec{Kind: wire.SessionPull, Path: "/x"},
	}, tester, func(frame []byte, _ <-chan struct{}) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.got = append(a.got, bytes.Clone(frame))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.session.Leave)
	return a
}

func frameOf(kind wire.FrameType, offset uint64, payload string) []byte {
	return wire.AppendFrame(nil, wire.Frame{Type: kind, Stream: 3, Offset: offset, Payload: []byte(payload)})
}

func (a *asker) says(frame []byte) {
	a.t.Helper()
	f, err := wire.ParseFrame(frame)
	if err != nil {
		a.t.Fatal(err)
	}
	a.session.Take(f, frame)
}

func (a *asker) benchSays(frame []byte) {
	a.t.Helper()
	if err := a.bench.NC.Publish(wire.UpSession(a.session.ID), frame); err != nil {
		a.t.Fatal(err)
	}
}

// heard is whether the asker got a frame.
func (a *asker) heard(frame []byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.got {
		if bytes.Equal(f, frame) {
			return true
		}
	}
	return false
}

func (a *asker) benchHeard(frame []byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.sent {
		if bytes.Equal(m.Data, frame) {
			return true
		}
	}
	return false
}

// ended waits for the last word to the asker and gives its code.
func (a *asker) ended() (code wire.Code) {
	a.t.Helper()
	coretest.Eventually(a.t, "the asker heard the session's end", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		if len(a.got) == 0 {
			return false
		}
		f, err := wire.ParseFrame(a.got[len(a.got)-1])
		if err != nil || f.Type != wire.FrameClose {
			return false
		}
		var end wire.SessionEnd
		if err := json.Unmarshal(f.Payload, &end); err != nil {
			a.t.Error(err)
		}
		if end.Fault != nil {
			code = end.Fault.Code
		}
		return true
	})
	<-a.session.Done()
	return code
}

func TestSessions_PassFramesOnAsTheyAre(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, c, "b1")
	a := open(t, c, b)
	credit := frameOf(wire.FrameCredit, 5, "")
	a.says(credit)
	a.benchSays(frameOf(wire.FrameCredit, 5, ""))
	coretest.Eventually(t, "credit went both ways", func() bool { return a.heard(credit) && a.benchHeard(credit) })
	data := frameOf(wire.FrameData, 0, "bytes")
	a.says(data)
	a.benchSays(data)
	a.benchSays(frameOf(wire.FrameBeat, 0, ""))
	last := frameOf(wire.FrameClose, 0, `{"moved":{"files":1,"bytes":5}}`)
	a.benchSays(last)
	if code := a.ended(); code != "" || !a.heard(data) || !a.heard(last) || a.heard(frameOf(wire.FrameBeat, 0, "")) {
		t.Errorf("ended with %q after %q", code, a.got)
	}
	coretest.Eventually(t, "the bench heard the asker", func() bool { return a.benchHeard(data) })
}

func TestSessions_HoldABenchToTheRules(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, c, "b1")
	for name, frames := range map[string][][]byte{
		"beyond the credit": {frameOf(wire.FrameData, 0, "123456")},
		"a hole":            {frameOf(wire.FrameData, 1, "x")},
		"a double":          {frameOf(wire.FrameData, 0, "x"), frameOf(wire.FrameData, 0, "x")},
		"another stream":    {wire.AppendFrame(nil, wire.Frame{Type: wire.FrameCredit, Stream: 4})},
		"an early end":      {frameOf(wire.FrameEnd, 4, "")},
		"junk":              {[]byte("junk")},
		"nothing":           {{}},
		"too much at once":  {frameOf(wire.FrameData, 0, string(make([]byte, wire.MaxFrame)))},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(t, c, b)
			a.says(frameOf(wire.FrameCredit, 5, ""))
			for _, frame := range frames {
				a.benchSays(frame)
			}
			if code := a.ended(); code != wire.BadFrame {
				t.Errorf("ended with %q", code)
			}
		})
	}
}

func TestSessions_HoldAnAskerToTheRules(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, c, "b1")
	a := open(t, c, b)
	data := frameOf(wire.FrameData, 0, "nobody allowed this")
	a.says(data)
	if code := a.ended(); code != wire.BadFrame || a.benchHeard(data) {
		t.Errorf("ended with %q", code)
	}
}

func TestSessions_EndWithWhoeverIsLost(t *testing.T) {
	for name, lose := range map[string]func(*coretest.Lab, *asker){
		"bench leaves": func(_ *coretest.Lab, a *asker) { a.bench.Leave() },
		"broker stops": func(l *coretest.Lab, _ *asker) { l.Stop() },
		// What was on its way is lost, and nobody can say whether there was any.
		"broker restarts in a moment": func(l *coretest.Lab, a *asker) {
			l.Stop()
			l.Start()
			coretest.Eventually(a.t, "the session is over, although its bench lives", func() bool {
				_ = a.bench.NC.Publish(wire.UpSession(a.session.ID), frameOf(wire.FrameBeat, 0, ""))
				select {
				case <-a.session.Done():
					return true
				default:
					return false
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := coretest.New(t)
			c := relay(t, l)
			b := l.NewBench("b1")
			b.Arrive()
			online(t, c, "b1")
			a := open(t, c, b)
			lose(l, a)
			if code := a.ended(); code != wire.LinkLost {
				t.Errorf("ended with %q", code)
			}
		})
	}
}

func TestSessions_NobodyElseSpeaksForABench(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	b, other := l.NewBench("b1"), l.NewBench("b2")
	b.Arrive()
	other.Arrive()
	online(t, c, "b1")
	a := open(t, c, b)
	a.says(frameOf(wire.FrameCredit, 100, ""))
	if err := other.NC.Publish(wire.UpSession(a.session.ID), frameOf(wire.FrameData, 0, "evil")); err != nil {
		t.Fatal(err)
	}
	other.Flush()
	a.benchSays(frameOf(wire.FrameData, 0, "good"))
	a.benchSays(frameOf(wire.FrameClose, 0, "{}"))
	if code := a.ended(); code != "" || a.heard(frameOf(wire.FrameData, 0, "evil")) || !a.heard(frameOf(wire.FrameData, 0, "good")) {
		t.Errorf("ended with %q after %q", code, a.got)
	}
}

func TestSessions_AreRefusedAsRunsAre(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	b := l.NewBench("b1")
	b.Inventory(wire.Device{ID: "d1", State: wire.DeviceReady}, wire.Device{ID: "off", State: "offline"}, wire.Device{ID: "un", State: "unauthorized"})
	b.Beat()
	b.Flush()
	online(t, c, "b1")
	for _, q := range []struct {
		bench, device, path string
		code                wire.Code
	}{
		{"b1", "off", "/x", wire.DeviceOffline},
		{"b1", "un", "/x", wire.DeviceUnauthorized},
		{"b1", "none", "/x", wire.DeviceUnknown},
		{"none", "d1", "/x", wire.BenchUnknown},
		{"b1", "d1", "relative", wire.Invalid},
		{"b1", "d1", "/nul\x00", wire.Invalid},
	} {
		_, err := c.Sessions().Open(t.Context(), api.SessionRequest{
			Bench: q.bench, Device: q.device, Stream: 1, SessionSpec: wire.SessionSpec{Kind: wire.SessionPull, Path: q.path},
		}, tester, nil)
		want(t, err, q.code)
	}
}
