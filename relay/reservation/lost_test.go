package reservation

import (
	"testing"

	"github.com/farbench/farbench/relay/api"
)

func (d *desk) gaps() (n int) {
	for _, r := range d.b.Outbox.Records {
		if r.Kind == api.RecordGap {
			n++
		}
	}
	return n
}

// An agent was told of grants that the book has lost: whoever holds the device now
// comes after them, and who finds it free goes on from there.
func TestRaise_GoesBeyondWhatIsLost(t *testing.T) {
	d := newDesk(t)
	d.must("ada", Reserve, "d1", 0)
	d.must("bob", Reserve, "d2", 0)
	d.must("bob", Release, "d2", 0)
	d.b.Raise("d1", 7)
	d.b.Raise("d2", 7)
	d.b.Raise("d3", 7)
	for device, want := range map[string]uint64{"d1": 8, "d2": 7, "d3": 7} {
		if e := d.b.Epoch(device); e != want {
			t.Errorf("%s is at epoch %d, expected %d", device, e, want)
		}
	}
	if n := d.gaps(); n != 1 {
		t.Errorf("the history tells %d times of what was found out at once", n)
	}
	d.b.Raise("d1", 8) // the agent knows as much as the book
	d.b.Raise("d1", 3)
	if e := d.b.Epoch("d1"); e != 8 || d.gaps() != 1 {
		t.Errorf("epoch %d, %d gaps", e, d.gaps())
	}
	d.must("bob", Reserve, "d2", 0)
	d.b.Raise("d2", 20) // again, later
	if d.gaps() != 2 || d.b.Epoch("d2") != 21 {
		t.Errorf("epoch %d, %d gaps", d.b.Epoch("d2"), d.gaps())
	}
}

func TestRenumber_GoesOnBehindTheHistory(t *testing.T) {
	d := newDesk(t)
	d.must("ada", Reserve, "d1", 0)
	d.b.PassedOn(1, 0)
	d.must("ada", Release, "d1", 0)
	d.must("bob", Reserve, "d1", 0)
	d.b.Renumber(1) // the history has no more than was passed on
	if got := d.b.Outbox.Records; got[0].N != 2 || d.gaps() != 0 {
		t.Errorf("%+v", got)
	}
	d.b.Renumber(40)
	got := d.b.Outbox.Records
	for i, kind := range []api.RecordKind{api.RecordGap, api.RecordEnd, api.RecordGrant} {
		if len(got) != 3 || got[i].N != uint64(41+i) || got[i].Kind != kind {
			t.Fatalf("%+v", got)
		}
	}
	d.must("bob", Release, "d1", 0)
	if last := d.b.Outbox.Records[3]; last.N != 44 || d.b.Records != 44 {
		t.Errorf("%+v", last)
	}
}
