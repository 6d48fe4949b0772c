package core_test

import (
	"testing"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reader"
)

func TestFollow_LiveFromTheFirstLine(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	f := coretest.NewFollower(t, 1)
	wait, _ := follow(t, c, run.ID, reader.From{}, f)
	b.Lines(run.ID, 1, 10)
	b.Lines(run.ID, 11, 5)
	coretest.Eventually(t, "15 lines came", func() bool { return f.Lines() == 15 })
	b.Ended(run.ID, 15)
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if f.Ended() == nil || f.Ended().Outcome != "exited" || f.Lives() != 1 {
		t.Errorf("ended %+v, live %d times", f.Ended(), f.Lives())
	}
}

func TestFollow_EveryStart(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	for n := range int64(100) {
		b.Lines(run.ID, 1+n*100, 100)
	}
	b.Ended(run.ID, 10000)
	second := relay(t, l) // one that has seen none of it live
	var middle string
	whole := coretest.NewFollower(t, 1)
	wait, _ := follow(t, second, run.ID, reader.From{}, whole)
	if err := wait(); err != nil || whole.Lines() != 10000 {
		t.Fatalf("%d lines, %v", whole.Lines(), err)
	}
	middle = whole.Seen[59].Offset
	for name, from := range map[string]struct {
		reader.From
		first int64
	}{
		"in a block's middle":        {reader.From{Line: 5050}, 5050},
		"near the end":               {reader.From{Line: 9999}, 9999},
		"beyond the end":             {reader.From{Line: 10001}, 10001},
		"an offset":                  {reader.From{Offset: middle}, 6001},
		"the last offset":            {reader.From{Offset: whole.Offset()}, 10001},
		"no offset of ours":          {reader.From{Offset: "zzz.zzz"}, 1},
		"an offset that was changed": {reader.From{Offset: "1" + middle}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			for who, c := range map[string]interface {
				Reader() *reader.Reader
			}{"the relay that started it": c, "another": second} {
				f := coretest.NewFollower(t, from.first)
				if err := c.Reader().Follow(t.Context(), run.ID, from.From, f); err != nil {
					t.Fatal(err)
				}
				if got := f.Lines(); got != 10001-from.first || f.Ended() == nil || f.Ended().Command != "id" {
					t.Errorf("%s: %d lines, end %v", who, got, f.Ended())
				}
			}
		})
	}
	t.Run("the log as stored", func(t *testing.T) {
		f := coretest.NewFollower(t, 150)
		if err := second.Reader().Log(t.Context(), run.ID, 150, f); err != nil || f.Lines() != 9851 || f.Ended() == nil {
			t.Errorf("%d lines, end %v, %v", f.Lines(), f.Ended(), err)
		}
	})
}

func TestFollow_HolesDoublesReordersGaps(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	block := func(first, count int64) func(string) { return func(run string) { b.Lines(run, first, count) } }
	gap := func(first, count int64) func(string) { return func(run string) { b.Gap(run, first, count) } }
	for name, story := range map[string]struct {
		stored []func(string)
		ended  int64
		lines  int64
		gaps   string
	}{
		"doubles":                             {[]func(string){block(1, 5), block(1, 5), block(6, 5), block(1, 5), block(6, 5)}, 10, 10, "[]"},
		"refused in the middle, sent again":   {[]func(string){block(1, 5), block(11, 5), block(16, 5), block(6, 5), block(11, 5), block(16, 5)}, 20, 20, "[]"},
		"stored out of order, not sent again": {[]func(string){block(11, 5), block(6, 5), block(1, 5)}, 15, 15, "[]"},
		"a counted gap":                       {[]func(string){block(1, 5), gap(6, 10), block(16, 5)}, 20, 10, "[6-15]"},
		"a gap over lines that are there":     {[]func(string){block(1, 5), gap(1, 10), block(11, 5)}, 15, 10, "[6-10]"},
		"a gap of unknown length":             {[]func(string){block(1, 5), gap(6, -1), gap(6, -1), block(50, 5)}, 54, 10, "[6--1]"},
		"a gap at the end":                    {[]func(string){block(1, 5), gap(6, 5)}, 10, 5, "[6-10]"},
		"no lines":                            {nil, 0, 0, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			run := start(t, c, api.RunRequest{})
			early := coretest.NewFollower(t, 1)
			waitEarly, _ := follow(t, c, run.ID, reader.From{}, early)
			coretest.Eventually(t, "it is live", func() bool { return early.Lives() == 1 })
			for _, store := range story.stored {
				store(run.ID)
			}
			b.Ended(run.ID, story.ended)
			late := coretest.NewFollower(t, 1)
			waitLate, _ := follow(t, c, run.ID, reader.From{}, late)
			fresh := coretest.NewFollower(t, 1)
			waitFresh, _ := follow(t, relay(t, l), run.ID, reader.From{}, fresh)
			for i, wait := range []func() error{waitEarly, waitLate, waitFresh} {
				if err := wait(); err != nil {
					t.Fatal(err)
				}
				f := []*coretest.Follower{early, late, fresh}[i]
				if f.Lines() != story.lines || f.Gaps() != story.gaps {
					t.Errorf("follower %d: %d lines and gaps %s, expected %d and %s", i, f.Lines(), f.Gaps(), story.lines, story.gaps)
				}
			}
		})
	}
}

