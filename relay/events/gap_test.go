package events

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/core/coretest"
)

// gapped waits until a follower was told of one gap and is live, and gives why.
func gapped(t *testing.T, f *ear) string {
	t.Helper()
	coretest.Eventually(t, "the follower was told of a gap", func() bool { lives, gaps := f.told(); return lives > 0 && gaps > 0 })
	gaps := f.all()
	if len(gaps) != 1 {
		t.Errorf("there are %d gaps: %v", len(gaps), gaps)
	}
	if _, ours := parseOffset(f.to); !ours {
		t.Errorf("the gap ends at %q", f.to)
	}
	return gaps[0]
}

func TestGap_OffsetsThatDoNotHold(t *testing.T) {
	l := coretest.New(t)
	e := relay(t, l)
	first := newEar(t, 1)
	join(t, e, "lab", "", first)
	say(t, e, "lab", 1, 20)
	hears(t, first, 20)
	mine, _ := parseOffset(first.at())
	other, future, stamped := mine, mine, mine
	other.generation, future.seq, stamped.stamp = "abc", 1000, mine.stamp+5
	for name, from := range map[string]string{
		"another generation": other.String(), "the future": future.String(), "garbage": "☃ \"<b>", "another event's place": stamped.String(),
	} {
		t.Run(name, func(t *testing.T) {
			f := newEar(t, 1)
			join(t, e, "lab", from, f)
			gapped(t, f)
			if f.heard() != 0 {
				t.Errorf("%d came though nobody knows what was missed", f.heard())
			}
		})
	}
	f := newEar(t, 1)
	f.loose = true
	join(t, e, "lab", other.String(), f)
	say(t, e, "lab", 21, 25)
	hears(t, f, 25)
}

// An offset that is ahead of this relay alone is not from the future.
func TestGap_NotWhereARelayIsBehind(t *testing.T) {
	for name, back := range map[string]uint64{"a little": 3, "all": 20} {
		t.Run(name, func(t *testing.T) {
			l := coretest.New(t)
			one := relay(t, l)
			offsets := say(t, one, "lab", 1, 20)
			e := relay(t, l)
			e.mu.Lock() // as if its consumer had not brought the last yet
			r := e.book.rooms["lab"]
			kept := r.recent
			r.recent, e.book.head = kept[:20-back], kept[0].seq+19-back
			f := newEar(t, 21)
			m := &member{e: e, room: r, f: f, asked: offsets[19], place: -1}
			e.book.begin(m)
			for _, event := range kept[20-back:] {
				e.book.take(event)
			}
			e.mu.Unlock()
			t.Cleanup(m.Leave)
			hears(t, f, 20)
			say(t, one, "lab", 21, 22)
			hears(t, f, 22)
			if gaps := f.all(); gaps != nil {
				t.Errorf("gaps: %v", gaps)
			}
		})
	}
}

// A follower that is ahead of its relay hears nothing that it had.
func TestBook_PassesOverWhatALiveFollowerHas(t *testing.T) {
	b := newBook()
	b.stalled, b.replay = func(*member) { t.Error("it stalled") }, func(*room) {}
	b.open("g", 1, true)
	f := newEar(t, 6)
	m := &member{room: b.room("lab"), f: f, place: -1}
	m.start(offset{generation: "g", seq: 5})
	b.catchUp(m)
	for seq := uint64(1); seq <= 9; seq++ {
		e, ok := eventOf("g", wire.HubEvents("lab", kindOther), fmt.Appendf(nil, `{"ev":"x","d":{"n":%d}}`, seq), seq, time.Now())
		if !ok {
			t.Fatal("the event cannot be read")
		}
		b.take(e)
		b.take(e) // a consumer that begins again may bring it twice
	}
	if f.heard() != 9 {
		t.Errorf("event %d was the last that was heard", f.heard())
	}
}

// What fell out of the store is a gap, and what is left of it is told.
func TestGap_WhatTheStoreKeepsNoMore(t *testing.T) {
	l := coretest.New(t)
	one := relay(t, l)
	offsets := say(t, one, "lab", 1, 100)
	_, store := stream(t, l)
	if err := store.Purge(t.Context(), jetstream.WithPurgeSequence(51)); err != nil {
		t.Fatal(err)
	}
	e := relay(t, l, func(e *Events) { e.warm = 5 })
	f, edge, behind := newEar(t, 11), newEar(t, 51), newEar(t, 71)
	f.loose = true
	join(t, e, "lab", offsets[9], f)
	join(t, e, "lab", offsets[49], edge)
	join(t, e, "lab", offsets[69], behind)
	if why := gapped(t, f); !strings.Contains(why, "24 hours") {
		t.Errorf("the gap says %q", why)
	}
	for _, f := range []*ear{f, edge, behind} {
		hears(t, f, 100)
	}
	for _, f := range []*ear{edge, behind} {
		if gaps := f.all(); gaps != nil {
			t.Errorf("gaps: %v", gaps)
		}
	}
}

