package reservation

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func person(name string) api.User {
	return api.User{ID: name, Name: strings.ToUpper(name[:1]) + name[1:]}
}

// desk drives one book as a test tells it.
type desk struct {
	t   *testing.T
	b   *Book
	now time.Time
}

func newDesk(t *testing.T) *desk { return &desk{t, New("b1"), noon} }

func (d *desk) ask(who string, verb Verb, q api.ReservationRequest) (api.Reserved, error) {
	c := d.b.Clone()
	var to api.User
	if q.To != "" {
		to = person(q.To)
	}
	r, err := c.Do(d.now, person(who), verb, q, to)
	if err == nil {
		d.b = c
	}
	return r, err
}

// must asks on a device for s seconds.
func (d *desk) must(who string, verb Verb, device string, s int) api.Reserved {
	d.t.Helper()
	q := api.ReservationRequest{Device: device, Reason: "an urgent fix"}
	if s > 0 {
		q.ForS = &s
	}
	r, err := d.ask(who, verb, q)
	if err != nil {
		d.t.Fatalf("%s %s %q: %v", who, verb, device, err)
	}
	return r
}

func (d *desk) wait(s int) { d.now = d.now.Add(seconds(s)); d.b.Pass(d.now) }

func (d *desk) holder(device string) string {
	if h, _ := d.b.Driver(device); h != nil {
		return h.Who.ID
	}
	return ""
}

// told are the notices so far, as "person: kind".
func (d *desk) told() (all []string) {
	for _, n := range d.b.Outbox.Notices {
		all = append(all, n.To+": "+string(n.Notice.Kind))
	}
	return all
}

func (d *desk) wantTold(want ...string) {
	d.t.Helper()
	if got := d.told(); fmt.Sprint(got) != fmt.Sprint(want) {
		d.t.Errorf("told %q, expected %q", got, want)
	}
}

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var f *wire.Fault
	if !errors.As(err, &f) || f.Code != code {
		t.Errorf("the error is %v, expected %s", err, code)
	} else if f.Message == "" || f.Hint == "" {
		t.Errorf("%s says too little: %+v", code, f)
	}
}

func TestReserve_FirstComeFirstServed(t *testing.T) {
	d := newDesk(t)
	if r := d.must("ada", Reserve, "d1", 600); !r.Granted || r.Epoch != 1 || !r.Until.Equal(noon.Add(10*time.Minute)) {
		t.Fatalf("%+v", r)
	}
	if r := d.must("bob", Reserve, "d1", 0); r.Granted || r.Position != 1 {
		t.Errorf("%+v", r)
	}
	if r := d.must("eve", Reserve, "d1", 0); r.Position != 2 || len(r.Queue) != 2 || r.Queue[0].Who.Name != "Bob" {
		t.Errorf("%+v", r)
	}
	no := false
	_, err := d.ask("grace", Reserve, api.ReservationRequest{Device: "d1", Queue: &no})
	wantCode(t, err, wire.Reserved)
	if !strings.Contains(err.Error(), "Ada holds d1 on b1 until 12:10") {
		t.Error(err)
	}
	d.must("bob", Release, "d1", 0) // leaves the queue
	d.must("ada", Release, "d1", 0)
	if d.holder("d1") != "eve" || d.b.Epoch("d1") != 2 {
		t.Errorf("%+v", d.b.View())
	}
	d.wantTold("eve: reservation_yours")
	d.must("ada", Release, "d1", 0) // again: what is Eve's meanwhile stays hers
	if d.holder("d1") != "eve" {
		t.Error("a second release took it from who came next")
	}
}

func TestReserve_WholeBenchAndDevices(t *testing.T) {
	d := newDesk(t)
	d.must("ada", Reserve, "d1", 0)
	d.must("bob", Reserve, Whole, 0)
	// Who comes later for a free device does not pass by who waits for the whole.
	if r := d.must("eve", Reserve, "d2", 0); r.Granted || r.Position != 2 {
		t.Errorf("%+v", r)
	}
	d.must("ada", Release, "d1", 0)
	if d.holder("d1") != "bob" || d.holder("d2") != "bob" || d.holder("never seen") != "bob" {
		t.Errorf("%+v", d.b.View())
	}
	if r := d.must("bob", Reserve, "d2", 0); !r.Granted || r.Device != Whole {
		t.Errorf("the whole covers its devices: %+v", r)
	}
	before := d.b.Epoch("d1")
	d.must("bob", Release, Whole, 0)
	if d.holder("d2") != "eve" || d.holder("d1") != "" || d.b.Epoch("d1") != before || d.b.Epoch("d2") != 2 {
		t.Errorf("%+v", d.b)
	}
	// Who holds a device may have the rest as well.
	if r := d.must("eve", Reserve, Whole, 0); !r.Granted {
		t.Errorf("%+v", r)
	}
}

