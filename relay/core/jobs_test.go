package core_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/jobs"
)

func job(c *core.Core, id string) api.Job {
	for _, j := range c.Jobs().List("") {
		if j.ID == id {
			return j
		}
	}
	return api.Job{}
}

func TestJobs_SearchFindsLinesOfStoredRuns(t *testing.T) {
	l := coretest.New(t)
	one, two := relay(t, l), relay(t, l)
	b := l.NewBench("b1")
	b.Arrive()
	online(t, one, "b1")
	for _, id := range []string{"r1", "r2"} {
		if _, _, err := one.Runs().Start(t.Context(), api.RunRequest{ID: id, Bench: "b1", Device: "d1", Command: "x"}, ada); err != nil {
			t.Fatal(err)
		}
		b.Lines(id, 1, 150)
		b.Ended(id, 150)
	}
	coretest.Eventually(t, "both have ended", func() bool {
		r1, _ := one.Runs().Peek("r1")
		r2, _ := one.Runs().Peek("r2")
		return r1.State == wire.Ended && r2.State == wire.Ended
	})
	find := func(q string) api.Job {
		t.Helper()
		started, err := one.Jobs().Start(t.Context(), ada, api.JobRequest{Kind: "search", D: json.RawMessage(q)})
		if err != nil {
			t.Fatal(err)
		}
		coretest.Eventually(t, "the other relay knows its end", func() bool { return job(two, started.ID).State == api.JobDone })
		return job(two, started.ID)
	}
	hits := func(j api.Job) (at []string, all api.SearchResult) {
		if err := json.Unmarshal(j.Result, &all); err != nil {
			t.Fatal(err)
		}
		for _, h := range all.Hits {
			at = append(at, h.Run+" "+h.Text)
		}
		return at, all
	}
	found := find(`{"text":"LINE 149","bench":"b1"}`)
	if at, all := hits(found); !slices.Equal(at, []string{"r2 line 149", "r1 line 149"}) || all.Runs != 2 || all.More || found.Room != "bench:b1" || found.Done != 2 || found.By != ada {
		t.Errorf("%v of %+v", at, found)
	}
	if _, all := hits(find(`{"text":"line"}`)); len(all.Hits) != 100 || !all.More {
		t.Errorf("%d hits, more %v", len(all.Hits), all.More)
	}
	if _, all := hits(find(`{"text":"nowhere"}`)); len(all.Hits) != 0 || all.More {
		t.Errorf("%+v", all)
	}
	for q, code := range map[string]wire.Code{`{"text":" "}`: wire.Invalid, `7`: wire.Invalid, `{"text":"x","bench":"b9"}`: wire.BenchUnknown, `{"text":"x","bench":"b.>"}`: wire.BenchUnknown} {
		_, err := one.Jobs().Start(t.Context(), ada, api.JobRequest{Kind: "search", D: json.RawMessage(q)})
		want(t, err, code)
	}
	_, err := one.Jobs().Start(t.Context(), ada, api.JobRequest{Kind: "dig"})
	want(t, err, wire.NotFound)
}

// worker is a relay whose jobs last until they are ended.
func worker(t *testing.T, l *coretest.Lab) (all *jobs.Jobs, ended chan error, stop func()) {
	t.Helper()
	b := bridge.New(bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub"), Logger: coretest.Logger(t)})
	ended = make(chan error, 8)
	all = jobs.New(jobs.Config{Bridge: b, Logger: coretest.Logger(t), Kinds: map[string]jobs.Kind{"wait": func(json.RawMessage) (jobs.Plan, error) {
		return jobs.Plan{Title: "wait", Room: "lab", Work: func(ctx context.Context, tell func(done, of int)) (any, error) {
			tell(1, 10)
			<-ctx.Done()
			ended <- ctx.Err()
			return nil, ctx.Err()
		}}, nil
	}, "linger": func(json.RawMessage) (jobs.Plan, error) {
		return jobs.Plan{Title: "linger", Room: "lab", Work: func(ctx context.Context, _ func(done, of int)) (any, error) {
			<-t.Context().Done() // whoever ends it
			return nil, ctx.Err()
		}}, nil
	}}})
	bridging, cut := context.WithCancel(context.Background())
	working, leave := context.WithCancel(context.Background())
	bridged, left := make(chan struct{}), make(chan struct{})
	go func() { defer close(bridged); _ = b.Run(bridging) }()
	go func() { defer close(left); _ = all.Run(working) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			leave()
			select {
			case <-left:
			case <-time.After(15 * time.Second):
				t.Error("the relay does not stop: it still works on a job that nobody ended")
			}
			cut()
			<-bridged
		}
	}
	t.Cleanup(stop)
	coretest.Eventually(t, "the relay is ready", func() bool { return b.Ready() == nil && all.Loaded() })
	return all, ended, stop
}

