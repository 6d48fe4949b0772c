package core_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/runs"
)

func ptr(n int) *int { return &n }

func TestStart_BadInput(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Inventory(
		wire.Device{ID: "d1", State: wire.DeviceReady},
		wire.Device{ID: "gone", State: "offline", Reason: "its cable is loose", Hint: "replug it"},
		wire.Device{ID: "shy", State: "unauthorized"})
	b.Beat()
	online(t, c, "b1")
	for name, test := range map[string]struct {
		q    api.RunRequest
		code wire.Code
		says string
	}{
		"nothing":              {api.RunRequest{}, wire.Invalid, "bench is missing; device is missing; command is empty"},
		"blank command":        {api.RunRequest{Bench: "b1", Device: "d1", Command: " \n"}, wire.Invalid, "empty"},
		"NUL":                  {api.RunRequest{Bench: "b1", Device: "d1", Command: "a\x00b"}, wire.Invalid, "NUL"},
		"too large":            {api.RunRequest{Bench: "b1", Device: "d1", Command: strings.Repeat("x", 1<<20)}, wire.TooLarge, "1048576"},
		"timeout 0":            {api.RunRequest{Bench: "b1", Device: "d1", Command: "x", TimeoutS: ptr(0)}, wire.Invalid, "timeout_s"},
		"timeout of a year":    {api.RunRequest{Bench: "b1", Device: "d1", Command: "x", TimeoutS: ptr(31536000)}, wire.Invalid, "86400"},
		"ttl":                  {api.RunRequest{Bench: "b1", Device: "d1", Command: "x", TTLMS: ptr(-1), ID: "A*"}, wire.Invalid, "id must be"},
		"unknown bench":        {api.RunRequest{Bench: "nope", Device: "d1", Command: "x"}, wire.BenchUnknown, "nope"},
		"a subject as a bench": {api.RunRequest{Bench: "*", Device: "d1", Command: "x"}, wire.BenchUnknown, "*"},
		"unknown device":       {api.RunRequest{Bench: "b1", Device: "d9", Command: "x"}, wire.DeviceUnknown, "d9"},
		"offline device":       {api.RunRequest{Bench: "b1", Device: "gone", Command: "x"}, wire.DeviceOffline, "cable"},
		"unauthorized device":  {api.RunRequest{Bench: "b1", Device: "shy", Command: "x"}, wire.DeviceUnauthorized, "shy"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := c.Runs().Start(t.Context(), test.q, tester)
			want(t, err, test.code)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v does not say %q", err, test.says)
			}
		})
	}
	if n := len(b.Starts()); n != 0 {
		t.Errorf("%d starts reached the bench", n)
	}
	start(t, c, api.RunRequest{Command: strings.Repeat("x", wire.MaxCommand)})
}

func TestStart_SameIDFromTwoRelaysAHundredTimes(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	one, two := relay(t, l), relay(t, l)
	b.Arrive()
	online(t, one, "b1")
	online(t, two, "b1")
	for i := range 100 {
		id := fmt.Sprintf("race-%d", i)
		firsts := make(chan bool, 4)
		var jobs sync.WaitGroup
		for n := range 4 {
			c := []*core.Core{one, two}[n%2]
			jobs.Go(func() {
				run, first, err := c.Runs().Start(t.Context(), api.RunRequest{ID: id, Bench: "b1", Device: "d1", Command: "id"}, tester)
				if err != nil || run.ID != id {
					t.Errorf("%s: %+v, %v", id, run, err)
				}
				firsts <- first
			})
		}
		jobs.Wait()
		n := 0
		for range 4 {
			if <-firsts {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s was claimed first %d times", id, n)
		}
	}
	if n := len(b.Starts()); n != 100 {
		t.Errorf("%d starts for 100 ids", n)
	}
	_, _, err := two.Runs().Start(t.Context(), api.RunRequest{ID: "race-1", Bench: "b1", Device: "d1", Command: "other"}, tester)
	want(t, err, wire.IDConflict)
}

func TestStart_BenchAwayLeavesNothing(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	b.Leave()
	began := time.Now()
	_, _, err := c.Runs().Start(t.Context(), api.RunRequest{ID: "late", Bench: "b1", Device: "d1", Command: "id"}, tester)
	want(t, err, wire.BenchOffline)
	if took := time.Since(began); took > 500*time.Millisecond {
		t.Errorf("the refusal took %s", took)
	}
	_, err = c.Runs().Get(t.Context(), "late")
	want(t, err, wire.NotFound)
	back := l.NewBench("b1")
	back.Arrive()
	online(t, c, "b1")
	if _, first, err := c.Runs().Start(t.Context(), api.RunRequest{ID: "late", Bench: "b1", Device: "d1", Command: "other"}, tester); err != nil || !first {
		t.Errorf("the id is not free again: %v, %v", first, err)
	}
	if n := len(back.Starts()); n != 1 {
		t.Errorf("%d starts", n)
	}
}

func TestStart_RelayThatHasJustStarted(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	relay(t, l)
	b.Inventory() // no beat: the second relay has to ask
	c := relay(t, l)
	start(t, c, api.RunRequest{})
	started := b.Starts()[0]
	if now := b.Clock(); started.Life != b.Life || started.VoidAt < now+3000 || started.VoidAt > now+5000 {
		t.Errorf("void at %d of life %s, the clock of %s says %d", started.VoidAt, started.Life, b.Life, now)
	}
}

func TestStart_WallClockADayOff(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	for _, off := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		c := relay(t, l, func(cfg *core.Config) { cfg.Wall = func() time.Time { return time.Now().Add(off) } })
		b.Arrive()
		online(t, c, "b1")
		run := start(t, c, api.RunRequest{TTLMS: ptr(2000)})
		starts := b.Starts()
		if got, now := starts[len(starts)-1], b.Clock(); got.VoidAt < now+1000 || got.VoidAt > now+2000 {
			t.Errorf("void at %d, the bench's clock says %d", got.VoidAt, now)
		}
		b.Ended(run.ID, 0)
		coretest.Eventually(t, "it ended", func() bool { got, _ := c.Runs().Peek(run.ID); return got.State == wire.Ended })
	}
}