func TestPass_WarnsAndEnds(t *testing.T) {
	d := newDesk(t)
	d.must("ada", Reserve, "d1", 1200)
	for _, s := range []int{600, 1, 478, 1, 60} {
		if next := d.b.Next(); next.Before(d.now) {
			t.Errorf("the next moment %s is behind %s", next, d.now)
		}
		d.wait(s)
	}
	d.wantTold("ada: reservation_ends", "ada: reservation_ends")
	if n := d.b.Outbox.Notices; n[0].Notice.InS != 600 || n[1].Notice.InS != 120 {
		t.Errorf("%+v", n)
	}
	d.must("ada", Extend, "d1", 660)
	d.wait(60) // warned anew after it was extended
	d.wait(600)
	d.wantTold("ada: reservation_ends", "ada: reservation_ends", "ada: reservation_ends", "ada: reservation_over")
	_, err := d.ask("ada", Extend, api.ReservationRequest{Device: "d1"})
	wantCode(t, err, wire.NotYours)
	d = newDesk(t)
	d.must("ada", Reserve, "d1", 90) // shorter than both warnings
	d.wait(89)
	d.wantTold()
	d.must("ada", Extend, "d1", 60)
	if !d.b.Held["d1"].Until.Equal(d.now.Add(time.Minute)) {
		t.Error(d.b.Held["d1"].Until)
	}
	d.must("ada", Extend, "d1", 3600)
	d.must("ada", Extend, "d1", 60) // never shortens
	if !d.b.Held["d1"].Until.Equal(d.now.Add(time.Hour)) {
		t.Error(d.b.Held["d1"].Until)
	}
}

func TestTake_SaysWhyAndLeavesTheQueueInOrder(t *testing.T) {
	d := newDesk(t)
	d.must("ada", Reserve, "d1", 0)
	d.must("bob", Reserve, "d1", 0)
	d.must("eve", Take, "d1", 0)
	d.wantTold("ada: taken")
	if n := d.b.Outbox.Notices[0].Notice; n.Note != "an urgent fix" || n.Who.ID != "eve" {
		t.Errorf("%+v", n)
	}
	if p := d.b.Place("d1"); p.Holder.ID != "eve" || p.Reason != "an urgent fix" || len(p.Queue) != 1 {
		t.Errorf("%+v", p)
	}
	d.must("grace", Reserve, "d2", 0)
	d.must("ada", Take, Whole, 0)
	if d.holder("d1") != "ada" || d.holder("d2") != "ada" {
		t.Errorf("%+v", d.b.View())
	}
	_, err := d.ask("eve", Take, api.ReservationRequest{Device: "d1", Reason: "x"})
	wantCode(t, err, wire.Reserved)
}

