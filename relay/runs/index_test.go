package runs

import (
	"fmt"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

func aClaim(run string, created int64) wire.Claim {
	return wire.Claim{Run: run, Bench: "b1", Device: "d1", Command: "id", Hash: wire.CommandHash("id"), TTLMS: 1000, Created: time.Unix(created, 0)}
}

func TestIndex_Results(t *testing.T) {
	zero := 0
	running := wire.Result{Run: "r", Rev: 2, State: wire.Running}
	ended := wire.Result{Run: "r", Rev: 3, State: wire.Ended, Outcome: wire.Exited, ExitCode: &zero}
	for name, test := range map[string]struct {
		bench string
		r     wire.Result
		taken bool
	}{
		"the next":                   {"b1", ended, true},
		"another bench's":            {"b2", ended, false},
		"an older one":               {"b1", wire.Result{Run: "r", Rev: 1, State: wire.Accepted}, false},
		"the same again":             {"b1", running, false},
		"an outcome before the end":  {"b1", wire.Result{Run: "r", Rev: 3, State: wire.Running, Outcome: wire.Exited}, false},
		"an exit without its code":   {"b1", wire.Result{Run: "r", Rev: 3, State: wire.Ended, Outcome: wire.Exited}, false},
		"an outcome nobody knows":    {"b1", wire.Result{Run: "r", Rev: 3, State: wire.Ended, Outcome: "great"}, false},
		"a state of the relay alone": {"b1", wire.Result{Run: "r", Rev: 3, State: wire.Unknown}, false},
		"lines beyond all sense":     {"b1", wire.Result{Run: "r", Rev: 3, State: wire.Running, Lines: 1<<63 - 1}, false},
		"lines below zero":           {"b1", wire.Result{Run: "r", Rev: 3, State: wire.Running, Lines: -1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			x := newIndex()
			x.claim(aClaim("r", 1), 1, time.Now())
			x.result("b1", running)
			if got := x.result(test.bench, test.r); got != test.taken {
				t.Errorf("taken: %v", got)
			}
		})
	}
	t.Run("before its claim", func(t *testing.T) {
		x := newIndex()
		x.result("b1", ended)
		x.result("b2", running)
		x.claim(aClaim("r", 1), 1, time.Now())
		if x.byID["r"].doc().State != wire.Ended || len(x.open) != 0 {
			t.Error("the result was lost")
		}
	})
}

func TestIndex_OrderHoldsWhateverArrivesWhen(t *testing.T) {
	x := newIndex()
	for _, n := range []int64{5, 1, 4, 2, 3} {
		x.claim(aClaim(fmt.Sprintf("r%d", n), n), uint64(n), time.Now())
	}
	x.remove("r4")
	var got []string
	for _, run := range x.list(Query{Limit: 10}, nil).Runs {
		got = append(got, run.ID)
	}
	if fmt.Sprint(got) != "[r5 r3 r2 r1]" {
		t.Errorf("listed %v", got)
	}
}

func TestIndex_UnknownByTheMonotonicClock(t *testing.T) {
	x := newIndex()
	seen := time.Now()
	x.claim(aClaim("r", 1), 1, seen)
	if x.tick(seen.Add(1400*time.Millisecond), time.Time{}.Add(time.Hour)) != nil {
		t.Error("unknown before its time to live passed")
	}
	if got := x.tick(seen.Add(2*time.Second), time.Unix(99, 0)); len(got) != 1 || x.byID["r"].doc().UnknownSince.Unix() != 99 {
		t.Errorf("unknown: %v", got)
	}
	x.result("b1", wire.Result{Run: "r", Rev: 1, State: wire.Accepted})
	if got := x.byID["r"].doc(); got.State != wire.Accepted || got.UnknownSince != nil {
		t.Errorf("after a word: %+v", got)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add("MS5y")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := parseCursor(s)
		if err == nil && e != nil && !wire.ValidID(e.claim.Run) {
			t.Errorf("%q names run %q", s, e.claim.Run)
		}
	})
}