func TestStart_OtherLife(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	b.Handle(func(b *coretest.Bench) {
		b.Life = "reborn" // a new process, whose first beat has not arrived yet
		b.OnStart = func(s wire.Start) *wire.Answer {
			if s.Life != "reborn" {
				return &wire.Answer{Fault: &wire.Fault{Code: wire.OtherLife, Message: "other life"}}
			}
			return &wire.Answer{Result: &wire.Result{Run: s.Run, Rev: 1, Device: s.Device, State: wire.Accepted}}
		}
	})
	if run := start(t, c, api.RunRequest{}); run.State != wire.Accepted {
		t.Errorf("the run is %s", run.State)
	}
	if starts := b.Starts(); len(starts) != 2 || starts[0].Run != starts[1].Run {
		t.Errorf("starts: %+v", starts)
	}
}

func TestStart_BothLivesAnswer(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	twin := l.NewBench("b1")
	twin.Handle(func(b *coretest.Bench) {
		b.OnStart = func(wire.Start) *wire.Answer {
			return &wire.Answer{Fault: &wire.Fault{Code: wire.OtherLife, Message: "other life"}}
		}
	})
	b.Handle(func(b *coretest.Bench) { b.OnStart = nil }) // it starts, but its answer is lost
	run := start(t, c, api.RunRequest{TTLMS: ptr(1000)})
	if run.State == wire.Ended || len(twin.Starts()) != 1 || twin.Starts()[0].Life == twin.Life {
		t.Errorf("the run is %s; the twin got %+v", run.State, twin.Starts())
	}
	coretest.Eventually(t, "both are named", func() bool {
		for _, one := range []*coretest.Bench{b, twin} {
			one.Beat()
			one.Flush()
		}
		doc, _ := c.Benches().Get("b1")
		return strings.Contains(doc.Reason, "two agents") && strings.Contains(doc.Reason, "pid 7")
	})
	_, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, tester)
	want(t, err, wire.BenchOffline)
}

func TestStart_RefusedByTheAgent(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	b.Handle(func(b *coretest.Bench) {
		b.OnStart = func(wire.Start) *wire.Answer {
			return &wire.Answer{Fault: &wire.Fault{Code: wire.Draining, Message: "stopping"}}
		}
	})
	_, _, err := c.Runs().Start(t.Context(), api.RunRequest{ID: "drained", Bench: "b1", Device: "d1", Command: "id"}, tester)
	want(t, err, wire.BenchOffline)
	_, err = c.Runs().Get(t.Context(), "drained")
	want(t, err, wire.NotFound)

	for said, stands := range map[wire.Code]wire.Code{
		wire.Unauthorized: wire.Internal, wire.HostRefused: wire.Internal, "odd": wire.Internal, wire.DeviceOffline: wire.DeviceOffline,
	} {
		b.Handle(func(b *coretest.Bench) {
			b.OnStart = func(wire.Start) *wire.Answer {
				return &wire.Answer{Fault: &wire.Fault{Code: said, Message: strings.Repeat("m", 100<<10)}}
			}
		})
		_, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, tester)
		want(t, err, stands)
		if len(err.Error()) > 4<<10 {
			t.Errorf("%s: a bench's text of %d bytes crossed", said, len(err.Error()))
		}
	}
}

