package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
)

// labEvents keeps what is said in memory, with the store's promises.
type labEvents struct {
	heard func(*events.Event)
	shown func() // called between a snapshot and what follows it
	mu    sync.Mutex
	list  []*events.Event
	in    map[*labMember]struct{}
}

type labMember struct {
	l    *labEvents
	room string
	f    events.Follower
}

func (l *labEvents) Publish(d events.Draft, done func(string, error)) {
	l.mu.Lock()
	o := fmt.Sprintf("s.%d", len(l.list)+1)
	e := &events.Event{Event: api.Event{O: o, Room: d.Room, Ev: d.Ev, From: d.From, To: d.To, ToName: d.ToName, At: time.Now(), D: d.D}, Ask: d.Ask, Except: d.Except}
	l.list = append(l.list, e)
	for m := range l.in {
		if m.room == d.Room {
			m.f.Event(e)
		}
	}
	l.heard(e)
	l.mu.Unlock()
	done(o, nil)
}

func (l *labEvents) Snapshot(_ context.Context, room string) (events.Snapshot, error) {
	if l.shown != nil {
		defer l.shown()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := events.Snapshot{Offset: fmt.Sprintf("s.%d", len(l.list))}
	for _, e := range l.list {
		if e.Room == room && e.Ev == events.Message {
			s.Messages = append(s.Messages, e.Event)
		}
	}
	return s, nil
}

func (l *labEvents) Join(room, from string, f events.Follower) events.Member {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.list)
	_, _ = fmt.Sscanf(from, "s.%d", &n)
	for _, e := range l.list[n:] {
		if e.Room == room {
			f.Event(e)
		}
	}
	m := &labMember{l, room, f}
	if l.in == nil {
		l.in = map[*labMember]struct{}{}
	}
	l.in[m] = struct{}{}
	f.Live()
	return m
}

func (m *labMember) Leave() {
	m.l.mu.Lock()
	defer m.l.mu.Unlock()
	delete(m.l.in, m)
}

func openSaying(t *testing.T) *site {
	t.Helper()
	s, _ := openSayingWith(t)
	return s
}

func openSayingWith(t *testing.T) (*site, *labEvents) {
	t.Helper()
	l := &labEvents{}
	s := openSite(t, func(c *Config) { c.Events = l })
	l.heard = s.EventHeard
	return s, l
}

func TestSaying_WhatIsRefused(t *testing.T) {
	s := openSaying(t)
	p := s.join()
	for ask, code := range map[string]wire.Code{
		`{"t":"sub","i":1,"room":"user:somebody"}`:                                                             wire.Forbidden,
		`{"t":"sub","i":1,"room":"user:*"}`:                                                                    wire.NotFound,
		`{"t":"sub","i":1,"room":"user:a.b"}`:                                                                  wire.NotFound,
		`{"t":"sub","i":1,"room":"bench:>"}`:                                                                   wire.NotFound,
		`{"t":"sub","i":1,"room":"lab.>"}`:                                                                     wire.NotFound,
		`{"t":"sub","i":1,"room":"bench:` + strings.Repeat("a", 1<<20-64) + `"}`:                               wire.NotFound,
		`{"t":"evt","i":1,"room":"` + strings.Repeat("a", 1<<20-64) + `"}`:                                     wire.NotFound,
		`{"t":"evt","i":1,"room":"bench:*","ev":"x"}`:                                                          wire.NotFound,
		`{"t":"evt","i":1,"room":"bench:none","ev":"x"}`:                                                       wire.NotFound,
		`{"t":"evt","i":1,"room":"run:r1","ev":"x"}`:                                                           wire.Forbidden,
		`{"t":"evt","i":1,"room":"user:tester","ev":"x"}`:                                                      wire.Forbidden,
		`{"t":"evt","i":1,"room":"lab","to":"user:tester","ev":"x"}`:                                           wire.Invalid,
		`{"t":"evt","i":1,"ev":"x"}`:                                                                           wire.Invalid,
		`{"t":"evt","i":1,"room":"lab","ev":"bench"}`:                                                          wire.Forbidden,
		`{"t":"evt","i":1,"room":"lab","ev":"notice"}`:                                                         wire.Forbidden,
		`{"t":"evt","i":1,"room":"lab","ev":"reservations"}`:                                                   wire.Forbidden,
		`{"t":"evt","i":1,"to":"user:tester","ev":"block"}`:                                                    wire.Forbidden,
		`{"t":"evt","i":1,"room":"lab","ev":"a b"}`:                                                            wire.Invalid,
		`{"t":"evt","i":1,"room":"lab","ev":"` + strings.Repeat("x", 65) + `"}`:                                wire.Invalid,
		`{"t":"evt","i":1,"room":"lab","ev":7}`:                                                                wire.Invalid,
		`{"t":"evt","i":1,"room":"lab","ev":"x","d":"` + strings.Repeat("x", 65<<10) + `"}`:                    wire.TooLarge,
		`{"t":"evt","i":1,"to":"conn:cnobody","ev":"x"}`:                                                       wire.NotFound,
		`{"t":"evt","i":1,"to":"conn:c` + strings.Repeat("a", 26) + `","ev":"x"}`:                              wire.NotFound,
		`{"t":"evt","i":1,"to":"user:*","ev":"x"}`:                                                             wire.NotFound,
		`{"t":"evt","i":1,"to":"lab","ev":"x"}`:                                                                wire.NotFound,
		`{"t":"evt","i":1,"room":"lab","ev":"x","ack":true,"ttl":1}`:                                           wire.NoAnswer,
		`{"t":"ack","i":1,"ask":"*"}`:                                                                          wire.Invalid,
		`{"t":"ack","i":1,"ask":"a` + strings.Repeat("b", 26) + `","d":"` + strings.Repeat("x", 65<<10) + `"}`: wire.TooLarge,
	} {
		p.say(ask)
		f := p.next()
		if f.T != "res" || f.I == nil || *f.I != 1 || f.Error == nil || f.Error.Code != code {
			t.Errorf("%.80s: %+v %+v", ask, f, f.Error)
		} else if f.Error.Message == "" || len(f.Error.Message) > 200 {
			t.Errorf("%.80s: %q", ask, f.Error.Message)
		}
	}
}

