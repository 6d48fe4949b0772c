package notices_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
)

// last tells something behind which nothing earlier can come any more.
func last(t *testing.T, r *relay, person string) string {
	t.Helper()
	if err := r.Notify(t.Context(), wire.NewID("k"), person, api.Notice{Kind: api.NoticeAsked}); err != nil {
		t.Fatal(err)
	}
	return "asked "
}

func TestNotify_OnceUnderItsKeyAtAllRelays(t *testing.T) {
	l := coretest.New(t)
	one, two := newRelay(t, l), newRelay(t, l)
	var all sync.WaitGroup
	for _, r := range []*relay{one, two, one, two} {
		all.Go(func() {
			if err := r.Notify(t.Context(), "reservation.b1.7", "p-ada", api.Notice{Kind: api.NoticeYours, Bench: "b1"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := two.Notify(t.Context(), "reservation.b1.8", "p-ada", api.Notice{Kind: api.NoticeOver, Bench: "b1"}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*relay{one, two} {
		r.hears("user:p-ada", "reservation_yours b1", "reservation_over b1")
		if got := r.told("user:p-bob"); len(got) != 0 {
			t.Errorf("somebody else was told %q", got)
		}
	}
}

func TestBenches_GoneAndBackAreToldOnce(t *testing.T) {
	l := coretest.New(t)
	relays := []*relay{newRelay(t, l), newRelay(t, l)}
	link := func(state string) {
		t.Helper()
		coretest.Eventually(t, "people were told that the bench is "+state, func() bool {
			return coretest.Store(t, l).Value(wire.BucketDocuments, "link.b1") == state
		})
	}
	var want []string
	for n, state := range []api.BenchState{api.Online, api.Offline, api.Online, api.Offline} {
		for _, r := range relays {
			r.bench("b1", state)
		}
		link(string(state))
		if n > 0 { // the first that is heard of a bench is no news
			want = append(want, fmt.Sprintf("bench_%s b1", state))
		}
		for _, r := range relays {
			r.hears("bench:b1", want...)
		}
	}
	// A relay that begins, and one that is told again, tell nothing new.
	relays = append(relays, newRelay(t, l))
	for _, r := range relays {
		r.bench("b1", api.Offline)
		r.bench("b2", api.Online)
	}
	coretest.Eventually(t, "what came after it was looked at", func() bool {
		return coretest.Store(t, l).Value(wire.BucketDocuments, "link.b2") == "online"
	})
	for _, r := range relays {
		r.hears("bench:b1", want...)
		r.hears("bench:b2")
	}
}

// An agent that is started anew is no news.
func TestBenches_ThatAreBackAtOnceAreNoNews(t *testing.T) {
	l := coretest.New(t)
	r := newRelayThatSettles(t, l, 2*time.Second)
	store := coretest.Store(t, l)
	r.bench("b1", api.Online)
	coretest.Eventually(t, "the bench is known", func() bool { return store.Value(wire.BucketDocuments, "link.b1") == "online" })
	r.bench("b2", api.Online)
	for looked := false; !looked; { // at the one that has settled: at the other, too
		r.bench("b1", api.Offline)
		looked = store.Value(wire.BucketDocuments, "link.b2") == "online"
		r.bench("b1", api.Online)
	}
	r.hears("bench:b1")
}

func run(id string, took time.Duration, ended time.Time) api.Run {
	began, zero := ended.Add(-took), 0
	return api.Run{
		ID: id, Bench: "b1", Device: "d1", Command: "sleep 60", ByID: "p-ada", By: "Ada",
		State: wire.Ended, Outcome: wire.Exited, ExitCode: &zero, StartedAt: &began, EndedAt: &ended,
	}
}

func going(r api.Run) api.Run {
	r.State, r.Outcome, r.EndedAt = wire.Running, "", nil
	return r
}

func TestRuns_FinishedIsToldOnceByTwoRelays(t *testing.T) {
	l := coretest.New(t)
	relays := []*relay{newRelay(t, l), newRelay(t, l)}
	for _, ended := range []api.Run{
		run("long", time.Minute, time.Now()), run("short", 9*time.Second, time.Now()),
		run("skewed", time.Minute, time.Now().Add(-48*time.Hour)), // by its bench's clock: it was seen
	} {
		for _, r := range relays {
			r.RunChanged(going(ended))
			r.RunChanged(ended)
			r.RunChanged(ended)
		}
	}
	nobody := run("nobody", time.Minute, time.Now())
	nobody.ByID = ""
	relays[0].RunChanged(nobody)
	for _, r := range relays {
		coretest.Eventually(t, "both are told", func() bool { return len(r.told("user:p-ada")) >= 2 })
	}
	end := last(t, relays[0], "p-ada")
	for _, r := range relays {
		r.hears("user:p-ada", "run_finished b1long", "run_finished b1skewed", end)
	}
}

// It was started, its relay was killed, and it ended while none looked: the next one
// tells of it, once, whichever relays come and go after that.
func TestRuns_FinishedWhileNobodyLooked(t *testing.T) {
	l := coretest.New(t)
	first := newRelay(t, l)
	while := run("while", time.Minute, time.Now().Add(time.Second))
	first.RunChanged(going(while))
	first.stop()
	old := run("old", time.Minute, time.Now().Add(-25*time.Hour))
	before := run("before", time.Minute, time.Now().Add(-time.Hour)) // before any relay told of such
	for range 3 {
		r := newRelay(t, l)
		for _, ended := range []api.Run{old, before, while, run("short", time.Second, time.Now())} {
			r.RunChanged(ended)
		}
		coretest.Eventually(t, "it is told", func() bool { return len(r.told("user:p-ada")) >= 1 })
		r.hears("user:p-ada", "run_finished b1while")
		r.stop()
	}
	// Though the person has heard of a lot since.
	r := newRelay(t, l)
	want := []string{}
	for range 60 {
		want = append(want, last(t, r, "p-ada"))
	}
	r.forget(l)
	r.RunChanged(while)
	r.RunChanged(run("after", time.Minute, time.Now().Add(2*time.Second)))
	coretest.Eventually(t, "what ended after it is told", func() bool {
		got := r.told("user:p-ada")
		return got[len(got)-1] == "run_finished b1after"
	})
	r.hears("user:p-ada", append(want[:49:49], "run_finished b1after")...)
}
