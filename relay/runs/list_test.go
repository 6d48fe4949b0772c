package runs

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// past is an index of a thousand runs by two people: every third by a check,
// every seventh of bench b2.
func past() *index {
	x := newIndex()
	for n := int64(1); n <= 1000; n++ {
		c := aClaim(fmt.Sprintf("r%04d", n), n)
		c.Command, c.By = fmt.Sprintf("echo Number %d", n%10), "tester"
		if n%2 == 0 {
			c.By = "Eve"
		}
		if n%3 == 0 {
			c.Check = &wire.RunCheck{ID: "version", Label: "Version check"}
		}
		if n%7 == 0 {
			c.Bench = "b2"
		}
		c.Hash = wire.CommandHash(c.Command)
		x.claim(c, uint64(n), time.Now())
	}
	return x
}

// Pages of any size hold exactly the runs that a filter chooses, each once.
func TestList_FiltersByPages(t *testing.T) {
	x := past()
	for name, c := range map[string]struct {
		q      Query
		chosen func(n int64) bool
	}{
		"text in the command":  {Query{Text: "NUMBER 4"}, func(n int64) bool { return n%10 == 4 }},
		"text in the label":    {Query{Text: "sion ch"}, func(n int64) bool { return n%3 == 0 }},
		"text in the id":       {Query{Text: "R099"}, func(n int64) bool { return n >= 990 && n < 1000 }},
		"by":                   {Query{By: "eve"}, func(n int64) bool { return n%2 == 0 }},
		"check":                {Query{Check: "version"}, func(n int64) bool { return n%3 == 0 }},
		"since and until":      {Query{Since: time.Unix(40, 0), Until: time.Unix(60, 0)}, func(n int64) bool { return n >= 40 && n <= 60 }},
		"all of them together": {Query{Text: "echo", By: "tester", Check: "version", Bench: "b1", Until: time.Unix(500, 0)}, func(n int64) bool { return n%2 == 1 && n%3 == 0 && n%7 != 0 && n <= 500 }},
	} {
		t.Run(name, func(t *testing.T) {
			var want, got []string
			for n := int64(1000); n >= 1; n-- {
				if c.chosen(n) {
					want = append(want, fmt.Sprintf("r%04d", n))
				}
			}
			for cursor, pages := "", 0; ; pages++ {
				q := c.q
				q.Limit = 7
				before, err := parseCursor(cursor)
				if err != nil || pages > 1000 {
					t.Fatal(err, pages)
				}
				page := x.list(q, before)
				for _, run := range page.Runs {
					got = append(got, run.ID)
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("got  %d: %v\nwant %d: %v", len(got), got, len(want), want)
			}
		})
	}
}

func TestHistory_OnesOwnCommandsOnce(t *testing.T) {
	x := past()
	got := x.history(api.User{ID: "tester", Name: "tester"}, Past{Limit: 50}).Commands
	// 1000 is Eve's and 999 a check's: the newest of the tester's own is 997.
	if len(got) != 5 || got[0].LastRun != "r0997" || got[0].Command != "echo Number 7" || got[0].Bench != "b1" || got[0].LastAt.Unix() != 997 {
		t.Fatalf("%+v", got)
	}
	times := 0
	for _, c := range got {
		times += c.Times
	}
	if times != 333 { // of 500 odd runs those that no check started
		t.Errorf("%d runs: %+v", times, got)
	}
	if got := x.history(api.User{ID: "tester", Name: "tester"}, Past{Limit: 2}).Commands; len(got) != 2 || got[1].Times < 60 {
		t.Errorf("%+v", got)
	}
	if got := x.history(api.User{ID: "tester", Name: "tester"}, Past{Text: "number 3", Bench: "b2", Limit: 9}).Commands; len(got) != 1 || got[0].Command != "echo Number 3" {
		t.Errorf("%+v", got)
	}
	if got := x.history(api.User{ID: "nobody", Name: "nobody"}, Past{Limit: 9}).Commands; got == nil || len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestHistory_KeepsCommandsWholeUpTo4KiB(t *testing.T) {
	x := newIndex()
	for i, n := range []int{keptCommand, keptCommand + 1} {
		for again := range 3 {
			c := aClaim(fmt.Sprintf("r%d-%d", i, again), int64(10*i+again))
			c.Command = strings.Repeat("x", n-1) + "y"
			c.Hash, c.By = wire.CommandHash(c.Command), "tester"
			x.claim(c, uint64(10*i+again+1), time.Now())
		}
	}
	got := x.history(api.User{ID: "tester", Name: "tester"}, Past{Limit: 9}).Commands
	if len(got) != 2 || !got[0].Cut || len(got[0].Command) != commandCut || got[1].Cut || len(got[1].Command) != keptCommand || got[1].Times != 3 {
		t.Fatalf("%+v", got)
	}
	if got := x.list(Query{Text: "xy", Limit: 9}, nil).Runs; len(got) != 3 || len(got[0].Command) != commandCut {
		t.Errorf("%d runs found by their end", len(got))
	}
	if x.texts.bytes != keptCommand {
		t.Errorf("%d bytes kept", x.texts.bytes)
	}
	for again := range 3 {
		x.remove(fmt.Sprintf("r0-%d", again))
	}
	if x.texts.bytes != 0 || len(x.texts.byHash) != 0 {
		t.Error("texts outlive their runs")
	}
}

// A hundred thousand runs are searched in a moment: the index is locked meanwhile.
func BenchmarkList_TextThatIsNowhere(b *testing.B) {
	x := newIndex()
	for n := range int64(100_000) {
		c := aClaim(fmt.Sprintf("r%d", n), n)
		c.Command = fmt.Sprintf("dumpsys package com.example.app%d | grep versionName", n%500)
		c.Hash = wire.CommandHash(c.Command)
		x.claim(c, uint64(n+1), time.Now())
	}
	var list api.Runs
	for b.Loop() {
		list = x.list(Query{Text: "nowhere", Limit: 50}, nil)
	}
	if len(list.Runs) > 0 {
		b.Error("found something")
	}
}

// Those that go on are listed newest first, of one bench or of all, and what is
// left out is counted.
func TestGoing(t *testing.T) {
	x := past()
	for n := int64(1); n <= 1000; n++ {
		if n%10 != 0 {
			delete(x.open, fmt.Sprintf("r%04d", n))
		}
	}
	for _, c := range []struct {
		bench       string
		limit, more int
		first, last string
	}{
		{"", 30, 70, "r1000", "r0710"}, {"", 200, 0, "r1000", "r0010"}, {"b2", 5, 9, "r0980", "r0700"},
	} {
		list, more := x.going(c.bench, c.limit)
		if more != c.more || list[0].ID != c.first || list[len(list)-1].ID != c.last {
			t.Errorf("%+v: %d runs, %d more", c, len(list), more)
		}
	}
}