// The 401st message of a moment is refused and may come again; who does not
// stop is closed.
func TestSaying_FasterThanTheLimit(t *testing.T) {
	s := openSaying(t)
	p := s.join()
	said, refused := 0, 0
	for i := range 800 {
		p.say(fmt.Sprintf(`{"t":"evt","i":%d,"room":"lab","ev":"x"}`, i))
	}
	for range 800 {
		switch f := p.until("res"); {
		case f.Error == nil:
			said++
		case f.Error.Code == wire.TooMany && f.Error.Retry && f.Error.Hint != "":
			refused++
		default:
			t.Fatalf("%+v", f.Error)
		}
	}
	if said < 400 || refused == 0 {
		t.Fatalf("%d said, %d refused", said, refused)
	}
	go func() {
		for p.ws.WriteMessage(1, []byte(strings.Repeat(`{"t":"evt","room":"lab","ev":"x"}`+"\n", 500))) == nil {
		}
	}()
	p.closed(4503)
}

func TestSaying_TenThousandJoins(t *testing.T) {
	s := openSaying(t)
	for i := range maxRooms {
		s.lab.run(fmt.Sprintf("r%d", i))
	}
	p := s.join()
	go func() {
		for i := range 10_000 {
			if p.ws.WriteMessage(1, fmt.Appendf(nil, `{"t":"sub","i":%d,"room":"run:r%d"}`, i, i)) != nil {
				return
			}
		}
	}()
	p.closed(4503)
}

// What is said to a person reaches a connection of theirs that has not joined
// their room, and does not come again when it joins behind an older offset.
func TestSaying_ToAPersonComesOnce(t *testing.T) {
	s := openSaying(t)
	p := s.join()
	p.say(`{"t":"sub","i":1,"room":"user:tester"}`)
	p.until("res")
	p.say(`{"t":"unsub","i":2,"room":"user:tester"}`)
	p.until("res")
	q := s.join()
	q.say(`{"t":"evt","i":3,"to":"user:tester","ev":"knock","d":1}`)
	f := p.next()
	if f.T != "pub" || f.Room != "user:tester" || f.Ev != "knock" || f.O == "" || f.From == nil || f.From.ID != "tester" || f.At.IsZero() {
		t.Fatalf("%+v", f)
	}
	p.say(`{"t":"sub","i":4,"room":"user:tester","o":"s.0"}`)
	if f := p.until("res"); f.Error != nil {
		t.Fatal(f.Error)
	}
	if f := p.next(); f.T != "live" {
		t.Fatalf("%+v came again", f)
	}
	q.say(`{"t":"evt","i":5,"to":"user:tester","d":"again"}`)
	if f := p.next(); f.Ev != "message" || string(f.D) != `"again"` {
		t.Fatalf("%+v", f)
	}
}

// Every person without a name reads the tester's room: nothing private is copied there.
func TestSaying_TheUnnamedHaveNoCopy(t *testing.T) {
	s, l := openSayingWith(t)
	const person = "p-ada"
	p := s.join()
	p.say(`{"t":"evt","i":1,"to":"user:` + person + `","d":"private"}`)
	if f := p.until("res"); f.Error != nil {
		t.Fatal(f.Error)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) != 1 || l.list[0].Room != "user:"+person {
		t.Errorf("%d events are stored", len(l.list))
	}
}

