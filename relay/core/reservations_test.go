package core_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reservation"
)

var (
	ada = api.User{ID: "p-ada", Name: "Ada"}
	bob = api.User{ID: "p-bob", Name: "Bob"}
)

func reserve(t *testing.T, c *core.Core, by api.User, verb reservation.Verb, q api.ReservationRequest) api.Reserved {
	t.Helper()
	r, err := c.Books().Do(t.Context(), "b1", by, verb, q)
	if err != nil {
		t.Fatalf("%s %s %+v: %v", by.Name, verb, q, err)
	}
	return r
}

// records is a bench's whole history, the oldest first.
func records(t *testing.T, c *core.Core, bench string) (all []api.ReservationRecord) {
	t.Helper()
	for before := uint64(0); ; {
		page, err := c.Books().History(t.Context(), bench, before, 500)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(page.Records)
		all = append(page.Records, all...)
		if before = page.Next; before == 0 {
			return all
		}
	}
}

func TestReservations_SameMillisecondOnTwoRelays(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	// Of one relay the clock is an hour ahead: no decision looks at it.
	relays := []*core.Core{relay(t, l), relay(t, l, func(c *core.Config) { c.Wall = func() time.Time { return time.Now().Add(time.Hour) } })}
	b.Arrive()
	for _, c := range relays {
		online(t, c, "b1")
	}
	for round := range 50 {
		var won [2]api.Reserved
		var both sync.WaitGroup
		for i, by := range []api.User{ada, bob} {
			both.Go(func() {
				var err error
				if won[i], err = relays[i].Books().Do(t.Context(), "b1", by, reservation.Reserve, api.ReservationRequest{Device: "d1"}); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if won[0].Granted == won[1].Granted || won[0].Position+won[1].Position != 1 {
			t.Fatalf("round %d: %+v and %+v", round, won[0], won[1])
		}
		for i, by := range []api.User{ada, bob} {
			if r := reserve(t, relays[1-i], by, reservation.Release, api.ReservationRequest{Device: "d1"}); r.Granted {
				t.Fatalf("round %d: %+v", round, r)
			}
		}
	}
	want := uint64(0)
	for _, r := range records(t, relays[0], "b1") {
		if want++; r.N != want {
			t.Fatalf("record %d where %d was expected", r.N, want)
		}
	}
	if want < 100 {
		t.Errorf("%d records", want)
	}
}

func TestReservations_KeepOthersOut(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c, other := relay(t, l), relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	online(t, other, "b1")
	running := start(t, c, api.RunRequest{}) // the tester's, before anybody reserved
	r := reserve(t, c, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	if r.Epoch != 1 || !r.Granted {
		t.Fatalf("%+v", r)
	}
	coretest.Eventually(t, "the other relay knows", func() bool { return len(other.Books().Of("b1").Places) == 1 })
	for _, relay := range []*core.Core{c, other} {
		_, _, err := relay.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, bob)
		want(t, err, wire.Reserved)
		_, err = relay.Sessions().Open(t.Context(), api.SessionRequest{
			Bench: "b1", Device: "d1", Stream: 1, SessionSpec: wire.SessionSpec{Kind: wire.SessionPull, Path: "/x"},
		}, bob, nil)
		want(t, err, wire.Reserved)
		want(t, relay.Runs().Cancel(t.Context(), running.ID, bob), wire.Reserved)
	}
	if _, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, ada); err != nil {
		t.Fatal(err)
	}
	if s := b.Starts(); len(s) != 2 || s[1].Drive != (wire.Drive{Epoch: 1, Held: true}) || s[0].Drive != (wire.Drive{}) {
		t.Errorf("%+v", s)
	}
	// A refusal that is not the store's newest word is looked at again: Bob gets
	// it on the one relay and begins on the other.
	reserve(t, c, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
	reserve(t, c, bob, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	if _, _, err := other.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, bob); err != nil {
		t.Error(err)
	}
	_, err := c.Books().Do(t.Context(), "b1", ada, reservation.Reserve, api.ReservationRequest{Device: "d9"})
	want(t, err, wire.DeviceUnknown)
	_, err = c.Books().Do(t.Context(), "b9", ada, reservation.Reserve, api.ReservationRequest{})
	want(t, err, wire.BenchUnknown)
}

func TestReservations_OnlyWhereTheLabSaysSo(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	lab, err := c.Documents().Lab(t.Context())
	if err != nil || lab.Unreserved != api.UnreservedAnyone || lab.Revision != 0 {
		t.Fatalf("%+v %v", lab, err)
	}
	_, err = c.Documents().SaveLab(t.Context(), api.Lab{Unreserved: "nobody"})
	want(t, err, wire.Invalid)
	if lab, err = c.Documents().SaveLab(t.Context(), api.Lab{Unreserved: api.UnreservedReserve}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Documents().SaveLab(t.Context(), api.Lab{Unreserved: api.UnreservedAnyone})
	want(t, err, wire.Conflict)
	try := func() error {
		_, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, ada)
		return err
	}
	coretest.Eventually(t, "the setting holds", func() bool { return code(try()) == wire.ReserveFirst })
	reserve(t, c, ada, reservation.Reserve, api.ReservationRequest{}) // the whole bench
	if err := try(); err != nil {
		t.Error(err)
	}
}

// told collects what people are told.
type told struct {
	mu   sync.Mutex
	keys map[string]string
}

func (n *told) Notify(_ context.Context, key, person string, notice api.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.keys == nil {
		n.keys = map[string]string{}
	}
	n.keys[key] = person + ": " + string(notice.Kind)
	return nil
}

func (n *told) heard(what string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, said := range n.keys {
		if said == what {
			return true
		}
	}
	return false
}

func TestReservations_EndAndGoOnByThemselves(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c, other := relay(t, l), relay(t, l)
	var people told
	c.Books().Tell(&people)
	other.Books().Tell(&people)
	b.Arrive()
	online(t, c, "b1")
	reserve(t, c, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	reserve(t, c, bob, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	b.Leave() // a bench that is gone ends nothing
	// A minute is the shortest reservation: what is stored is made to end now.
	kv, err := coretest.Store(t, l).JS.KeyValue(t.Context(), wire.BucketReservations)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := kv.Get(t.Context(), "b1")
	if err != nil {
		t.Fatal(err)
	}
	book, err := reservation.Read("b1", entry.Value())
	if err != nil {
		t.Fatal(err)
	}
	book.Held["d1"].Until = book.At.Add(time.Millisecond)
	book.Changes++
	value, _ := book.Stored()
	if _, err := kv.Update(t.Context(), "b1", value, entry.Revision()); err != nil {
		t.Fatal(err)
	}
	coretest.Eventually(t, "it is Bob's on both relays", func() bool {
		return holder(c) == bob.ID && holder(other) == bob.ID
	})
	coretest.Eventually(t, "both were told, and it is written down", func() bool {
		return people.heard("p-ada: reservation_over") && people.heard("p-bob: reservation_yours")
	})
	all := records(t, other, "b1")
	if len(all) != 3 || all[1].How != "over" || all[2].How != "queue" || all[2].Epoch != 2 {
		t.Errorf("%+v", all)
	}
	coretest.Eventually(t, "the outbox is empty", func() bool {
		entry, err := kv.Get(t.Context(), "b1")
		if err != nil {
			return false
		}
		book, err := reservation.Read("b1", entry.Value())
		return err == nil && len(book.Outbox.Records)+len(book.Outbox.Notices) == 0
	})
	if again := records(t, c, "b1"); fmt.Sprint(again) != fmt.Sprint(all) {
		t.Errorf("written down it is another history: %+v", again)
	}
}

func holder(c *core.Core) string {
	for _, p := range c.Books().Of("b1").Places {
		if p.Holder != nil {
			return p.Holder.ID
		}
	}
	return ""
}
