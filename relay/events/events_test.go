package events

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/core/coretest"
)

func TestPublish_EveryRelayHearsOnceInOrder(t *testing.T) {
	l := coretest.New(t)
	one, two := relay(t, l), relay(t, l)
	near, far, other := newEar(t, 1), newEar(t, 1), newEar(t, 1)
	join(t, one, "lab", "", near)
	join(t, two, "lab", "", far)
	join(t, two, "bench:b1", "", other)
	offsets := say(t, one, "lab", 1, 1000)
	hears(t, near, 1000)
	hears(t, far, 1000)
	if near.at() != far.at() || near.at() == "" {
		t.Errorf("the relays stand at %q and %q", near.at(), far.at())
	}
	if offsets[0] == offsets[999] {
		t.Errorf("two events have the offset %s", offsets[0])
	}
	if n := other.heard(); n != 0 {
		t.Errorf("another room heard %d events", n)
	}
}

func TestPublish_OneKeyIsStoredOnce(t *testing.T) {
	l := coretest.New(t)
	one, two := relay(t, l), relay(t, l)
	f := newEar(t, 1)
	join(t, one, "lab", "", f)
	for _, e := range []*Events{one, two, one} {
		done := make(chan error, 1)
		e.Publish(Draft{Room: "lab", Ev: "notice", D: []byte(`{"n":1}`), Key: "run_finished.r1"}, func(_ string, err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	say(t, two, "lab", 2, 2)
	hears(t, f, 2)
}

func TestPublish_IsRefusedWhileTheBrokerIsAway(t *testing.T) {
	l := coretest.New(t)
	e := relay(t, l)
	f := newEar(t, 1)
	join(t, e, "lab", "", f)
	say(t, e, "lab", 1, 10)
	l.Stop()
	coretest.Eventually(t, "the relay knows", func() bool { return e.bridge.Ready() != nil })
	done := make(chan error, 1)
	e.Publish(Draft{Room: "lab", Ev: "x", D: []byte(`{"n":99}`)}, func(_ string, err error) { done <- err })
	if err := <-done; err == nil {
		t.Error("an event counts as said though there is no store")
	}
	l.Start()
	coretest.Eventually(t, "the relay is back", func() bool { return e.bridge.Ready() == nil })
	say(t, e, "lab", 11, 20)
	hears(t, f, 20)
	if gaps := f.all(); gaps != nil {
		t.Errorf("a restart of the broker made gaps: %v", gaps)
	}
}

func TestJoin_GoesOnBehindItsOffset(t *testing.T) {
	l := coretest.New(t)
	one := relay(t, l)
	offsets := say(t, one, "lab", 1, 300)
	for name, e := range map[string]*Events{
		"memory":                         one,
		"another relay":                  relay(t, l),
		"the store":                      relay(t, l, func(e *Events) { e.warm = 10 }),
		"a memory that holds next to it": relay(t, l, func(e *Events) { e.book.bound = 2 * overhead }),
	} {
		t.Run(name, func(t *testing.T) {
			var ears []*ear
			for n := 1; n <= 300; n += 13 {
				f := newEar(t, n+1)
				ears = append(ears, f)
				join(t, e, "lab", offsets[n-1], f)
			}
			for _, f := range ears {
				hears(t, f, 300)
				if lives, gaps := f.told(); lives != 1 || gaps != 0 {
					t.Errorf("live was told %d times, gaps: %v", lives, f.all())
				}
			}
		})
	}
}

// Followers come, go, stall and come back behind their last offset while events
// are said: each hears every one, once. One relay remembers nearly nothing, so
// that the seam between store and memory is met at every place.
func TestJoin_NoHoleAndNoDoubleAtTheSeam(t *testing.T) {
	l := coretest.New(t)
	relays := []*Events{relay(t, l), relay(t, l, func(e *Events) { e.book.bound = 20 * overhead })}
	const events, followers = 1200, 16
	var going sync.WaitGroup
	ears := make([]*ear, followers)
	for i := range ears {
		f := newEar(t, 1)
		f.loose = true // it begins at the present, whatever that is
		ears[i] = f
		going.Go(func() {
			m := relays[i%2].Join("lab", "", f)
			for turn := 1; f.heard() < events; turn++ {
				if turn%(5+i) == 0 {
					m.Leave()
					m = relays[(i+turn)%2].Join("lab", f.at(), f)
				}
				before := f.heard()
				f.free(turn%7 + 1)
				coretest.Eventually(t, "the next was heard", func() bool { return f.heard() > before })
			}
			f.free(-1)
			m.Leave()
		})
	}
	say(t, relays[0], "lab", 1, events)
	going.Wait()
	for i, f := range ears {
		if gaps := f.all(); gaps != nil {
			t.Errorf("follower %d was told of gaps: %v", i, gaps)
		}
	}
}

func TestJoin_AStalledOneHoldsNobodyUp(t *testing.T) {
	l := coretest.New(t)
	e := relay(t, l, func(e *Events) { e.book.bound = 20 * overhead })
	fast, stalled := newEar(t, 1), newEar(t, 1)
	stalled.free(3)
	join(t, e, "lab", "", fast)
	join(t, e, "lab", "", stalled)
	say(t, e, "lab", 1, 500)
	hears(t, fast, 500)
	if stalled.heard() != 3 || stalled.lags != 1 {
		t.Errorf("the stalled one heard %d and was told of %d pauses", stalled.heard(), stalled.lags)
	}
	stalled.free(-1)
	hears(t, stalled, 500)
	if lives, gaps := stalled.told(); lives != 2 || gaps != 0 {
		t.Errorf("live was told %d times, gaps %v", lives, stalled.all())
	}
}

// A thousand who come back at once do not read the store each, though memory
// does not reach back to where they stood.
func TestJoin_ACrowdReadsTheStoreTogether(t *testing.T) {
	l := coretest.New(t)
	one := relay(t, l)
	offsets := say(t, one, "lab", 1, 500)
	e := relay(t, l, func(e *Events) { e.warm = 1 })
	var read atomic.Int64
	hub := l.Connect("hub")
	if _, err := hub.Subscribe("$JS.API.CONSUMER.CREATE."+wire.StreamEvents+".>", func(*nats.Msg) { read.Add(1) }); err != nil {
		t.Fatal(err)
	}
	if err := hub.Flush(); err != nil {
		t.Fatal(err)
	}
	var ears []*ear
	for i := range 1000 {
		f := newEar(t, i%400+2)
		ears = append(ears, f)
		join(t, e, "lab", offsets[i%400], f)
	}
	for _, f := range ears {
		hears(t, f, 500)
	}
	if n := read.Load(); n == 0 || n > 20 {
		t.Errorf("a thousand followers read the store %d times", n)
	}
}

func TestSnapshot_LastMessages(t *testing.T) {
	l := coretest.New(t)
	one := relay(t, l)
	sayAs(t, one, "user:ada", Message, 1, 70)
	say(t, one, "user:ada", 71, 400)
	sayAs(t, one, "user:ada", Notice, 401, 405)
	for name, e := range map[string]*Events{"heard": one, "read": relay(t, l, func(e *Events) { e.warm = 3 })} {
		t.Run(name, func(t *testing.T) {
			var last Snapshot
			var asking sync.WaitGroup
			for range 50 {
				asking.Go(func() {
					if _, err := e.Snapshot(t.Context(), "user:ada"); err != nil {
						t.Error(err)
					}
				})
			}
			asking.Wait()
			last, err := e.Snapshot(t.Context(), "user:ada")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range last.Messages {
				got = append(got, string(m.D))
			}
			if len(got) != 50 || got[0] != `{"n":21}` || got[49] != `{"n":70}` || len(last.Notices) != 5 {
				t.Errorf("messages %v, notices %d", got, len(last.Notices))
			}
			f := newEar(t, 406)
			join(t, e, "user:ada", last.Offset, f)
			hears(t, f, 405)
		})
	}
	f := newEar(t, 406)
	join(t, one, "user:ada", "", f)
	say(t, one, "user:ada", 406, 410)
	hears(t, f, 410)
}

func TestOffset_IsOurs(t *testing.T) {
	o := offset{"abc", 77, 1795246488586001}
	if got, ok := parseOffset(o.String()); !ok || got != o {
		t.Errorf("%s became %+v", o, got)
	}
	for _, text := range []string{"", "..", "a.b", "a.-1.0", "a.1.0.0", "a.1.é", fmt.Sprintf("%070d.1.1", 1)} {
		if got, ok := parseOffset(text); ok {
			t.Errorf("%q became %+v", text, got)
		}
	}
}
