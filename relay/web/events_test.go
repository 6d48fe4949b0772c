package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
)

// stream is a client of /events: what a browser's EventSource does, by hand.
type stream struct {
	t     testing.TB
	s     *site
	res   *http.Response
	in    *bufio.Reader
	conn  string
	id    string // the last event's
	retry int
	beats int
}

func (s *site) events(query, last string) *stream {
	s.t.Helper()
	return s.streamOf(query, "Last-Event-ID: "+last)
}

// eventsAs opens a stream with the token alone under a name.
func (s *site) eventsAs(name string) *stream {
	s.t.Helper()
	return s.streamOf("", "Farbench-Name: "+name)
}

func (s *site) streamOf(query, header string) *stream {
	s.t.Helper()
	res := s.ask("GET", "/events?"+query, "", header)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("%d %s: %s", res.StatusCode, res.Header, body(s.t, res))
	}
	e := &stream{t: s.t, s: s, res: res, in: bufio.NewReaderSize(res.Body, 64<<10)}
	f := e.next()
	if f.T != "welcome" || f.V != 1 || f.Conn == "" || f.User == nil {
		s.t.Fatalf("the first message is %+v", f)
	}
	e.conn = f.Conn
	return e
}

func (e *stream) read() (api.Frame, error) {
	var f api.Frame
	id, data := "", ""
	for {
		line, err := e.in.ReadString('\n')
		if err != nil {
			return f, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case line == "\n" && data == "":
		case line == "\n":
			if id != "" {
				e.id = id
			}
			if err := json.Unmarshal([]byte(data), &f); err != nil {
				return f, fmt.Errorf("%w in %q", err, data)
			}
			return f, nil
		case name == "id":
			id = value
		case name == "data" && data == "":
			data = value
		case name == "retry":
			e.retry, _ = strconv.Atoi(value)
		case name == ":":
			e.beats++
		default:
			return f, fmt.Errorf("a stray line %q", line)
		}
	}
}

func (e *stream) next() api.Frame {
	e.t.Helper()
	f, err := e.read()
	if err != nil {
		e.t.Fatal(err)
	}
	return f
}

func (e *stream) until(kind string) api.Frame {
	e.t.Helper()
	for {
		if f := e.next(); f.T == kind {
			return f
		}
	}
}

// up speaks by POST.
func (e *stream) up(frames ...string) *http.Response {
	e.t.Helper()
	return e.s.ask("POST", "/api/v1/events", fmt.Sprintf(`{"conn":%q,"frames":[%s]}`, e.conn, strings.Join(frames, ",")))
}

func (e *stream) close() { _ = e.res.Body.Close() }

func TestEvents_RoomsOfTheAddressAndTheWayUp(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	e := s.events("room=lab&room=run:none", "")
	if e.retry != 1000 {
		t.Errorf("retry %d", e.retry)
	}
	answers := map[int64]api.Frame{}
	for range 2 {
		f := e.until("res")
		answers[*f.I] = f
	}
	if !strings.Contains(string(answers[1].D), `"benches"`) || answers[2].Error == nil || answers[2].Error.Code != wire.NotFound {
		t.Fatalf("%+v", answers)
	}
	if res := e.up(`{"t":"sub","i":7,"room":"run:r1"}`, "{\n\"t\":\"ping\",\"i\":8}", `{"t":"later"}`, `{"t":"evt","i":9,"room":"lab","ev":"x"}`); res.StatusCode != http.StatusAccepted {
		t.Fatal(res.StatusCode, body(t, res))
	}
	seen := map[int64]api.Frame{}
	for len(seen) < 3 {
		if f := e.next(); f.I != nil {
			seen[*f.I] = f
		}
	}
	if seen[7].Error != nil || seen[8].T != "pong" || seen[9].Error == nil {
		t.Fatalf("%+v", seen)
	}
	if res := e.up(`{"t":"req","i":10,"m":"run.start","d":{"id":"r2","bench":"demo","device":"sim0001","command":"true","watch":true}}`); res.StatusCode != http.StatusAccepted {
		t.Fatal(res.StatusCode)
	}
	for f := e.next(); f.I == nil || *f.I != 10; f = e.next() {
	}
	s.lab.print("r2", "one")
	if f := e.until("pub"); f.Room != "run:r2" || f.Ev != "block" || !strings.Contains(e.id, "run:r2=g.1") {
		t.Fatalf("%+v %s", f, e.id)
	}
}