func TestHand_OverWithANoteAndBackAfterAMinute(t *testing.T) {
	d := newDesk(t)
	yes, no := true, false
	d.must("ada", Reserve, "d1", 0)
	until := d.b.Held["d1"].Until
	if _, err := d.ask("bob", Ask, api.ReservationRequest{Device: "d1", Note: "may I?"}); err != nil {
		t.Fatal(err)
	}
	offer := api.ReservationRequest{Device: "d1", To: "bob", Note: "unit 7 is warm"}
	if _, err := d.ask("ada", Hand, offer); err != nil {
		t.Fatal(err)
	}
	d.wait(59)
	if d.b.Held["d1"].Offer == nil {
		t.Fatal("the offer went back too early")
	}
	d.wait(1)
	if d.b.Held["d1"].Offer != nil || d.holder("d1") != "ada" {
		t.Fatalf("%+v", d.b.View())
	}
	if asks := d.b.Held["d1"].Asks; len(asks) != 0 {
		t.Errorf("bob was offered it and is still asking: %+v", asks)
	}
	_, err := d.ask("bob", Answer, api.ReservationRequest{Device: "d1", Accept: &yes})
	wantCode(t, err, wire.NotYours)
	_, _ = d.ask("ada", Hand, offer)
	if _, err := d.ask("bob", Answer, api.ReservationRequest{Device: "d1", Accept: &no}); err != nil || d.holder("d1") != "ada" {
		t.Error(err)
	}
	_, _ = d.ask("ada", Hand, offer)
	if r, err := d.ask("bob", Answer, api.ReservationRequest{Device: "d1", Accept: &yes}); err != nil || !r.Granted || r.Epoch != 2 || !r.Until.Equal(until) || len(r.Asks) != 0 {
		t.Errorf("%+v %v", r, err)
	}
	d.wantTold("ada: asked", "bob: offered", "ada: offer_back", "bob: offered", "ada: offer_back", "bob: offered")
	_, err = d.ask("ada", Hand, api.ReservationRequest{Device: "d1", To: "eve"})
	wantCode(t, err, wire.NotYours)
	_, _ = d.ask("ada", Ask, api.ReservationRequest{Device: "d1"})
	if r, err := d.ask("bob", Refuse, api.ReservationRequest{Device: "d1", Who: "ada"}); err != nil || len(r.Asks) != 0 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAnswer_GivesNothingThatIsSomebodyElsesToo(t *testing.T) {
	d := newDesk(t)
	yes := true
	d.must("ada", Reserve, "d1", 0)
	if _, err := d.ask("ada", Hand, api.ReservationRequest{Device: "d1", To: "bob"}); err != nil {
		t.Fatal(err)
	}
	d.must("ada", Reserve, Whole, 0) // while Bob thinks about it
	_, err := d.ask("bob", Answer, api.ReservationRequest{Device: "d1", Accept: &yes})
	wantCode(t, err, wire.Reserved)
	_, err = d.ask("ada", Hand, api.ReservationRequest{Device: "d1", To: "eve"})
	wantCode(t, err, wire.Invalid)
	// With the whole go the devices that its holder has beside it.
	if _, err := d.ask("ada", Hand, api.ReservationRequest{To: "eve"}); err != nil {
		t.Fatal(err)
	}
	if r, err := d.ask("eve", Answer, api.ReservationRequest{Accept: &yes}); err != nil || !r.Granted || len(d.b.Held) != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestCheck_RefusesThePastZeroAYear(t *testing.T) {
	for _, s := range []int{-3600, 0, 59, 86401, 365 * 86400} {
		err := Check(Reserve, api.ReservationRequest{Device: "d1", ForS: &s})
		wantCode(t, err, wire.Invalid)
	}
	for _, device := range []string{"*", ">", "a.b", "../x", strings.Repeat("d", 49)} {
		wantCode(t, Check(Reserve, api.ReservationRequest{Device: device}), wire.Invalid)
	}
	long := 0
	err := Check(Take, api.ReservationRequest{Device: "B!", ForS: &long, Note: "two\nlines", Reason: "  "})
	wantCode(t, err, wire.Invalid)
	if n := strings.Count(err.Error(), ";"); n != 3 {
		t.Errorf("not every mistake is told: %v", err)
	}
	wantCode(t, Check("steal", api.ReservationRequest{}), wire.NotFound)
}

func TestPass_TimeNeverRunsBackwards(t *testing.T) {
	d := newDesk(t)
	d.must("ada", Reserve, "d1", 3600)
	d.now = noon.Add(-time.Hour) // another relay, behind
	if r := d.must("bob", Reserve, "d2", 60); !r.Until.Equal(noon.Add(time.Minute)) {
		t.Errorf("%s", r.Until)
	}
	if d.holder("d1") != "ada" || !d.b.At.Equal(noon) {
		t.Errorf("%+v", d.b)
	}
}

func TestReserve_PlacesAreBounded(t *testing.T) {
	d := newDesk(t)
	for n := range MaxPlaces {
		device := fmt.Sprintf("d%d", n)
		d.must("ada", Reserve, device, 600)
		d.must("ada", Release, device, 0)
	}
	for _, verb := range []Verb{Reserve, Take} {
		_, err := d.ask("ada", verb, api.ReservationRequest{Device: "one-more", Reason: "x"})
		var fault *wire.Fault
		if !errors.As(err, &fault) || fault.Code != wire.TooMany {
			t.Errorf("%s: %v", verb, err)
		}
		d.must("ada", verb, "d1", 600)
		d.must("ada", Release, "d1", 0)
		d.must("ada", verb, Whole, 600) // what the hint says
		d.must("ada", Release, Whole, 0)
	}
}

func TestCheck_NotesAreOneLineThatReadsAsItStands(t *testing.T) {
	for text, ok := range map[string]bool{
		"unit 7 is warm": true, "Größe, 日本, שלום": true, "two\nlines": false, "two\u2028lines": false, "turned \u202e round": false, "\xff": false,
		"a\U000E0041b": false, "be\all": false, "\ufeffa": false,
	} {
		for _, q := range []api.ReservationRequest{{Note: text, Reason: "x"}, {Reason: text}} {
			if err := Check(Take, q); (err == nil) != ok {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}

func TestExtend_IsRefusedWhileSomebodyWaits(t *testing.T) {
	for name, wait := range map[string]string{"for it": "d1", "for the whole bench": Whole} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.must("ada", Reserve, "d1", 1200)
			d.wait(60)
			d.must("ada", Extend, "d1", 1800) // nobody waits
			until := d.b.Held["d1"].Until
			d.must("ada", Reserve, Whole, 0)
			d.must("ada", Release, Whole, 0)
			d.must("bob", Reserve, wait, 0)
			if p := d.b.Place("d1"); p.Next == nil || p.Next.ID != "bob" {
				t.Errorf("the place does not say who is next: %+v", p)
			}
			long := 7200
			_, err := d.ask("ada", Extend, api.ReservationRequest{Device: "d1", ForS: &long})
			wantCode(t, err, wire.Reserved)
			if err == nil || !strings.Contains(err.Error(), "Bob waits for") || !strings.Contains(err.Error(), "12:31:00") {
				t.Errorf("it does not say who waits, and until when it is hers: %v", err)
			}
			d.wait(5)
			d.must("ada", Extend, "d1", 1800) // the answer to the first was lost
			if !d.b.Held["d1"].Until.Equal(until) {
				t.Errorf("extended to %s", d.b.Held["d1"].Until)
			}
			d.wait(1200)
			if told := d.b.Outbox.Notices; len(told) == 0 || told[0].Notice.Who == nil || told[0].Notice.Who.ID != "bob" {
				t.Errorf("the warning does not say who waits: %+v", told)
			}
			d.wait(600)
			if d.holder("d1") != "bob" {
				t.Errorf("it did not pass on: %+v", d.b.View())
			}
			d.must("bob", Extend, wait, 7200) // nobody waits for it now
		})
	}
}

func TestExtend_IsHersAgainWhenTheQueueHasGone(t *testing.T) {
	d := newDesk(t)
	d.must("ada", Reserve, Whole, 600)
	d.must("bob", Reserve, "d2", 0)
	d.must("bob", Release, "d2", 0)
	d.must("ada", Extend, "d1", 3600) // what she holds with the whole
	if p := d.b.Place(Whole); !p.Until.Equal(d.now.Add(time.Hour)) || p.Next != nil {
		t.Errorf("%+v", p)
	}
	d.must("eve", Take, Whole, 600)
	d.must("eve", Release, Whole, 0)
	d.must("ada", Reserve, "d1", 600)
	d.must("bob", Reserve, "d2", 600)
	d.must("ada", Reserve, Whole, 600) // waits for Bob's, and is in nobody's way with her own
	d.must("ada", Extend, "d1", 1200)
	long := 3600
	_, err := d.ask("bob", Extend, api.ReservationRequest{Device: "d2", ForS: &long})
	wantCode(t, err, wire.Reserved)
}

// Nor by taking over what one holds a part of: it is oneself that one takes it from.
func TestTake_OfTheWholeKeepsNobodyWaiting(t *testing.T) {
	d := newDesk(t)
	d.must("pia", Reserve, "d1", 60)
	d.must("ida", Reserve, "d1", 600)
	if _, err := d.ask("pia", Take, api.ReservationRequest{Reason: "x"}); err == nil {
		t.Errorf("Pia keeps d1 until %s, though Ida waits for it", d.b.Held[Whole].Until)
	}
}
