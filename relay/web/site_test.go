package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// site is a running server with a lab behind it.
type site struct {
	*Server
	t    testing.TB
	lab  *lab
	logs *safeBuffer
	stop func() error // ends the server and returns what Run returned
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}
func (b *safeBuffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

func openSite(t testing.TB, change ...func(*Config)) *site {
	t.Helper()
	l := newLab()
	logs := new(safeBuffer)
	cfg := Config{Listen: "127.0.0.1:0", Token: token, Benches: l, Runs: labRuns{l}, Reader: l, Documents: labDocuments{l}, Reservations: &labBooks{lab: l}, People: newLabPeople(), Jobs: noJobs{}, Logger: slog.New(slog.NewTextHandler(logs, nil))}
	for _, c := range change {
		c(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	out := &site{Server: s, t: t, lab: l, logs: logs}
	out.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(15 * time.Second):
			return fmt.Errorf("the server did not stop within 15 s")
		}
	})
	t.Cleanup(func() {
		if err := out.stop(); err != nil {
			t.Error(err)
		}
	})
	return out
}

// ask sends a request; header lines are "Name: value".
func (s *site) ask(method, path, body string, headers ...string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.Addr().String()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+token)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		switch {
		case name == "Host":
			r.Host = value
		case value == "":
			r.Header.Del(name)
		default:
			r.Header.Set(name, value)
		}
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	s.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func body(t testing.TB, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// problemIn reads a problem+json answer and checks that it is whole.
func problemIn(t testing.TB, res *http.Response) api.Problem {
	t.Helper()
	text := body(t, res)
	if kind := res.Header.Get("Content-Type"); kind != problemType {
		t.Fatalf("status %d came as %s: %s", res.StatusCode, kind, text)
	}
	var p api.Problem
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if p.Status != res.StatusCode || p.Code == "" || p.Title == "" || p.Detail == "" || p.Type == "" {
		t.Fatalf("status %d: the problem is not whole: %s", res.StatusCode, text)
	}
	return p
}

func (s *site) expect(res *http.Response, status int, code wire.Code) {
	s.t.Helper()
	if p := problemIn(s.t, res); p.Status != status || p.Code != code {
		s.t.Fatalf("got %d %s (%s), want %d %s", p.Status, p.Code, p.Detail, status, code)
	}
}

// page is a browser's socket.
type page struct {
	t  testing.TB
	ws *websocket.Conn
	// waiting are messages of a frame that were not asked for yet.
	waiting []api.Frame
}

func (s *site) dial(headers ...string) (*page, *http.Response, error) {
	return s.dialAt(pathSocket, headers...)
}

func (s *site) dialAt(path string, headers ...string) (*page, *http.Response, error) {
	h := http.Header{}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		h.Set(name, value)
	}
	ws, res, err := (&websocket.Dialer{HandshakeTimeout: 5 * time.Second}).Dial("ws://"+s.Addr().String()+path, h)
	if err != nil {
		return nil, res, err
	}
	s.t.Cleanup(func() { _ = ws.Close() })
	return &page{t: s.t, ws: ws}, res, nil
}

// join dials and says hello with the token.
func (s *site) join() *page { s.t.Helper(); return s.joinAt(pathSocket) }

func (s *site) joinAt(path string) *page {
	s.t.Helper()
	p, _, err := s.dialAt(path)
	if err != nil {
		s.t.Fatal(err)
	}
	p.say(`{"t":"hello","v":1,"token":"` + token + `"}`)
	if f := p.next(); f.T != "welcome" || f.V != 1 || f.Conn == "" || f.User == nil {
		s.t.Fatalf("hello was answered by %+v", f)
	}
	return p
}

func (p *page) say(text string) {
	p.t.Helper()
	if err := p.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

// next returns the next message; pings are answered and passed over.
func (p *page) next() api.Frame {
	p.t.Helper()
	f, err := p.read()
	if err != nil {
		p.t.Fatal(err)
	}
	return f
}

func (p *page) read() (api.Frame, error) {
	for {
		for len(p.waiting) > 0 {
			f := p.waiting[0]
			p.waiting = p.waiting[1:]
			if f.T == "ping" {
				p.say(fmt.Sprintf(`{"t":"pong","i":%d}`, *f.I))
				continue
			}
			return f, nil
		}
		_ = p.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
		_, text, err := p.ws.ReadMessage()
		if err != nil {
			return api.Frame{}, err
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			var f api.Frame
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				return f, fmt.Errorf("%w in %q", err, line)
			}
			p.waiting = append(p.waiting, f)
		}
	}
}

// until passes over messages until one of the kind comes.
func (p *page) until(kind string) api.Frame {
	p.t.Helper()
	for {
		if f := p.next(); f.T == kind {
			return f
		}
	}
}

// closed expects a bye and a close with the code.
func (p *page) closed(code int) api.Frame {
	p.t.Helper()
	var bye api.Frame
	for {
		f, err := p.read()
		if err == nil {
			if f.T == "bye" {
				bye = f
			}
			continue
		}
		if !websocket.IsCloseError(err, code) {
			p.t.Fatalf("closed by %v, want %d (bye %+v)", err, code, bye)
		}
		if bye.Code != code {
			p.t.Fatalf("bye %+v before close %d", bye, code)
		}
		return bye
	}
}

// eventually polls a condition.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within 10 s: " + what)
		}
	}
}

// noJobs is a lab in which nobody began any.
type noJobs struct{}

func (noJobs) List(string) []api.Job { return []api.Job{} }
func (noJobs) Loaded() bool          { return true }
func (noJobs) Get(context.Context, string) (api.Job, error) {
	return api.Job{}, &wire.Fault{Code: wire.NotFound, Message: "there is no job"}
}