func TestEvents_RefusalsOnTheWayUp(t *testing.T) {
	s := openSite(t)
	e := s.events("", "")
	ping := `{"t":"ping","i":1}`
	s.expect(s.ask("POST", "/api/v1/events", `{"conn":"c-nobody","frames":[`+ping+`]}`), 404, wire.NotFound)
	s.expect(e.up(), 422, wire.Invalid)
	s.expect(e.up(`{"t":"hello","v":1}`), 422, wire.Invalid)
	s.expect(e.up(ping, `[1]`), 422, wire.Invalid)
	s.expect(e.up(strings.Repeat(ping+",", 300)+ping), 422, wire.Invalid)
	s.expect(e.up(`{"t":"evt","d":"`+strings.Repeat("x", 1<<20)+`"}`), 413, wire.TooLarge)
	s.expect(s.ask("POST", "/api/v1/events", `{"conn":"`+e.conn+`","frames":[`+ping+`]}`, "Origin: http://evil.example"), 403, wire.OriginRefused)
	s.expect(s.ask("GET", "/events", "", "Origin: null"), 403, wire.OriginRefused)
	s.expect(s.ask("GET", "/events", "", "Authorization: "), 401, wire.Unauthorized)
	s.expect(s.ask("GET", "/events", "", "Host: evil.example"), 421, wire.HostRefused)
	s.expect(s.ask("GET", "/events?"+strings.Repeat("room=lab&", 65), ""), 429, wire.TooMany)
	// None of them had an effect on the stream.
	e.up(`{"t":"ping","i":2}`)
	if f := e.next(); f.T != "pong" || *f.I != 2 {
		t.Fatalf("%+v", f)
	}
	other := s.events("", "")
	e.close()
	eventually(t, "the follower who left is noticed", func() bool { return s.hub.Stats().Conns == 1 })
	s.expect(e.up(ping), 404, wire.NotFound)
	other.close()
}

// Cut at every event, on two relays in turn: each room's lines come once.
func TestEvents_ResumeWithoutHoleOrDouble(t *testing.T) {
	s := openSite(t)
	other := openSite(t, func(c *Config) { c.Benches, c.Runs, c.Reader = s.lab, labRuns{s.lab}, s.lab })
	const rooms, blocks = 64, 5
	query := url.Values{}
	for r := range rooms {
		id := fmt.Sprintf("r%d", r)
		s.lab.run(id)
		query.Add("room", "run:"+id)
		for range blocks {
			s.lab.print(id, "a", "b")
		}
		if r%2 == 0 {
			s.lab.end(id, wire.Exited)
		}
	}
	next := make(map[string]int64)
	got, last := 0, ""
	for round := 0; got < rooms*blocks; round++ {
		if round > 200 {
			t.Fatalf("only %d blocks after %d streams", got, round)
		}
		at := s
		if round%2 == 1 {
			at = other
		}
		address := query.Encode()
		if round%3 == 2 {
			address = "" // the vector alone names the rooms
		}
		e := at.events(address, last)
		for n := 0; n < 7 && got < rooms*blocks; {
			f := e.next()
			if f.Ev != "block" {
				continue
			}
			var b wire.Block
			if err := json.Unmarshal(f.D, &b); err != nil || b.First != next[f.Room]+1 {
				t.Fatalf("%s: line %d after %d (%v)", f.Room, b.First, next[f.Room], err)
			}
			next[f.Room] += *b.Count
			got++
			n++
		}
		last = e.id
		e.close()
	}
	if len(last) > 4<<10 {
		t.Errorf("a vector of %d bytes", len(last))
	}
	for r := range rooms {
		if n := next[fmt.Sprintf("run:r%d", r)]; n != 2*blocks {
			t.Errorf("run %d: %d lines", r, n)
		}
	}
	// An ended run is not told again, but for its end.
	e := s.events("room=run:r0", "run:r0=g.10")
	if a, b, c := e.next(), e.next(), e.next(); a.T != "res" || b.T != "live" || c.Ev != "end" {
		t.Fatalf("%+v %+v %+v", a, b, c)
	}
}

