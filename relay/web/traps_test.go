package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	fiberws "github.com/gofiber/contrib/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

// The traps of Fiber and its WebSocket, each with the guard that closes it. A
// test here fails when its guard is taken out.

// bare serves one socket handler on the app that the relay uses, as the relay does.
func bare(t *testing.T, handle func(*websocket.Conn)) string {
	t.Helper()
	app := newApp(nil)
	app.Get("/ws", fiberws.New(func(pooled *fiberws.Conn) { go handle(pooled.Conn) }))
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newListener(inner)
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		_ = inner.Close()
		l.closeAll()
		<-done
	})
	return "ws://" + inner.Addr().String() + "/ws"
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	return ws
}

// a: without KeepHijackedConns, Close from another goroutine does nothing.
func TestTrap_CloseFromAnotherGoroutineCloses(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	url := bare(t, func(c *websocket.Conn) {
		go func() { _ = c.Close() }()
		<-release
	})
	if _, _, err := dial(t, url).ReadMessage(); !errors.Is(err, io.EOF) && !errors.As(err, new(*websocket.CloseError)) {
		t.Fatal(err)
	}
}

// b: without it, a write after the handler returned lands on a later client.
func TestTrap_LateWriteReachesNobodyElse(t *testing.T) {
	conns := make(chan *websocket.Conn, 64)
	hold := make(chan struct{})
	defer close(hold)
	url := bare(t, func(c *websocket.Conn) {
		conns <- c
		if kind, _, err := c.ReadMessage(); err == nil && kind == websocket.TextMessage {
			return // the first client
		}
		<-hold
	})
	first := dial(t, url)
	old := <-conns
	if err := first.WriteMessage(websocket.TextMessage, []byte("go")); err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	var later []*websocket.Conn
	for range 16 {
		later = append(later, dial(t, url))
		<-conns
	}
	_, _ = old.NetConn().Write(hub.Text([]byte("secret")))
	for _, c := range later {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, got, err := c.ReadMessage(); err == nil {
			t.Fatalf("a later client received %q", got)
		}
	}
}

// c: Fiber's shutdown leaves sockets alone; see TestDrain.

// d: Fiber's Concurrency does not count sockets.
func TestTrap_SocketsAreCounted(t *testing.T) {
	s := openSite(t, func(c *Config) { c.MaxSockets = 2 })
	a, _ := s.join(), s.join()
	_, res, err := s.dial()
	if err == nil {
		t.Fatal("a third socket was accepted")
	}
	s.expect(res, http.StatusTooManyRequests, wire.TooMany)
	_ = a.ws.Close()
	eventually(t, "a place is free again", func() bool { _, _, err := s.dial(); return err == nil })
}

// e: contrib's Origins default to any; TestAccess_OriginsAndHosts holds ours.

// f: a message has no limit by default.
func TestTrap_MessageOf64MiBIsRefused(t *testing.T) {
	s := openSite(t)
	p := s.join()
	go func() { _ = p.ws.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte{' '}, 64<<20)) }()
	for {
		if _, err := p.read(); err != nil {
			if !websocket.IsCloseError(err, hub.TooBig) {
				t.Fatal(err)
			}
			break
		}
	}
	eventually(t, "the socket is gone", func() bool { return s.hub.Stats().Conns == 0 })
}

// g: a body that is streamed escapes Fiber's limit.
func TestTrap_LargeBodyIsRefusedHoweverItIsSent(t *testing.T) {
	s := openSite(t)
	for _, chunked := range []bool{false, true} {
		t.Run(fmt.Sprintf("chunked=%t", chunked), func(t *testing.T) {
			var content io.Reader = strings.NewReader(strings.Repeat(" ", 64<<20))
			if chunked {
				content = io.MultiReader(content) // of a length that is not known
			}
			r, _ := http.NewRequest("POST", "http://"+s.Addr().String()+"/api/v1/runs", content)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			s.expect(res, http.StatusRequestEntityTooLarge, wire.TooLarge)
		})
	}
}

