package presence

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
)

var began = time.Unix(1795246488, 0)

func tab(conn, person string, rooms ...string) Tab {
	t := Tab{Conn: conn, Person: person, Name: "name of " + person, Rooms: map[string]int64{}}
	for i, room := range rooms {
		t.Rooms[room] = int64(1000 + i)
	}
	return t
}

// room is what a member of a room knows from what it is told alone.
type room map[string]api.Person

func (r room) told(list []Change, name string) {
	for _, c := range list {
		switch {
		case c.Room != name:
		case c.Left:
			delete(r, c.Who.ID)
		default:
			r[c.Who.ID] = c.Who
		}
	}
}

func (r room) agrees(t *testing.T, b *Book, name string) {
	t.Helper()
	want := room{}
	for _, p := range b.In(name) {
		want[p.ID] = p
	}
	if !reflect.DeepEqual(r, want) {
		t.Fatalf("room %s was told of\n%+v, and there are\n%+v", name, r, want)
	}
}

// ring are relays whose messages may be lost.
type ring struct {
	books []*Book
	now   time.Time
	loses func() bool
}

func newRing(n int) *ring {
	r := &ring{now: began, loses: func() bool { return false }}
	for i := range n {
		r.books = append(r.books, New(fmt.Sprintf("r%d", i)))
	}
	return r
}

func (r *ring) send(from *Book, list ...Message) {
	for _, m := range list {
		text, _ := json.Marshal(m)
		for _, b := range r.books {
			if b == from || r.loses() {
				continue
			}
			var got Message
			_ = json.Unmarshal(text, &got)
			if ask := b.Take(got, r.now); ask != nil {
				r.send(b, *ask)
			}
		}
	}
}

func (r *ring) beat(d time.Duration) {
	r.now = r.now.Add(d)
	for _, b := range r.books {
		r.send(b, b.Out()...)
		r.send(b, b.Beat())
	}
	for _, b := range r.books {
		r.send(b, b.Out()...) // what was asked for
		b.Tick(r.now)
	}
}

func TestBook_OnePersonWithTabsOnTwoRelaysIsOne(t *testing.T) {
	r := newRing(2)
	one, two := r.books[0], r.books[1]
	one.Set(tab("c1", "ada", Lab))
	phone := tab("c2", "ada", Lab)
	phone.Look = &Look{Bench: "b1", Device: "d1", Since: 500}
	two.Set(phone)
	r.beat(time.Second)
	for _, b := range r.books {
		in := b.In(Lab)
		if len(in) != 1 || in[0].Tabs != 2 || in[0].Since.UnixMilli() != 500 || len(in[0].At) != 1 || in[0].At[0].Device != "d1" {
			t.Errorf("%+v", in)
		}
		if at := b.In("bench:b1"); len(at) != 1 || at[0].Tabs != 1 {
			t.Errorf("at the bench: %+v", at)
		}
		b.Changes()
	}
	two.Gone("c2")
	r.beat(time.Second)
	for _, c := range one.Changes() {
		if left := c.Room == "bench:b1"; c.Left != left {
			t.Errorf("%+v", c)
		}
	}
	one.Gone("c1")
	r.beat(time.Second)
	if list := two.Changes(); len(list) != 2 || !list[0].Left || len(two.In(Lab)) != 0 {
		t.Errorf("%+v", list)
	}
}

func TestBook_SubscribersOfABenchAreThereAlsoWhereTheySayNothing(t *testing.T) {
	b := New("r")
	b.Set(tab("c1", "ada", "bench:b1", "bench:b2"))
	in := b.In("bench:b2")
	if len(in) != 1 || len(in[0].At) != 1 || in[0].At[0].Bench != "b2" || len(b.In(Lab)) != 0 {
		t.Errorf("%+v, lab %+v", in, b.In(Lab))
	}
}

func TestBook_WhoCameAndLeftInBetweenIsNotTold(t *testing.T) {
	b := New("r")
	b.Set(tab("c1", "ada", Lab))
	b.Changes()
	b.Set(tab("c2", "grace", Lab))
	b.Set(tab("c3", "ada", Lab))
	b.Gone("c2")
	b.Gone("c3")
	if list := b.Changes(); len(list) != 0 {
		t.Errorf("told %+v", list)
	}
}

func TestBook_RenameIsSeenInEveryRoom(t *testing.T) {
	r := newRing(2)
	one, two := r.books[0], r.books[1]
	one.Set(tab("c1", "ada", Lab))
	one.Set(tab("c2", "ada", "bench:b1"))
	r.beat(time.Second)
	two.Changes()
	one.Rename("ada", "Ada")
	r.beat(time.Second)
	if list := two.Changes(); len(list) != 2 || list[0].Who.Name != "Ada" || list[1].Who.Name != "Ada" {
		t.Errorf("%+v", list)
	}
}

func TestBook_SilentRelayLosesItsPeopleAndARestedOneDoesNot(t *testing.T) {
	r := newRing(2)
	one, two := r.books[0], r.books[1]
	one.Set(tab("c1", "ada", Lab))
	two.Set(tab("c2", "grace", Lab))
	r.beat(time.Second)
	if two.Tick(r.now.Add(DeadAfter)); len(two.In(Lab)) != 2 {
		t.Error("gone too soon")
	}
	two.Grace(r.now.Add(time.Hour)) // it was away itself
	if two.Tick(r.now.Add(time.Hour + DeadAfter)); len(two.In(Lab)) != 2 {
		t.Error("gone though nobody was silent")
	}
	if lost := two.Tick(r.now.Add(time.Hour + DeadAfter + 1)); len(lost) != 1 || len(two.In(Lab)) != 1 {
		t.Errorf("lost %v, there are %+v", lost, two.In(Lab))
	}
	r.beat(time.Second) // it was not dead after all
	if len(two.In(Lab)) != 2 {
		t.Error("a relay that speaks again has no people")
	}
	r.send(one, one.Bye())
	if len(two.In(Lab)) != 1 {
		t.Error("a goodbye leaves people behind")
	}
}