func TestEvents_SixtyFiveRoomsAreTooMany(t *testing.T) {
	s := openSite(t)
	e := s.events("", "")
	for i := range gateway.MaxStreamRooms + 1 {
		s.lab.run(fmt.Sprintf("r%d", i))
		e.up(fmt.Sprintf(`{"t":"sub","i":%d,"room":"run:r%d"}`, i, i))
		if f := e.until("res"); (f.Error != nil) != (i == gateway.MaxStreamRooms) {
			t.Fatalf("room %d: %+v", i, f.Error)
		}
	}
}

// A bench may put a CR between a block's tokens: that must not end an event.
func TestEvents_ABenchCannotWriteEventsOfItsOwn(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	s.lab.print("r1", "one")
	s.lab.mu.Lock()
	s.lab.blocks["r1"][0].Data = []byte("{\"run\":\"r1\",\r\rdata: {\"t\":\"bye\"}\r\r\"first\":1}")
	s.lab.mu.Unlock()
	e := s.events("room=run:r1", "")
	for {
		line, err := e.in.ReadString('\n')
		if err != nil || strings.Contains(line, "\r") {
			t.Fatalf("%q %v", line, err)
		}
		if strings.Contains(line, `"ev":"block"`) {
			return
		}
	}
}

func TestEvents_DrainAndSignOut(t *testing.T) {
	s := openSite(t)
	set := s.ask("POST", "/api/v1/session", `{"token":"`+token+`"}`, "Authorization: ").Header.Get("Set-Cookie")
	cookie, _, _ := strings.Cut(set, ";")
	signedIn := s.ask("GET", "/events", "", "Authorization: ", "Cookie: "+cookie)
	e := s.events("room=lab", "")
	s.ask("DELETE", "/api/v1/session", "", "Authorization: ", "Cookie: "+cookie)
	if got := body(t, signedIn); !strings.Contains(got, `"code":4504`) {
		t.Fatal(got)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	bye := e.until("bye")
	if bye.Code != 4002 || bye.Retry == 0 || e.retry != bye.Retry {
		t.Fatalf("%+v, retry %d", bye, e.retry)
	}
	if _, err := e.read(); err != io.EOF { // a clean end, not a cut one
		t.Fatal(err)
	}
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if n := s.hub.Stats().Conns + s.listener.count(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}

func TestEvents_SlowReaderMissesNothing(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	e := s.events("room=run:r1", "")
	e.until("live")
	line := strings.Repeat("x", 1000)
	const blocks, lines = 400, 50
	for range blocks {
		block := make([]string, lines)
		for i := range block {
			block[i] = line
		}
		s.lab.print("r1", block...)
	}
	s.lab.end("r1", wire.Exited)
	eventually(t, "the reader is behind", func() bool { return s.hub.Stats().Behind == 1 })
	if q := s.hub.Stats().QueueBytes; q > 1<<20 {
		t.Errorf("%d bytes wait", q)
	}
	next, lag := int64(1), 0
	for {
		f := e.next()
		if f.T == "lag" {
			lag++
		}
		if f.Ev == "block" {
			var b wire.Block
			if err := json.Unmarshal(f.D, &b); err != nil || b.First != next {
				t.Fatalf("line %d after %d: %v", b.First, next-1, err)
			}
			next += *b.Count
		}
		if f.Ev == "end" {
			break
		}
	}
	if next != blocks*lines+1 || lag == 0 {
		t.Fatalf("%d lines, %d lag", next-1, lag)
	}
}

func TestEvents_StreamsCountAsSockets(t *testing.T) {
	s := openSite(t, func(c *Config) { c.MaxSockets = 1 })
	e := s.events("", "")
	s.expect(s.ask("GET", "/events", ""), 429, wire.TooMany)
	e.close()
	eventually(t, "a place is free again", func() bool { return s.ask("GET", "/events", "").StatusCode == 200 })
}
