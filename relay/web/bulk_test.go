package web

import (
	"bytes"
	"context"
	"strconv"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/sessions"
)

// labSessions opens none; until is closed when it may say so.
type labSessions struct{ until chan struct{} }

func (l labSessions) Open(ctx context.Context, q api.SessionRequest, _ api.User, _ func([]byte, <-chan struct{}) error) (*sessions.Session, error) {
	select {
	case <-l.until:
	case <-ctx.Done():
	}
	return nil, &wire.Fault{Code: wire.DeviceOffline, Message: "device " + q.Device + " is offline"}
}

func openBulkSite(t *testing.T) (*site, labSessions) {
	t.Helper()
	l := labSessions{make(chan struct{})}
	return openSite(t, func(c *Config) { c.Sessions = l }), l
}

const openText = `{"t":"req","i":1,"m":"session.open","d":{"bench":"demo","device":"sim0001","stream":1,"kind":"pull","path":"/x"}}`

func (p *page) sayBytes(b []byte) {
	p.t.Helper()
	if err := p.ws.WriteMessage(websocket.BinaryMessage, b); err != nil {
		p.t.Fatal(err)
	}
}

func TestBulk_IsGuardedAsTheOtherSocketIs(t *testing.T) {
	s, _ := openBulkSite(t)
	for _, header := range []string{"Origin: http://evil.example", "Origin: null", "Host: evil.example"} {
		if p, res, err := s.dialAt(pathBulk, header); err == nil || res == nil || res.StatusCode != 403 && res.StatusCode != 421 {
			t.Errorf("%s: %v, %v, %v", header, p, res, err)
		}
	}
	for name, say := range map[string]func(*page){
		"a frame before hello": func(p *page) { p.sayBytes([]byte{1, 1, 0, 'x'}) },
		"a wrong token":        func(p *page) { p.say(`{"t":"hello","v":1,"token":"wrong"}`) },
		"a question first":     func(p *page) { p.say(openText) },
	} {
		t.Run(name, func(t *testing.T) {
			p, _, err := s.dialAt(pathBulk)
			if err != nil {
				t.Fatal(err)
			}
			say(p)
			if f := p.until("bye"); f.Code != hub.Refused && f.Code != hub.Malformed {
				t.Errorf("%+v", f)
			}
		})
	}
}

// maxSessions is how many a bulk socket may have at once.
const maxSessions = 16

func TestBulk_OpensWhatTheRelayLets(t *testing.T) {
	s, l := openBulkSite(t)
	p := s.joinAt(pathBulk)
	p.say(openText)
	p.say(openText)
	if f := p.until("res"); f.Error == nil || f.Error.Code != wire.IDConflict {
		t.Errorf("a stream that is in use: %+v", f)
	}
	for i := 2; i <= maxSessions+1; i++ {
		p.say(`{"t":"req","i":` + strconv.Itoa(i) + `,"m":"session.open","d":{"bench":"demo","device":"sim0001","stream":` + strconv.Itoa(i) + `,"kind":"pull","path":"/x"}}`)
	}
	if f := p.until("res"); f.Error == nil || f.Error.Code != wire.TooMany {
		t.Errorf("one more than a socket may have: %+v", f)
	}
	close(l.until)
	for range maxSessions {
		if f := p.until("res"); f.Error == nil || f.Error.Code != wire.DeviceOffline {
			t.Errorf("%+v", f)
		}
	}
	p.say(openText) // the number is free again
	if f := p.until("res"); f.Error == nil || f.Error.Code != wire.DeviceOffline {
		t.Errorf("%+v", f)
	}
	// Of no session: it may have just ended.
	p.sayBytes(wire.AppendFrame(nil, wire.Frame{Type: wire.FrameData, Stream: 7, Payload: []byte("x")}))
	p.say(`{"t":"ping","i":9}`)
	p.until("pong")
	p.sayBytes([]byte("junk"))
	if f := p.until("bye"); f.Code != hub.Malformed {
		t.Errorf("%+v", f)
	}
}

func TestBulk_BoundsItsFrames(t *testing.T) {
	s, _ := openBulkSite(t)
	p := s.joinAt(pathBulk)
	p.sayBytes(bytes.Repeat([]byte{1}, wire.MaxFrame+1))
	for {
		if _, err := p.read(); err != nil {
			return // it is closed
		}
	}
}

func TestSocket_CarriesNoSessions(t *testing.T) {
	s, l := openBulkSite(t)
	close(l.until)
	p := s.join()
	p.say(openText)
	if f := p.until("res"); f.Error == nil || f.Error.Code != wire.Invalid || f.Error.Hint == "" {
		t.Errorf("%+v", f)
	}
}