func TestFollow_SlowFollowerMissesNothing(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	f := coretest.NewFollower(t, 1)
	wait, _ := follow(t, c, run.ID, reader.From{}, f)
	coretest.Eventually(t, "it is live", func() bool { return f.Lives() == 1 })
	f.Narrow(3)
	for n := range int64(200) {
		b.Lines(run.ID, 1+n*200, 200)
	}
	coretest.Eventually(t, "it lags", func() bool { return f.Lags() == 1 })
	f.Free(40)
	coretest.Eventually(t, "it lags again", func() bool { return f.Next() == 1+43*200 })
	f.Free(-1)
	b.Ended(run.ID, 40000)
	if err := wait(); err != nil || f.Lines() != 40000 {
		t.Errorf("%d lines, %v", f.Lines(), err)
	}
}

func TestFollow_ManyJoinDuringAFlood(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	const blocks, each = 600, 100
	var waits []func() error
	var all []*coretest.Follower
	for n := range int64(blocks) {
		msg := coretest.BlockMsg(t, coretest.Lines(run.ID, 1+n*each, each))
		msg.Reply = b.NC.NewInbox() // as the agent: pipelined, with an acknowledgement asked for
		if err := b.NC.PublishMsg(msg); err != nil {
			t.Fatal(err)
		}
		if n%60 == 0 {
			b.Flush()
			f := coretest.NewFollower(t, 1)
			wait, _ := follow(t, c, run.ID, reader.From{}, f)
			waits, all = append(waits, wait), append(all, f)
		}
	}
	b.Flush()
	b.Ended(run.ID, blocks*each)
	for i, wait := range waits {
		if err := wait(); err != nil || all[i].Lines() != blocks*each {
			t.Errorf("follower %d: %d lines, %v", i, all[i].Lines(), err)
		}
	}
}

func TestFollow_BrokerGoesAndComesBack(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	f := coretest.NewFollower(t, 1)
	wait, _ := follow(t, c, run.ID, reader.From{}, f)
	for n := range int64(5) {
		for m := range int64(10) {
			b.Lines(run.ID, 1+(n*10+m)*100, 100)
		}
		l.Stop()
		l.Start()
		coretest.Eventually(t, "the bench is back", b.NC.IsConnected)
		if n%2 == 0 { // stored before the relay is back: it must look
			b.Lines(run.ID, 1+(n*10+10)*100, 100)
		}
	}
	b.Lines(run.ID, 5001, 100)
	b.Ended(run.ID, 5100)
	if err := wait(); err != nil || f.Lines() != 5100 || f.Gaps() != "[]" {
		t.Errorf("%d lines, gaps %s, %v", f.Lines(), f.Gaps(), err)
	}
}

func TestFollow_RogueNeighbourIsNotHeard(t *testing.T) {
	l := coretest.New(t)
	b, rogue := l.NewBench("b1"), l.NewBench("b2")
	c := relay(t, l)
	b.Arrive()
	rogue.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	f := coretest.NewFollower(t, 1)
	wait, _ := follow(t, c, run.ID, reader.From{}, f)
	evil := coretest.Lines(run.ID, 1, 3)
	evil.Text = []string{"evil", "evil", "evil"}
	for range 5 {
		if err := rogue.NC.PublishMsg(coretest.BlockMsg(t, evil)); err != nil {
			t.Fatal(err)
		}
	}
	rogue.Ended(run.ID, 3)
	for _, text := range []string{
		`{"run":"` + run.ID + `","first":1,"count":1,"text":["line 1"]}` + "\n" + `{"t":"pub"}`,
		`{"run":"` + run.ID + `","first":1,"count":1,"text":["line 1"]},{"t":"pub"}`,
		`{"run":"other","first":1,"count":1,"text":["line 1"]}`, `[]`, `{`, ``, `null`,
	} {
		if err := b.NC.Publish("up.run."+run.ID, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	b.Lines(run.ID, 1, 10)
	b.Ended(run.ID, 10)
	if err := wait(); err != nil || f.Lines() != 10 {
		t.Errorf("%d lines, %v", f.Lines(), err)
	}
	if got, _ := c.Runs().Get(t.Context(), run.ID); got.Lines != 10 {
		t.Errorf("the run has %d lines, its neighbour's word was taken", got.Lines)
	}
}

func TestFollow_UnknownRun(t *testing.T) {
	l := coretest.New(t)
	c := relay(t, l)
	want(t, c.Reader().Follow(t.Context(), "nothing", reader.From{}, coretest.NewFollower(t, 1)), "not_found")
	want(t, c.Reader().Follow(t.Context(), "../*", reader.From{}, coretest.NewFollower(t, 1)), "not_found")
}
