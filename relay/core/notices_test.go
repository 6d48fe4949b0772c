package core_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reservation"
)

// noticesOf are the notices of a room, as its newcomers see them.
func noticesOf(t *testing.T, c *core.Core, room string) (list []api.Notice) {
	t.Helper()
	snapshot, err := c.Events().Snapshot(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range snapshot.Notices {
		var n api.Notice
		if err := json.Unmarshal(e.D, &n); err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

func kinds(list []api.Notice) (all []api.NoticeKind) {
	for _, n := range list {
		all = append(all, n.Kind)
	}
	return all
}

// Three relays see a bench go and come back: each is told once.
func TestNotices_BenchGoneAndBackOnce(t *testing.T) {
	l := coretest.New(t)
	store := coretest.Store(t, l)
	var relays []*core.Core
	for range 3 {
		relays = append(relays, relay(t, l))
	}
	arrive := func() *coretest.Bench {
		b := l.NewBench("b1")
		b.Arrive()
		for _, c := range relays {
			online(t, c, "b1")
		}
		return b
	}
	b := arrive()
	link := func(state string) {
		coretest.Eventually(t, "people were told that the bench is "+state, func() bool {
			return store.Value(wire.BucketDocuments, "link.b1") == state
		})
	}
	link("online")
	b.Leave()
	link("offline")
	b = arrive()
	link("online")
	b.Leave()
	link("offline")
	want := []api.NoticeKind{api.NoticeBenchOffline, api.NoticeBenchOnline, api.NoticeBenchOffline}
	for _, c := range relays {
		coretest.Eventually(t, "all notices are heard", func() bool { return len(noticesOf(t, c, "bench:b1")) >= len(want) })
		if got := kinds(noticesOf(t, c, "bench:b1")); len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("told %v, want %v", got, want)
		}
	}
}

// Who started a run that took long hears of its end, once though two relays see it.
func TestNotices_RunFinished(t *testing.T) {
	l := coretest.New(t)
	one, two := relay(t, l), relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, one, "b1")
	ada := api.User{ID: "p-ada", Name: "Ada"}
	end := func(id string, took time.Duration) {
		if _, _, err := one.Runs().Start(t.Context(), api.RunRequest{ID: id, Bench: "b1", Device: "d1", Command: "sleep 20"}, ada); err != nil {
			t.Fatal(err)
		}
		for _, c := range []*core.Core{one, two} {
			coretest.Eventually(t, "the relay knows "+id, func() bool { _, ok := c.Runs().Peek(id); return ok })
		}
		zero, ended := 0, time.Now().UTC()
		began := ended.Add(-took)
		b.Result(wire.Result{Run: id, Rev: 9, Device: "d1", State: wire.Ended, Outcome: wire.Exited, ExitCode: &zero, Started: &began, EndedAt: &ended})
	}
	end("short", time.Second)
	end("long", 20*time.Second)
	end("longer", 30*time.Second)
	for _, c := range []*core.Core{one, two} {
		coretest.Eventually(t, "Ada hears of both", func() bool { return len(noticesOf(t, c, "user:p-ada")) >= 2 })
	}
	relay(t, l) // reads all of it anew: no news
	end("last", 30*time.Second)
	coretest.Eventually(t, "Ada hears of the last", func() bool { return len(noticesOf(t, two, "user:p-ada")) >= 3 })
	list := noticesOf(t, two, "user:p-ada")
	if len(list) != 3 || list[0].Run != "long" || list[1].Run != "longer" || list[2].Run != "last" || list[0].Kind != api.NoticeRunFinished {
		t.Errorf("told %+v", list)
	}
	if want := "sleep 20 on d1 of b1: exit code 0"; list[0].Text != want {
		t.Errorf("says %q, want %q", list[0].Text, want)
	}
}

// Who waits hears once that it is their turn, whichever relays pass it on.
func TestNotices_ReservationYours(t *testing.T) {
	l := coretest.New(t)
	one, two := relay(t, l), relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, one, "b1")
	online(t, two, "b1")
	reserve(t, one, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	reserve(t, two, bob, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	reserve(t, one, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
	for _, c := range []*core.Core{one, two} {
		coretest.Eventually(t, "bob hears of it", func() bool { return len(noticesOf(t, c, "user:"+bob.ID)) > 0 })
	}
	reserve(t, two, bob, reservation.Release, api.ReservationRequest{Device: "d1"})
	reserve(t, one, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	reserve(t, two, bob, reservation.Ask, api.ReservationRequest{Device: "d1", Note: "five minutes"})
	coretest.Eventually(t, "ada hears that bob asks", func() bool { return len(noticesOf(t, two, "user:"+ada.ID)) > 0 })
	if list := noticesOf(t, two, "user:"+bob.ID); len(list) != 1 || list[0].Kind != api.NoticeYours {
		t.Errorf("bob was told %+v", list)
	}
	if list := noticesOf(t, two, "user:"+ada.ID); len(list) != 1 || list[0].Kind != api.NoticeAsked || list[0].Note != "five minutes" {
		t.Errorf("ada was told %+v", list)
	}
}

// A run was started, its relay ended, and the run while no relay looked: the next
// relay tells of it, from what is stored.
func TestNotices_RunFinishedWhileNoRelayLooked(t *testing.T) {
	l := coretest.New(t)
	first, stop := relayUntil(t, l)
	coretest.Eventually(t, "it is ready", func() bool { return first.Ready() == nil && first.Benches().Loaded() })
	b := l.NewBench("b1")
	b.Arrive()
	online(t, first, "b1")
	if _, _, err := first.Runs().Start(t.Context(), api.RunRequest{ID: "while", Bench: "b1", Device: "d1", Command: "sleep 20"}, ada); err != nil {
		t.Fatal(err)
	}
	stop()
	zero, ended := 0, time.Now().UTC()
	began := ended.Add(-20 * time.Second)
	b.Result(wire.Result{Run: "while", Rev: 9, Device: "d1", State: wire.Ended, Outcome: wire.Exited, ExitCode: &zero, Started: &began, EndedAt: &ended})
	for range 2 {
		c := relay(t, l)
		coretest.Eventually(t, "Ada hears of it", func() bool { return len(noticesOf(t, c, "user:p-ada")) > 0 })
		if list := noticesOf(t, c, "user:p-ada"); len(list) != 1 || list[0].Run != "while" {
			t.Errorf("told %+v", list)
		}
	}
}
