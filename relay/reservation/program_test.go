package reservation

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
)

func TestBook_AnyProgramKeepsItsPromises(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		program := make([]byte, 240)
		for i := range program {
			program[i] = byte(r.Uint32())
		}
		play(t, program)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzBook(f *testing.F) {
	f.Add([]byte("Ada holds d1, Bob waits for it"))
	f.Fuzz(play)
}

// play lets four people do what the program says, three bytes a step, and looks
// at every promise after each.
func play(t *testing.T, program []byte) {
	people := []string{"ada", "bob", "eve", "joe"}
	devices := []string{Whole, "d1", "d2", "d3"}
	d := newDesk(t)
	var records []api.ReservationRecord
	open := map[string]api.ReservationRecord{}
	epochs := map[string]uint64{}
	for ; len(program) >= 3; program = program[3:] {
		who, verb, device := people[program[0]&3], Verbs[program[0]>>2%8], devices[program[1]&3]
		s, yes := 60+int(program[1]>>2)*30, program[1]&4 == 0
		q := api.ReservationRequest{Device: device, ForS: &s, Reason: "r", To: people[program[1]>>4&3], Who: people[program[1]>>4&3], Accept: &yes}
		d.now = d.now.Add(time.Duration(program[2]) * time.Duration(program[2]) * time.Millisecond * 5)
		before := encode(t, d.b)
		c := d.b.Clone()
		_, err := c.Do(d.now, person(who), verb, q, person(q.To))
		if encode(t, d.b) != before {
			t.Fatalf("%s %s %q changed the book that was cloned", who, verb, device)
		}
		if err != nil {
			c = d.b.Clone()
			c.Pass(d.now)
		} else if again := c.Clone(); true {
			if _, err := again.Do(d.now, person(who), verb, q, person(q.To)); err != nil || encode(t, again) != encode(t, c) {
				t.Fatalf("%s %s %q a second time: %v\n%s\n%s", who, verb, device, err, encode(t, c), encode(t, again))
			}
		}
		for place, h := range c.Held {
			was := d.b.Held[place]
			if waits := d.b.next(place); was != nil && waits != nil && c.Epochs[place] == d.b.Epochs[place] && h.Until.After(was.Until) {
				t.Fatalf("%q was extended while %+v waits", place, *waits)
			}
		}
		d.b = c
		for _, r := range d.b.Outbox.Records {
			if n := uint64(len(records)) + 1; r.N != n {
				t.Fatalf("record %d comes as %d", n, r.N)
			}
			switch held, is := open[r.Device]; {
			case r.Kind == api.RecordGrant && (is || r.Epoch != epochs[r.Device]+1):
				t.Fatalf("granted over %+v at epoch %d: %+v", held, epochs[r.Device], r)
			case r.Kind == api.RecordGrant:
				for place, other := range open {
					if touch(place, r.Device) && other.Who.ID != r.Who.ID {
						t.Fatalf("granted %+v while %+v", r, other)
					}
				}
				open[r.Device], epochs[r.Device] = r, r.Epoch
				for _, w := range d.b.Queue {
					if r.Ticket > w.Ticket && touch(r.Device, w.Device) && w.Who.ID != r.Who.ID {
						t.Fatalf("%+v was served before %+v", r, w)
					}
				}
			default:
				if !is || held.Epoch != r.Epoch || held.Who != r.Who {
					t.Fatalf("ended what was not granted: %+v, %+v", r, held)
				}
				delete(open, r.Device)
			}
			records = append(records, r)
		}
		d.b.PassedOn(d.b.Records, d.b.Told)
		lookAt(t, d.b, open)
	}
	// Whoever waits is served in the end, though everybody holds to their last
	// moment.
	for range MaxQueue + 1 {
		d.wait(86400)
	}
	if len(d.b.Queue) != 0 || len(d.b.Held) != 0 {
		t.Fatalf("somebody starved: %s", encode(t, d.b))
	}
}

func lookAt(t *testing.T, b *Book, open map[string]api.ReservationRecord) {
	t.Helper()
	if len(open) != len(b.Held) {
		t.Fatalf("records and holders differ: %v, %s", open, encode(t, b))
	}
	for place, h := range b.Held {
		if !h.Until.After(b.At) || h.Until.Sub(b.At) > MaxFor {
			t.Fatalf("%q until %s at %s", place, h.Until, b.At)
		}
		for other, o := range b.Held {
			if touch(place, other) && o.Who.ID != h.Who.ID {
				t.Fatalf("%s holds %q and %s %q", h.Who.ID, place, o.Who.ID, other)
			}
		}
	}
	for i, w := range b.Queue {
		if i > 0 && b.Queue[i-1].Ticket >= w.Ticket {
			t.Fatalf("the queue is out of order: %s", encode(t, b))
		}
		if b.free(w.Device, w.Who.ID, b.Queue[:i]) {
			t.Fatalf("%+v waits for nothing: %s", w, encode(t, b))
		}
	}
	read, err := Read(b.Bench, []byte(encode(t, b)))
	if err != nil || encode(t, read) != encode(t, b) {
		t.Fatalf("stored and read it is another: %v", err)
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
