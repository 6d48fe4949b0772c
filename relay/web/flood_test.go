package web

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

// The relay alone makes asks: what a client puts there is dropped, and who was
// not asked acknowledges nothing.
func TestSaying_AsksOfOthersAreNotPassedOn(t *testing.T) {
	s := openSaying(t)
	bob, mal, vic := s.join(), s.join(), s.join()
	vic.say(`{"t":"sub","i":1,"room":"lab"}`)
	vic.next()
	bob.say(`{"t":"evt","i":1,"room":"lab","ev":"x","ack":true,"ttl":60000}`)
	ask := vic.next().Ask
	if ask == "" {
		t.Fatal("Vic was not asked")
	}
	mal.say(`{"t":"ack","i":1,"ask":"` + ask + `","d":"Mal"}`)
	mal.next()
	mal.say(`{"t":"evt","i":2,"room":"lab","ev":"y","ask":"` + ask + `"}`)
	mal.next()
	if f := vic.next(); f.Ev != "y" || f.Ask != "" {
		t.Errorf("an ask that the relay did not make: %+v", f)
	}
	vic.say(`{"t":"ack","i":2,"ask":"` + ask + `","d":"Vic"}`)
	vic.next()
	if f := bob.next(); f.Error != nil || string(f.D) != `"Vic"` {
		t.Errorf("%+v", f)
	}
}

// What a connection has stored is bounded in bytes; each event may be as large
// as before.
func TestSaying_BytesAreBounded(t *testing.T) {
	s := openSaying(t)
	p := s.join()
	d := strings.Repeat("x", 60<<10)
	refused := 0
	for i := range 20 {
		p.say(fmt.Sprintf(`{"t":"evt","i":%d,"room":"lab","d":"%s"}`, i, d))
		f := p.next()
		switch {
		case f.Error == nil:
		case f.Error.Code == wire.TooMany && f.Error.Retry:
			refused++
		default:
			t.Fatalf("%+v", f.Error)
		}
		if i < 4 && refused > 0 {
			t.Fatalf("refused at once: %+v", f.Error)
		}
	}
	if refused == 0 {
		t.Error("1.2 MB at once were stored")
	}
}

// A room that is asked for again and again is shown once at a time.
func TestSaying_SnapshotsAreMadeOneAtATime(t *testing.T) {
	s, l := openSayingWith(t)
	goOn := make(chan struct{})
	var at, most atomic.Int32
	l.shown = func() {
		most.Store(max(most.Load(), at.Add(1)))
		<-goOn
		at.Add(-1)
	}
	p := s.join()
	for i := range 60 {
		p.say(fmt.Sprintf(`{"t":"sub","i":%d,"room":"lab"}`, i))
	}
	for refused := 0; refused < 58; { // all but the one that is shown and the last
		if f := p.next(); f.Error != nil {
			refused++
		}
	}
	close(goOn)
	for f := p.next(); f.I == nil || *f.I != 59 || f.Error != nil; f = p.next() {
		if f.I != nil && *f.I == 59 {
			t.Fatalf("%+v", f.Error)
		}
	}
	if n := most.Load(); n > 1 {
		t.Errorf("%d at once", n)
	}
}
