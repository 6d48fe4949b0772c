package benches

import (
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

func TestRoundTrip_IsNewsOnlyWhereItChangedNoticeably(t *testing.T) {
	var r roundTrip
	for i, step := range []struct {
		took time.Duration
		told bool
		ms   float64
	}{
		{300 * time.Microsecond, true, 0.3},
		{1500 * time.Microsecond, false, 0.3},
		{40 * time.Millisecond, false, 0.3}, // the best of three
		{40 * time.Millisecond, false, 0.3},
		{40 * time.Millisecond, true, 40},
		{33 * time.Millisecond, false, 40}, // less than a fifth
		{31900 * time.Microsecond, true, 31.9},
		{3 * time.Millisecond, true, 3},
	} {
		if told := r.take(step.took); told != step.told || *r.told != step.ms {
			t.Errorf("step %d: %v, told %t %v", i, step.took, told, *r.told)
		}
	}
}

func TestBook_RoundTripsAreSpreadAndEndWithTheBench(t *testing.T) {
	k, at := newBook(), time.Now()
	for _, id := range []string{"a", "b", "c"} {
		k.sign(id, wire.Alive{Life: "l"}, at, at)
	}
	if due := k.dueFor(at, 9); due != nil {
		t.Errorf("all at once: %v", due)
	}
	if due := k.dueFor(at.Add(time.Second), 2); len(due) != 2 {
		t.Errorf("due %v", due)
	}
	if due := k.dueFor(at.Add(time.Second), 2); len(due) != 1 {
		t.Errorf("the one that is left: %v", due)
	}
	if due := k.dueFor(at.Add(8*time.Second), 9); due != nil {
		t.Errorf("asked again too soon: %v", due)
	}
	if due := k.dueFor(at.Add(13*time.Second), 9); len(due) != 3 {
		t.Errorf("due %v", due)
	}
	k.benches["a"].rtt.take(time.Millisecond)
	if doc, _ := k.get("a"); doc.RTTMS == nil || *doc.RTTMS != 1 {
		t.Errorf("%+v", doc)
	}
	k.away("a", "gone", at)
	if doc, _ := k.get("a"); doc.RTTMS != nil {
		t.Errorf("of a bench that is away: %v", *doc.RTTMS)
	}
}