func TestJobs_CancelledGivesItsPlaceUpAtOnce(t *testing.T) {
	all, _, _ := worker(t, coretest.New(t))
	var first api.Job
	for range 2 {
		var err error
		if first, err = all.Start(t.Context(), ada, api.JobRequest{Kind: "linger"}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := all.Start(t.Context(), ada, api.JobRequest{Kind: "linger"})
	want(t, err, wire.TooMany)
	if _, err := all.Cancel(t.Context(), ada, first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := all.Start(t.Context(), ada, api.JobRequest{Kind: "linger"}); err != nil {
		t.Error(err)
	}
}

func TestJobs_AreSeenAndCancelledAtAnyRelay(t *testing.T) {
	l := coretest.New(t)
	here, ended, stop := worker(t, l)
	there, _, _ := worker(t, l)
	wait := api.JobRequest{Kind: "wait"}
	started, err := here.Start(t.Context(), ada, wait)
	if err != nil {
		t.Fatal(err)
	}
	state := func(id string) api.Job {
		for _, j := range there.List("lab") {
			if j.ID == id {
				return j
			}
		}
		return api.Job{}
	}
	coretest.Eventually(t, "its progress is seen elsewhere", func() bool { return state(started.ID).Done == 1 })
	if j, err := there.Cancel(t.Context(), bob, started.ID); err != nil || j.State != api.JobCancelled || j.EndedAt == nil || j.EndedBy == nil || *j.EndedBy != bob {
		t.Fatalf("%+v %v", j, err)
	}
	<-ended // its work was stopped
	if j, err := here.Cancel(t.Context(), ada, started.ID); err != nil || j.State != api.JobCancelled || *j.EndedBy != bob {
		t.Errorf("again: %+v %v", j, err)
	}
	_, err = there.Cancel(t.Context(), ada, "nothing")
	want(t, err, wire.NotFound)

	// A person has two at a time, in all relays together.
	for range 2 {
		if started, err = here.Start(t.Context(), ada, wait); err != nil {
			t.Fatal(err)
		}
	}
	coretest.Eventually(t, "both are seen elsewhere", func() bool { return state(started.ID).Done == 1 })
	_, err = there.Start(t.Context(), ada, wait)
	want(t, err, wire.TooMany)
	if _, err = there.Start(t.Context(), bob, wait); err != nil {
		t.Error(err)
	}

	// A relay that stops says that its jobs are lost.
	stop()
	coretest.Eventually(t, "they are lost", func() bool {
		lost := 0
		for _, j := range there.List("lab") {
			if j.State == api.JobLost && j.Fault != nil && j.Fault.Code == wire.Draining {
				lost++
			}
		}
		return lost == 2
	})
}

// An answer that was lost may be asked for again, at any relay.
func TestJobs_BeginOnceUnderAnID(t *testing.T) {
	l := coretest.New(t)
	here, endedHere, stopHere := worker(t, l)
	there, endedThere, stopThere := worker(t, l)
	q := api.JobRequest{ID: "mine", Kind: "wait", D: json.RawMessage(`{"text": "x"}`)}
	first, err := here.Start(t.Context(), ada, q)
	if err != nil || first.ID != "mine" {
		t.Fatalf("%+v %v", first, err)
	}
	// A place more is taken, so that a second start would be refused.
	if _, err := here.Start(t.Context(), ada, api.JobRequest{Kind: "wait"}); err != nil {
		t.Fatal(err)
	}
	q.D = json.RawMessage(`{"text":"x"}`)
	for _, relay := range []*jobs.Jobs{here, there} {
		if again, err := relay.Start(t.Context(), ada, q); err != nil || !again.StartedAt.Equal(first.StartedAt) {
			t.Errorf("asked again it is %+v, %v", again, err)
		}
		if got, err := relay.Get(t.Context(), "mine"); err != nil || got.By != ada {
			t.Errorf("%+v %v", got, err)
		}
		other := q
		other.D = json.RawMessage(`{"text":"y"}`)
		_, err = relay.Start(t.Context(), bob, other)
		want(t, err, wire.IDConflict)
		_, err = relay.Start(t.Context(), bob, q) // what is asked is the same, but not who asks
		want(t, err, wire.IDConflict)
		_, err = relay.Get(t.Context(), "nothing")
		want(t, err, wire.NotFound)
	}
	q.ID = "no id"
	_, err = here.Start(t.Context(), ada, q)
	want(t, err, wire.Invalid)
	// Of those who ask at once at two relays one begins.
	q.ID = "both"
	began := make(chan api.Job, 2)
	for _, relay := range []*jobs.Jobs{here, there} {
		go func() {
			job, err := relay.Start(t.Context(), bob, q)
			if err != nil {
				t.Error(err)
			}
			began <- job
		}()
	}
	for range 2 {
		if job := <-began; job.ID != "both" || job.By != bob {
			t.Errorf("asked at once it is %+v", job)
		}
	}
	// What was worked on ends with its relay: "mine", the one beside it and "both".
	stopHere()
	stopThere()
	if n := len(endedHere) + len(endedThere); n != 3 {
		t.Errorf("%d jobs were worked on, 3 were begun", n)
	}
}

// Nobody works on it any more: another relay says so.
func TestJobs_AreLostWithTheirRelay(t *testing.T) {
	l := coretest.New(t)
	there, _, _ := worker(t, l)
	kv, err := coretest.Store(t, l).JS.KeyValue(t.Context(), wire.BucketJobs)
	if err != nil {
		t.Fatal(err)
	}
	// As a relay leaves it that dies: its last beat, and nothing after it.
	value := `{"id":"jdead","kind":"wait","title":"wait","room":"lab","by":{"id":"p-ada","name":"Ada"},"state":"running","done":3,"of":10,"started_at":"2026-11-21T20:00:00Z","relay":"dead","beat":7}`
	if _, err := kv.Create(t.Context(), "jdead", []byte(value)); err != nil {
		t.Fatal(err)
	}
	coretest.Eventually(t, "it is lost", func() bool {
		list := there.List("lab")
		return len(list) == 1 && list[0].State == api.JobLost && list[0].EndedAt != nil && list[0].Fault != nil && list[0].Done == 3
	})
}

// Of those that come at once at one relay under one id one begins; it takes a
// place, and is stopped with its relay.
func TestJobs_BegunTwiceAtOnceAtOneRelay(t *testing.T) {
	l := coretest.New(t)
	all, _, stop := worker(t, l)
	q := api.JobRequest{ID: "both", Kind: "wait", D: json.RawMessage(`{}`)}
	began := make(chan error, 8)
	for range cap(began) {
		go func() { _, err := all.Start(t.Context(), ada, q); began <- err }()
	}
	for range cap(began) {
		if err := <-began; err != nil {
			t.Error(err)
		}
	}
	n := 0
	for i := range 8 {
		if _, err := all.Start(t.Context(), api.User{ID: fmt.Sprint("q", i), Name: "Q"}, api.JobRequest{Kind: "wait"}); err == nil {
			n++
		}
	}
	if n != 3 { // a relay works on 4 at a time
		t.Errorf("%d more jobs began beside it, 3 have room", n)
	}
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(coretest.Patience):
		t.Fatal("the relay does not stop: nobody told the job")
	}
}