// Whatever is lost between relays, once messages pass again all of them agree,
// and a room that follows what it is told agrees with who asks.
func TestBook_RelaysAgreeWhateverIsLost(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		r := newRing(3)
		r.loses = func() bool { return random.IntN(4) == 0 }
		follow := make([]room, 3)
		for i := range follow {
			follow[i] = room{}
		}
		rooms := []string{Lab, "bench:b1", "bench:b2"}
		for range 120 {
			i := random.IntN(3)
			b := r.books[i]
			conn := fmt.Sprintf("c%d-%d", i, random.IntN(4))
			switch random.IntN(8) {
			case 0:
				b.Gone(conn)
			case 1:
				b.Rename(fmt.Sprintf("p%d", random.IntN(3)), fmt.Sprintf("name %d", random.IntN(4)))
			case 2:
				r.beat(3 * time.Second)
			case 3: // a relay is killed and started anew
				if random.IntN(10) == 0 {
					r.books[i] = New(fmt.Sprintf("r%d-%d", i, random.IntN(1e9)))
					follow[i] = room{}
					r.send(r.books[i], r.books[i].Ask(r.now))
				}
			default:
				u := tab(conn, fmt.Sprintf("p%d", random.IntN(3)), rooms[:random.IntN(4)]...)
				if random.IntN(2) == 0 {
					u.Look = &Look{Bench: fmt.Sprintf("b%d", random.IntN(3)), Since: int64(random.IntN(9))}
				}
				b.Set(u)
			}
			r.send(r.books[i], r.books[i].Out()...)
			for j, b := range r.books {
				follow[j].told(b.Changes(), "bench:b1")
				follow[j].agrees(t, b, "bench:b1")
			}
		}
		r.loses = func() bool { return false }
		for _, b := range r.books { // one name a person, as the people's book has it
			for p := range 3 {
				b.Rename(fmt.Sprintf("p%d", p), fmt.Sprintf("name of p%d", p))
			}
		}
		for range 5 {
			r.beat(2 * time.Second)
		}
		for _, b := range r.books[1:] {
			for _, name := range rooms {
				if want, got := r.books[0].In(name), b.In(name); !reflect.DeepEqual(want, got) {
					t.Fatalf("seed %d, %s:\n%+v\n%+v", seed, name, want, got)
				}
			}
		}
	}
}

func TestBook_WholeOfManyComesInPartsAndBeatsAreSmall(t *testing.T) {
	r := newRing(2)
	one, two := r.books[0], r.books[1]
	for i := range 3000 {
		one.Set(tab(fmt.Sprintf("c%d", i), fmt.Sprintf("p%d", i), Lab))
	}
	_ = one.Out() // nobody heard it
	r.beat(time.Second)
	if n := len(two.In(Lab)); n != 3000 {
		t.Fatalf("%d people came over", n)
	}
	text, _ := json.Marshal(one.Beat())
	if len(text) > 100 {
		t.Errorf("a beat has %d bytes", len(text))
	}
	for _, m := range one.whole() {
		if text, _ := json.Marshal(m); len(text) > 512<<10 {
			t.Errorf("a message has %d bytes", len(text))
		}
	}
	// A part that is lost is asked for again.
	three := New("r3")
	r.books = append(r.books, three)
	lost := 0
	r.loses = func() bool { lost++; return lost == 3 }
	r.send(three, three.Ask(r.now))
	r.beat(time.Second)
	r.beat(time.Second)
	r.beat(time.Second)
	if n := len(three.In(Lab)); n != 3000 {
		t.Errorf("the newcomer knows %d people", n)
	}
}

// BenchmarkBook_Change is a person who comes or leaves beside so many others:
// at the relay where it happens, over the wire, at another.
func BenchmarkBook_Change(b *testing.B) {
	for _, others := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprintf("beside-%d", others), func(b *testing.B) {
			one, two := New("r1"), New("r2")
			carry := func() (n int) {
				for _, m := range one.Out() {
					text, _ := json.Marshal(m)
					var got Message
					_ = json.Unmarshal(text, &got)
					two.Take(got, began)
					n += len(text)
				}
				one.Changes()
				two.Changes()
				return n
			}
			for i := range others {
				one.Set(tab(fmt.Sprintf("c%d", i), fmt.Sprintf("p%d", i), Lab))
				carry()
			}
			bytes := 0
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%2 == 0 {
					one.Set(tab("c", "p", Lab))
				} else {
					one.Gone("c")
				}
				bytes += carry()
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/op")
		})
	}
}

func TestBook_ManyTabsOfOneNameAreNotToldOneByOne(t *testing.T) {
	b := New("r")
	b.Set(tab("seer", "ada", Lab))
	b.Changes()
	told := 0
	for i := range 20000 {
		b.Set(tab(fmt.Sprintf("c%d", i), "tester", Lab))
		told += len(b.Changes())
	}
	if told != manyTabs {
		t.Errorf("told %d times", told)
	}
	for i := range 20000 {
		b.Gone(fmt.Sprintf("c%d", i))
		told += len(b.Changes())
	}
	if told > 2*manyTabs+1 || len(b.In(Lab)) != 1 || len(b.rooms[Lab]) != 1 {
		t.Errorf("told %d times, there are %+v", told, b.In(Lab))
	}
}
