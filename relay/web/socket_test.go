package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
)

func TestSocket_RunStartWithWatch(t *testing.T) {
	s := openSite(t)
	p := s.join()
	p.say(`{"t":"req","i":3,"m":"run.start","d":{"id":"r1","bench":"demo","device":"sim0001","command":"true","watch":true},"ttl":5000}`)
	if f := p.next(); f.T != "res" || *f.I != 3 || f.Error != nil || !strings.Contains(string(f.D), `"id":"r1"`) {
		t.Fatalf("%+v", f)
	}
	s.lab.print("r1", "one", "two")
	s.lab.end("r1", wire.Exited)
	var kinds []string
	for f := p.next(); ; f = p.next() {
		kinds = append(kinds, f.T+f.Ev)
		if f.Room != "run:r1" {
			t.Fatalf("%+v", f)
		}
		if f.Ev == "block" {
			var b wire.Block
			if json.Unmarshal(f.D, &b) != nil || b.First != 1 || len(b.Text) != 2 || f.O != "g.2" {
				t.Fatalf("%+v", f)
			}
		}
		if f.Ev == "end" {
			break
		}
	}
	if got := strings.Join(kinds, " "); got != "live pubblock pubend" && got != "pubblock live pubend" {
		t.Fatal(got)
	}
}

func TestSocket_ResumesBehindTheOffset(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	s.lab.print("r1", "one")
	s.lab.print("r1", "two")
	s.lab.end("r1", wire.Exited)
	p := s.join()
	p.say(`{"t":"sub","i":1,"room":"run:r1","o":"g.1"}`)
	if f := p.next(); f.T != "res" || !strings.Contains(string(f.D), `"outcome":"exited"`) {
		t.Fatalf("%+v", f)
	}
	if f := p.next(); f.Ev != "block" || !strings.Contains(string(f.D), `"first":2`) {
		t.Fatalf("%+v", f)
	}
	if a, b := p.next(), p.next(); a.T != "live" || b.Ev != "end" {
		t.Fatalf("%+v %+v", a, b)
	}
}

func TestSocket_StateRooms(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	p := s.join()
	p.say(`{"t":"sub","i":1,"room":"lab"}` + "\n" + `{"t":"sub","i":2,"room":"bench:demo"}`)
	for range 2 {
		f := p.next()
		if f.T != "res" || f.Error != nil || !strings.Contains(string(f.D), `"runs":[{"id":"r1"`) {
			t.Fatalf("%+v", f)
		}
	}
	bench, _ := s.lab.Get("demo")
	bench.State = api.Offline
	s.BenchChanged(bench)
	rooms := map[string]bool{}
	for range 2 {
		f := p.next()
		if f.T != "pub" || f.Ev != "bench" || !strings.Contains(string(f.D), `"state":"offline"`) {
			t.Fatalf("%+v", f)
		}
		rooms[f.Room] = true
	}
	if !rooms["lab"] || !rooms["bench:demo"] {
		t.Fatal(rooms)
	}
	p.say(`{"t":"unsub","i":3,"room":"bench:demo"}`)
	if f := p.next(); f.T != "res" || *f.I != 3 {
		t.Fatalf("%+v", f)
	}
	s.RunChanged(api.Run{ID: "r2", Bench: "demo", Command: strings.Repeat("é", 300)})
	if f := p.next(); f.Room != "lab" || f.Ev != "run" || strings.Count(string(f.D), "é") != 200 {
		t.Fatalf("%+v", f)
	}
	p.say(`{"t":"ping","i":9}`)
	if f := p.next(); f.T != "pong" || *f.I != 9 {
		t.Fatalf("%+v", f)
	}
}