func TestSaying_EventStreamsCarryAllOfIt(t *testing.T) {
	s := openSaying(t)
	e := s.events("room=lab", "")
	e.until("res")
	p := s.join()
	e.up(`{"t":"evt","i":1,"room":"lab","ev":"greeting","d":{"hello":"world"}}`)
	if f := e.until("pub"); f.Ev != "greeting" || f.From.Conn != e.conn || !strings.Contains(e.id, "lab=s.1") {
		t.Fatalf("%+v, id %s", f, e.id)
	}
	if f := e.until("res"); f.Error != nil || string(f.D) != `{"o":"s.1"}` {
		t.Fatalf("%+v", f)
	}
	p.say(fmt.Sprintf(`{"t":"evt","i":2,"to":"conn:%s","ev":"ask","ack":true}`, e.conn))
	asked := e.until("pub")
	if asked.Room != "conn:"+e.conn || asked.O != "" || asked.Ask == "" {
		t.Fatalf("%+v", asked)
	}
	e.up(fmt.Sprintf(`{"t":"ack","ask":%q,"d":{"yes":true}}`, asked.Ask))
	if f := p.until("res"); f.Error != nil || string(f.D) != `{"yes":true}` || f.From == nil || f.From.Conn != e.conn {
		t.Fatalf("%+v %+v", f, f.Error)
	}
	last := e.id
	e.close()
	p.say(`{"t":"evt","i":3,"room":"lab","ev":"missed"}`)
	p.until("res")
	again := s.events("", last)
	if f := again.until("pub"); f.Ev != "missed" {
		t.Fatalf("%+v", f)
	}
}

func TestSaying_SnapshotsShowWhatWasSaid(t *testing.T) {
	s := openSaying(t)
	p := s.join()
	for i := range 3 {
		p.say(fmt.Sprintf(`{"t":"evt","i":%d,"room":"lab","d":"%d"}`, i, i))
		p.until("res")
	}
	p.say(`{"t":"sub","i":9,"room":"lab"}`)
	var d api.LabSnapshot
	if f := p.until("res"); f.Error != nil || json.Unmarshal(f.D, &d) != nil || d.O != "s.3" || len(d.Messages) != 3 || string(d.Messages[2].D) != `"2"` {
		t.Fatalf("%+v %+v", f, d)
	}
}

func TestMetrics_OfWhatIsSaid(t *testing.T) {
	s := openSaying(t)
	p := s.join()
	p.say(`{"t":"sub","i":1,"room":"lab","o":"s.0"}`)
	p.until("live")
	p.say(`{"t":"evt","i":2,"room":"lab","d":"hello"}`)
	p.until("pub")
	p.say(`{"t":"evt","i":3,"room":"lab","ev":"a-name-of-a-client"}`)
	p.until("pub")
	p.say(`{"t":"evt","i":4,"room":"run:r1"}`)
	for f := p.until("res"); *f.I != 4; f = p.until("res") {
	}
	figures := body(t, s.ask("GET", "/metrics", ""))
	for _, line := range []string{
		"farbench_ws_connections 1", "farbench_ws_rooms 1", "farbench_ws_queue_bytes ", "farbench_ws_lagging ",
		`farbench_ws_recoveries_total{how="sub"} 1`, `farbench_events_total{kind="message",room="lab"} 1`, `farbench_events_total{kind="named",room="lab"} 1`,
		`farbench_ws_messages_total{t="evt"} 3`, `farbench_ws_refusals_total{code="forbidden"} 1`, "farbench_event_store_seconds_count 2", "farbench_ws_write_seconds_count",
	} {
		if !strings.Contains(figures, line) {
			t.Errorf("no %s in\n%s", line, figures)
		}
	}
	if strings.Contains(figures, "a-name-of-a-client") {
		t.Error("a client's word is a label")
	}
}

// What is said after a snapshot was read and before its reader follows the room
// reaches the reader, once.
func TestSaying_NothingIsMissedBesideASnapshot(t *testing.T) {
	for _, room := range []string{"lab", "user:tester"} {
		s, l := openSayingWith(t)
		p := s.join()
		l.shown = sync.OnceFunc(func() {
			l.Publish(events.Draft{Room: room, Ev: "between"}, func(string, error) {})
		})
		p.say(`{"t":"sub","i":1,"room":"` + room + `"}`)
		p.say(`{"t":"ping","i":2}`)
		between := 0
		for answered := false; !answered || between == 0; {
			switch f := p.next(); {
			case f.T == "res":
				answered = true
			case f.Ev == "between":
				between++
			}
		}
		for _, ev := range []string{"after", "last"} {
			l.Publish(events.Draft{Room: room, Ev: ev}, func(string, error) {})
		}
		var later []string
		for f := p.next(); f.Ev != "last"; f = p.next() {
			if f.T == "pub" {
				later = append(later, f.Ev)
			}
		}
		if fmt.Sprint(later) != "[after]" {
			t.Fatalf("%s: %v came behind it", room, later)
		}
	}
}

func TestSaying_SixteenAcknowledgementsAtOnce(t *testing.T) {
	s := openSaying(t)
	p := s.join()
	for i := range 17 {
		p.say(fmt.Sprintf(`{"t":"evt","i":%d,"room":"lab","ev":"x","ack":true,"ttl":60000}`, i))
	}
	if f := p.next(); f.Error == nil || f.Error.Code != wire.TooMany || *f.I != 16 {
		t.Fatalf("%+v", f)
	}
}
