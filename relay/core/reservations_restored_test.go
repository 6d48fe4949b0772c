package core_test

import (
	"os"
	"slices"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reservation"
)

func TestReservations_RelayDiesAfterItGranted(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	first, stop := relayUntil(t, l)
	coretest.Eventually(t, "it is ready", func() bool { return first.Ready() == nil && first.Benches().Loaded() })
	b.Arrive()
	online(t, first, "b1")
	reserve(t, first, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	stop()
	// What it decided stands in the store, as if it had died before it wrote
	// anything down.
	kv, err := coretest.Store(t, l).JS.KeyValue(t.Context(), wire.BucketReservations)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := kv.Get(t.Context(), "b1")
	if err != nil {
		t.Fatal(err)
	}
	if book, err := reservation.Read("b1", entry.Value()); err != nil || book.Records != 1 {
		t.Fatalf("%+v %v", book, err)
	}
	second := relay(t, l)
	coretest.Eventually(t, "the next relay knows", func() bool { return holder(second) == ada.ID })
	if all := records(t, second, "b1"); len(all) != 1 || all[0].Who != ada || all[0].N != 1 {
		t.Errorf("%+v", all)
	}
}

func TestReservations_AreStoredAgainWhereTheStoreLostThem(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	reserve(t, c, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	js := coretest.Store(t, l).JS
	if err := js.DeleteKeyValue(t.Context(), wire.BucketReservations); err != nil {
		t.Fatal(err)
	}
	coretest.Eventually(t, "the bucket is there again, with the book in it", func() bool {
		kv, err := js.KeyValue(t.Context(), wire.BucketReservations)
		if err != nil {
			return false
		}
		entry, err := kv.Get(t.Context(), "b1")
		if err != nil {
			return false
		}
		book, err := reservation.Read("b1", entry.Value())
		return err == nil && book.Held["d1"] != nil && book.Held["d1"].Who == ada
	})
	coretest.Eventually(t, "Bob waits for it", func() bool {
		r, err := c.Books().Do(t.Context(), "b1", bob, reservation.Reserve, api.ReservationRequest{Device: "d1"})
		return err == nil && !r.Granted && r.Position == 1
	})
}

func TestReservations_SurviveAStoreThatIsPutBack(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	reserve(t, c, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	saved := t.TempDir() + "/saved"
	l.Stop()
	if err := os.CopyFS(saved, os.DirFS(l.Store())); err != nil {
		t.Fatal(err)
	}
	l.Start()
	coretest.Eventually(t, "the relay is back", func() bool { return c.Ready() == nil })
	reserve(t, c, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
	if r := reserve(t, c, bob, reservation.Reserve, api.ReservationRequest{Device: "d1"}); r.Epoch != 2 || !r.Granted {
		t.Fatalf("%+v", r)
	}
	l.Stop()
	if err := os.RemoveAll(l.Store()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(l.Store(), os.DirFS(saved)); err != nil {
		t.Fatal(err)
	}
	l.Start()
	other := relay(t, l) // knows the store alone
	coretest.Eventually(t, "it is Bob's for a relay that never knew", func() bool { return holder(other) == bob.ID })
	if r := reserve(t, other, ada, reservation.Take, api.ReservationRequest{Device: "d1", Reason: "x"}); r.Epoch != 3 {
		t.Errorf("%+v", r)
	}
	// What the store lost of the history may be missing, which stands there, and no
	// number comes twice.
	last, gaps := uint64(0), 0
	for _, r := range records(t, other, "b1") {
		if r.Kind == api.RecordGap {
			gaps++
		}
		if r.N <= last || last == 0 && r.N != 1 {
			t.Errorf("behind record %d comes %+v", last, r)
		}
		last = r.N
	}
	if last != 6 || gaps != 1 {
		t.Errorf("the last record is %d, %d of them tell of a gap", last, gaps)
	}
}

// The store comes back as an older copy, or empty, to relays that never knew
// better. The bench's agent does: nobody is given an epoch that it refuses, nobody
// drives under one of before, and the history says that some of it is missing.
func TestReservations_GoBeyondWhatTheAgentKnows(t *testing.T) {
	for name, keep := range map[string]bool{"an older copy": true, "an empty store": false} {
		t.Run(name, func(t *testing.T) {
			l := coretest.New(t)
			b := l.NewBench("b1")
			f := fenced(t, b)
			first, stop := relayUntil(t, l)
			coretest.Eventually(t, "it is ready", func() bool { return first.Ready() == nil && first.Benches().Loaded() })
			b.Arrive()
			online(t, first, "b1")
			reserve(t, first, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
			reserve(t, first, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
			coretest.Eventually(t, "it is written down", func() bool { return len(records(t, first, "b1")) == 2 })
			stop()
			saved := t.TempDir() + "/saved"
			l.Stop()
			if err := os.CopyFS(saved, os.DirFS(l.Store())); err != nil {
				t.Fatal(err)
			}
			l.Start()
			second, stop := relayUntil(t, l)
			coretest.Eventually(t, "the next one is ready", func() bool { return second.Ready() == nil && second.Benches().Loaded() })
			b.Arrive()
			online(t, second, "b1")
			for range 3 {
				reserve(t, second, bob, reservation.Take, api.ReservationRequest{Device: "d1", Reason: "x"})
				reserve(t, second, ada, reservation.Take, api.ReservationRequest{Device: "d1", Reason: "x"})
			}
			before, err := second.Books().Allow(t.Context(), "b1", "d1", ada)
			if err != nil || before.Epoch != 7 {
				t.Fatalf("%+v %v", before, err)
			}
			stop()
			l.Stop()
			if err := os.RemoveAll(l.Store()); err != nil {
				t.Fatal(err)
			}
			if keep {
				if err := os.CopyFS(l.Store(), os.DirFS(saved)); err != nil {
					t.Fatal(err)
				}
			}
			l.Start()
			c := relay(t, l) // knows the store alone
			b.Arrive()
			online(t, c, "b1")
			if _, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, bob); err != nil {
				coretest.Eventually(t, "what nobody has reserved can be used", func() bool {
					_, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, bob)
					return err == nil
				})
			}
			if r := reserve(t, c, bob, reservation.Reserve, api.ReservationRequest{Device: "d1"}); !r.Granted {
				t.Fatalf("%+v", r)
			}
			if _, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, bob); err != nil {
				t.Errorf("what is his he cannot drive: %v", err)
			}
			if fault := f.Pass("d1", before); fault == nil {
				t.Error("who drove it before the store was put back still does")
			}
			all := records(t, c, "b1")
			gap := slices.IndexFunc(all, func(r api.ReservationRecord) bool { return r.Kind == api.RecordGap })
			if grant := len(all) - 1; gap < 0 || gap > grant || all[grant].Kind != api.RecordGrant || all[grant].Who != bob {
				t.Errorf("the history does not tell of what is missing: %+v", all)
			}
		})
	}
}

// Only the books come back as an older copy: what the history has stays there, and
// what happens next goes behind it.
func TestReservations_GoOnBehindTheirHistory(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	first, stop := relayUntil(t, l)
	coretest.Eventually(t, "it is ready", func() bool { return first.Ready() == nil && first.Benches().Loaded() })
	b.Arrive()
	online(t, first, "b1")
	kv, err := coretest.Store(t, l).JS.KeyValue(t.Context(), wire.BucketReservations)
	if err != nil {
		t.Fatal(err)
	}
	reserve(t, first, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	older, err := kv.Get(t.Context(), "b1")
	if err != nil {
		t.Fatal(err)
	}
	reserve(t, first, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
	reserve(t, first, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	reserve(t, first, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
	written := func(c *core.Core, n int) func() bool {
		return func() bool {
			page, err := kv.Get(t.Context(), "b1")
			if err != nil {
				return false
			}
			book, err := reservation.Read("b1", page.Value())
			return err == nil && len(book.Outbox.Records) == 0 && len(records(t, c, "b1")) == n
		}
	}
	coretest.Eventually(t, "all is written down", written(first, 4))
	stop()
	if _, err := kv.Put(t.Context(), "b1", older.Value()); err != nil {
		t.Fatal(err)
	}
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	reserve(t, c, bob, reservation.Take, api.ReservationRequest{Device: "d1", Reason: "x"})
	coretest.Eventually(t, "it is written down behind that", written(c, 7))
	kinds := ""
	for n, r := range records(t, c, "b1") {
		if r.N != uint64(n+1) {
			t.Errorf("record %d comes as %d", r.N, n+1)
		}
		kinds += string(r.Kind) + " "
	}
	if kinds != "grant end grant end gap end grant " {
		t.Errorf("written down are %s", kinds)
	}
}