func TestSocket_Refusals(t *testing.T) {
	s := openSite(t)
	p := s.join()
	for ask, code := range map[string]wire.Code{
		`{"t":"sub","i":1,"room":"nowhere"}`:                                                         wire.NotFound,
		`{"t":"sub","i":1,"room":"run:none"}`:                                                        wire.NotFound,
		`{"t":"sub","i":1,"room":"run:*"}`:                                                           wire.NotFound,
		`{"t":"sub","i":1,"room":"bench:none"}`:                                                      wire.NotFound,
		`{"t":"sub","i":1,"room":7}`:                                                                 wire.Invalid,
		`{"t":"req","i":1,"m":"coffee"}`:                                                             wire.NotFound,
		`{"t":"req","i":1,"m":"run.start","d":{}}`:                                                   wire.Invalid,
		`{"t":"req","i":1,"m":"run.start"}`:                                                          wire.Invalid,
		`{"t":"req","i":1,"m":"run.cancel","d":{}}`:                                                  wire.Invalid,
		`{"t":"req","i":1,"m":"runs.get","d":{"id":"none"}}`:                                         wire.NotFound,
		`{"t":"req","i":1,"m":"run.start","d":{"bench":"demo","device":"d","command":"break"}}`:      wire.Internal,
		`{"t":"req","i":1,"m":"run.start","d":{"bench":"away","device":"d","command":"x"}}`:          wire.BenchOffline,
		`{"t":"later","v":"anything"}` + "\n" + `{"t":"req","i":1,"m":"runs.get","d":{"id":"none"}}`: wire.NotFound,
	} {
		p.say(ask)
		f := p.next()
		if f.T != "res" || f.I == nil || *f.I != 1 || f.Error == nil || f.Error.Code != code {
			t.Fatalf("%.80s: %+v %+v", ask, f, f.Error)
		}
		if strings.Contains(f.Error.Message, "secret") {
			t.Fatalf("an error's text crossed: %+v", f.Error)
		}
	}
}

func TestSocket_CloseCodes(t *testing.T) {
	s := openSite(t)
	for name, c := range map[string]struct {
		say  string
		code int
	}{
		"wrong token":   {`{"t":"hello","v":1,"token":"wrong"}`, 4501},
		"no token":      {`{"t":"hello","v":1}`, 4501},
		"other version": {`{"t":"hello","v":2,"token":"` + token + `"}`, 4502},
		"no hello":      {`{"t":"sub","i":1,"room":"lab"}`, 4501},
		"no object":     {`[]`, 4503},
		"null":          {`null`, 4503},
		"half":          {`{"t":"hel`, 4503},
		"not UTF-8":     {`{"t":"hello","v":1,"token":"` + "\xff" + `"}`, 4503},
	} {
		t.Run(name, func(t *testing.T) {
			p, _, err := s.dial()
			if err != nil {
				t.Fatal(err)
			}
			p.say(c.say)
			p.closed(c.code)
		})
	}
	t.Run("binary", func(t *testing.T) {
		p := s.join()
		if err := p.ws.WriteMessage(websocket.BinaryMessage, []byte{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		p.closed(4503)
	})
	t.Run("large, before hello", func(t *testing.T) {
		p, _, err := s.dial()
		if err != nil {
			t.Fatal(err)
		}
		p.say(`{"t":"hello","v":1,"token":"` + strings.Repeat("x", 65<<10) + `"}`)
		if _, err := p.read(); !websocket.IsCloseError(err, hub.TooBig) {
			t.Fatal(err)
		}
	})
	t.Run("silence", func(t *testing.T) {
		p, _, err := s.dial()
		if err != nil {
			t.Fatal(err)
		}
		p.closed(4001)
	})
}

// maxRooms is what PROTOCOL promises a socket.
const maxRooms = 256

func TestSocket_RoomsAreBounded(t *testing.T) {
	s := openSite(t)
	for i := range maxRooms + 1 {
		s.lab.run(fmt.Sprintf("r%d", i))
	}
	p := s.join()
	refused := 0
	for i := range maxRooms + 1 {
		p.say(fmt.Sprintf(`{"t":"sub","i":%d,"room":"run:r%d"}`, i, i))
		if f := p.until("res"); f.Error != nil {
			if refused++; f.Error.Code != wire.TooMany || i != maxRooms {
				t.Fatalf("room %d: %+v", i, f.Error)
			}
		}
	}
	if refused != 1 {
		t.Fatalf("%d refused", refused)
	}
	for range 600 {
		if p.ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"sub","i":1,"room":"lab"}`)) != nil {
			break
		}
	}
	p.closed(4503)
}

// The slow reader is told of its lag, and gets every line once, in order.
func TestSocket_SlowReaderMissesNothing(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	p := s.join()
	p.say(`{"t":"sub","i":1,"room":"run:r1"}`)
	p.until("live")
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
	next, lag, live := int64(1), 0, 0
	for {
		f := p.next()
		switch {
		case f.T == "lag":
			lag++
		case f.T == "live":
			live++
		case f.Ev == "block":
			var b wire.Block
			if err := json.Unmarshal(f.D, &b); err != nil || b.First != next {
				t.Fatalf("line %d after %d: %v", b.First, next-1, err)
			}
			next += *b.Count
		case f.Ev == "end":
			if next != blocks*lines+1 || lag == 0 || live == 0 {
				t.Fatalf("%d lines, %d lag, %d live", next-1, lag, live)
			}
			return
		}
	}
}