// h: after the upgrade headers are matched by case, so what the socket needs is
// read before it. What came with the request is the socket's first message.
func TestTrap_CookieInAnyCaseAuthenticatesASocket(t *testing.T) {
	s := openSite(t)
	res := s.ask("POST", "/api/v1/session", `{"token":"`+token+`"}`, "Authorization: ")
	cookie, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	inner, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	_ = inner.SetDeadline(time.Now().Add(5 * time.Second))
	upgrade := fmt.Sprintf("GET /ws HTTP/1.1\r\nhost: %s\r\nupgrade: WebSocket\r\nconnection: upgrade\r\norigin: http://%s\r\ncOOKIE: %s\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		s.Addr(), s.Addr(), cookie)
	// A masked text frame by hand, its mask all zero, in one piece with the request:
	// the server's own buffer holds it.
	hello := `{"t":"hello","v":1}`
	if _, err := io.WriteString(inner, upgrade+"\x81"+string([]byte{0x80 | byte(len(hello)), 0, 0, 0, 0})+hello); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 0, 4096)
	for !bytes.Contains(got, []byte(`"t":"welcome"`)) {
		n, err := inner.Read(got[len(got):cap(got)])
		got = got[:len(got)+n]
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
	}
}

// i: a panic's text goes to the browser.
func TestTrap_PanicIsAnsweredWithAnID(t *testing.T) {
	s := openSite(t)
	p := problemIn(t, s.ask("POST", "/api/v1/runs", `{"bench":"demo","device":"d","command":"panic"}`))
	if p.Status != 500 || p.Code != wire.Internal || p.ID == "" || strings.Contains(p.Detail+p.Hint, "secret") || !strings.Contains(s.logs.String(), p.ID) || !strings.Contains(s.logs.String(), "secret text of a panic") {
		t.Fatalf("%+v\n%s", p, s.logs)
	}
	page := s.join()
	page.say(`{"t":"req","i":1,"m":"run.start","d":{"bench":"demo","device":"d","command":"panic"}}`)
	if f := page.next(); f.Error == nil || f.Error.Code != wire.Internal || f.Error.ID == "" || strings.Contains(f.Error.Message, "secret") || !strings.Contains(s.logs.String(), f.Error.ID) {
		t.Fatalf("%+v", f)
	}
}

// panicking is who is asked while a message is read.
type panicking struct{ People }

func (panicking) Arriving(context.Context, string) (api.User, error) { panic("secret text of a panic") }

func TestTrap_PanicWhileASocketIsReadEndsItAlone(t *testing.T) {
	s := openSite(t, func(c *Config) { c.People = panicking{c.People} })
	p, _, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	p.say(`{"t":"hello","v":1,"token":"` + token + `","name":"ada"}`)
	if f := p.next(); f.T != "bye" || f.Code != 1011 || strings.Contains(f.Reason, "secret") || !strings.Contains(s.logs.String(), "secret text of a panic") {
		t.Fatalf("%+v", f)
	}
	eventually(t, "the connection is gone", func() bool { return s.listener.count() == 0 })
	s.join()
}

// Beyond the ten: a request, headers and all, is kept for as long as what took
// its connection over has not returned.
func TestTrap_SocketsAndStreamsKeepNothingOfTheirRequests(t *testing.T) {
	s := openSite(t)
	s.join()
	s.joinAt(pathBulk)
	s.events("?room=lab", "")
	eventually(t, "the server has the requests back", func() bool {
		var running strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&running, 2)
		return !strings.Contains(running.String(), "fasthttp.hijackConnHandler(")
	})
}

// j: huma's adapter cannot flush; TestLog_FirstLineArrivesWhileTheRunGoesOn.

// keepingRuns keeps the ids that it is asked for, as an index does.
type keepingRuns struct {
	labRuns
	kept chan string
}

func (k keepingRuns) Get(ctx context.Context, id string) (api.Run, error) {
	k.kept <- id
	return k.labRuns.Get(ctx, id)
}

// Beyond the ten: Fiber's strings are overwritten by the next request.
func TestTrap_KeptStringsStay(t *testing.T) {
	kept := make(chan string, 60)
	s := openSite(t, func(c *Config) { c.Runs = keepingRuns{c.Runs.(labRuns), kept} })
	for range 50 {
		s.ask("GET", "/api/v1/runs/aaaa", "")
		s.ask("GET", "/api/v1/runs/zzzz", "")
		if a, z := <-kept, <-kept; a != "aaaa" || z != "zzzz" {
			t.Fatal(a, z)
		}
	}
}

// A client that sends its request a byte at a time is cut off.
func TestTrap_SlowlorisIsCutOff(t *testing.T) {
	t.Parallel()
	s := openSite(t)
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(requestLimit + 8*time.Second))
	_, _ = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n")
	go func() {
		for {
			if _, err := io.WriteString(c, "a"); err != nil {
				return
			}
			time.Sleep(200 * time.Millisecond) // the attack itself
		}
	}()
	_, err = io.ReadAll(c)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatal("the connection is still open")
	}
	eventually(t, "the connection is gone", func() bool { return s.listener.count() == 0 })
}