// A room that holds too much is cut, its messages and other rooms are not, and
// who missed some of it is told so.
func TestGap_ARoomsHistoryIsBounded(t *testing.T) {
	l := coretest.New(t)
	one := relay(t, l)
	other := say(t, one, "bench:b1", 1, 10)
	sayAs(t, one, "lab", Message, 1, 5)
	first := say(t, one, "lab", 6, 6)
	large := []byte(`{"n":7,"x":"` + strings.Repeat("x", 60<<10) + `"}`)
	for range int(most(kindOther)/(60<<10)) + 60 {
		done := make(chan error, 1)
		one.Publish(Draft{Room: "lab", Ev: "count", D: large}, func(_ string, err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	_, store := stream(t, l)
	coretest.Eventually(t, "the store is cut", func() bool {
		info, err := store.Info(t.Context(), jetstream.WithSubjectFilter(wire.EventsAll))
		return err == nil && info.State.Bytes < uint64(most(kindOther)) && info.State.Subjects[wire.HubEvents("lab", kindCut)] > 0
	})
	e := relay(t, l, func(e *Events) { e.warm = 2 })
	f, quiet := newEar(t, 7), newEar(t, 2)
	f.loose = true
	m := e.Join("lab", first[0], &deaf{f})
	t.Cleanup(m.Leave)
	join(t, e, "bench:b1", other[0], quiet)
	if why := gapped(t, f); !strings.Contains(why, "of a room only the newest") {
		t.Errorf("the gap says %q", why)
	}
	hears(t, quiet, 10)
	if gaps := quiet.all(); gaps != nil {
		t.Errorf("another room has gaps: %v", gaps)
	}
	last, err := e.Snapshot(t.Context(), "lab")
	if err != nil || len(last.Messages) != 5 {
		t.Errorf("the room has %d messages, %v", len(last.Messages), err)
	}
}

// deaf takes events without looking at them.
type deaf struct{ *ear }

func (deaf) Event(*Event) bool { return true }

// A stream that is deleted is made anew: who follows is told of a gap, and hears
// what is said from then on.
func TestGap_TheStreamIsDeleted(t *testing.T) {
	l := coretest.New(t)
	e := relay(t, l)
	f := newEar(t, 1)
	join(t, e, "lab", "", f)
	old := say(t, e, "lab", 1, 30)
	js, _ := stream(t, l)
	if err := js.DeleteStream(t.Context(), wire.StreamEvents); err != nil {
		t.Fatal(err)
	}
	gapped(t, f)
	say(t, e, "lab", 100, 120)
	hears(t, f, 120)
	late := newEar(t, 1)
	join(t, e, "lab", old[29], late)
	gapped(t, late)
	if late.heard() != 0 {
		t.Errorf("%d events came", late.heard())
	}
}

// What was counted of a stream that is gone says nothing about another one's
// sequences: a cut would take what was said since, and tell everybody of a gap
// into the future.
func TestGap_CutsAreOfTheStreamThatIsThere(t *testing.T) {
	l := coretest.New(t)
	e := relay(t, l)
	f := newEar(t, 1)
	join(t, e, "lab", "", f)
	say(t, e, "lab", 1, 30)
	hears(t, f, 30)
	e.bounds.mu.Lock() // as if the room were as full as it may be
	h := e.bounds.of(wire.HubEvents("lab", kindOther))
	h.bytes, h.pieces[0].bytes = most(kindOther), most(kindOther)
	e.bounds.mu.Unlock()
	js, _ := stream(t, l)
	if err := js.DeleteStream(t.Context(), wire.StreamEvents); err != nil {
		t.Fatal(err)
	}
	gapped(t, f)
	say(t, e, "lab", 100, 120)
	hears(t, f, 120)
	_, store := stream(t, l)
	info, err := store.Info(t.Context(), jetstream.WithSubjectFilter(wire.EventsAll))
	if err != nil || info.State.Subjects[wire.HubEvents("lab", kindOther)] != 21 || info.State.Subjects[wire.HubEvents("lab", kindCut)] != 0 {
		t.Errorf("%v %v", info.State.Subjects, err)
	}
}

// A store that is put back to an older copy gives its sequences anew: an offset
// from before must not hide what has them now.
func TestGap_TheStoreIsPutBack(t *testing.T) {
	l := coretest.New(t)
	e := relay(t, l)
	f := newEar(t, 1)
	join(t, e, "lab", "", f)
	say(t, e, "lab", 1, 30)
	l.Stop()
	saved := t.TempDir()
	if err := os.CopyFS(saved, os.DirFS(l.Store())); err != nil {
		t.Fatal(err)
	}
	l.Start()
	coretest.Eventually(t, "the relay is back", func() bool { return e.bridge.Ready() == nil })
	say(t, e, "lab", 31, 60)
	hears(t, f, 60)
	old := f.at()
	l.Stop()
	if err := os.RemoveAll(l.Store()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(l.Store(), os.DirFS(saved)); err != nil {
		t.Fatal(err)
	}
	l.Start()
	fresh := relay(t, l)
	say(t, fresh, "lab", 131, 160) // at the sequences of 31 to 60
	gapped(t, f)
	say(t, fresh, "lab", 161, 170)
	hears(t, f, 170)
	for name, e := range map[string]*Events{"memory": fresh, "the store": relay(t, l, func(e *Events) { e.warm = 1 })} {
		t.Run(name, func(t *testing.T) {
			late := newEar(t, 1)
			join(t, e, "lab", old, late)
			gapped(t, late)
		})
	}
}

// stream is the store itself.
func stream(t testing.TB, l *coretest.Lab) (jetstream.JetStream, jetstream.Stream) {
	t.Helper()
	js, err := jetstream.New(l.Connect("hub"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(t.Context(), wire.StreamEvents)
	if err != nil {
		t.Fatal(err)
	}
	return js, s
}