func TestRun_WithoutAWordIsUnknownThenSettled(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	b.Handle(func(b *coretest.Bench) { b.OnStart = nil })
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	b.Handle(func(b *coretest.Bench) {
		b.OnOther = func(subject string, q wire.Request) *wire.Answer { return nil } // stopped like by SIGSTOP
	})
	run := start(t, c, api.RunRequest{TTLMS: ptr(200)})
	if run.State != wire.Claimed {
		t.Errorf("the run is %s", run.State)
	}
	coretest.Eventually(t, "nobody knows", func() bool {
		got, _ := c.Runs().Peek(run.ID)
		return got.State == wire.Unknown && got.UnknownSince != nil
	})
	b.Handle(func(b *coretest.Bench) {
		b.OnOther = func(subject string, q wire.Request) *wire.Answer {
			if subject != wire.CmdRequest(wire.VerbRun) || q.Device != "d1" {
				return nil
			}
			return &wire.Answer{Result: &wire.Result{
				Run: q.Run, Rev: 1, State: wire.Ended, Outcome: wire.Refused,
				Fault: &wire.Fault{Code: wire.NeverArrived, Message: "it never arrived"},
			}}
		}
	})
	coretest.Eventually(t, "the bench settles it", func() bool {
		got, _ := c.Runs().Peek(run.ID)
		return got.Outcome == wire.Refused && got.UnknownSince == nil
	})
}

func TestRuns_ListedAndFoundAfterAColdStart(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	long := strings.Repeat("ä", 300)
	for i := range 25 {
		run := start(t, c, api.RunRequest{ID: fmt.Sprintf("n%d", i), Command: long})
		if i%2 == 0 {
			b.Ended(run.ID, int64(i))
		}
	}
	cold := relay(t, l)
	var seen []string
	for q := (runs.Query{Limit: 10}); ; {
		page, err := cold.Runs().List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range page.Runs {
			seen = append(seen, run.ID)
			if n := len([]rune(run.Command)); n != 200 {
				t.Errorf("the command has %d characters", n)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if len(seen) != 25 || seen[0] != "n24" || seen[24] != "n0" {
		t.Errorf("listed %v", seen)
	}
	page, _ := cold.Runs().List(t.Context(), runs.Query{State: "ended", Limit: 100})
	if len(page.Runs) != 13 {
		t.Errorf("%d runs have ended", len(page.Runs))
	}
	run, err := cold.Runs().Get(t.Context(), "n3")
	if err != nil || run.Command != long || run.Link != "up" {
		t.Errorf("n3: %d bytes, link %s, %v", len(run.Command), run.Link, err)
	}
	_, err = cold.Runs().List(t.Context(), runs.Query{Cursor: "%%"})
	want(t, err, wire.Invalid)
}

func TestCancel(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	want(t, c.Runs().Cancel(t.Context(), "nothing", tester), wire.NotFound)
	run := start(t, c, api.RunRequest{})
	asked := make(chan string, 1)
	b.Handle(func(b *coretest.Bench) {
		b.OnOther = func(subject string, q wire.Request) *wire.Answer {
			if subject == wire.CmdRunCancel {
				asked <- q.Run
			}
			return &wire.Answer{}
		}
	})
	if err := c.Runs().Cancel(t.Context(), run.ID, tester); err != nil {
		t.Error(err)
	}
	if got := <-asked; got != run.ID {
		t.Errorf("cancelled %s", got)
	}
	b.Leave()
	want(t, c.Runs().Cancel(t.Context(), run.ID, tester), wire.BenchOffline)
	back := l.NewBench("b1")
	back.Ended(run.ID, 0)
	coretest.Eventually(t, "it ended", func() bool { got, _ := c.Runs().Peek(run.ID); return got.State == wire.Ended })
	want(t, c.Runs().Cancel(t.Context(), run.ID, tester), wire.RunEnded)
}

func TestAnswers_OfABenchThatWasNotAsked(t *testing.T) {
	l := coretest.New(t)
	b, rogue := l.NewBench("b1"), l.NewBench("b2")
	b.Handle(func(b *coretest.Bench) {
		b.OnStart = func(s wire.Start) *wire.Answer {
			// The neighbour knows even the relay's name and the request's id.
			_ = rogue.NC.Publish(wire.UpReply(s.Relay, s.Req), []byte(
				`{"life":"x","result":{"run":"`+s.Run+`","rev":5,"state":"ended","outcome":"lost"}}`))
			_ = rogue.NC.Flush()
			return nil
		}
	})
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	if run := start(t, c, api.RunRequest{TTLMS: ptr(300)}); run.State != wire.Claimed {
		t.Errorf("the run is %s %s", run.State, run.Outcome)
	}
}
