package benches

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// story plays events on a book at moments counted from its beginning. The wall
// clock runs backwards: no decision may use it.
type story struct {
	t     *testing.T
	book  *book
	began time.Time
}

func (s *story) at(d time.Duration) (at, wall time.Time) { return s.began.Add(d), s.began.Add(-d) }

func (s *story) beat(life string, d time.Duration) bool {
	at, wall := s.at(d)
	return s.book.sign("b1", wire.Alive{Life: life, ClockMS: d.Milliseconds(), Host: "pc-" + life, PID: 7}, at, wall)
}

func (s *story) tick(d time.Duration) []string { at, wall := s.at(d); return s.book.tick(at, wall) }

func (s *story) want(state api.BenchState, reason string) {
	s.t.Helper()
	b, _ := s.book.get("b1")
	if b.State != state || !strings.Contains(b.Reason, reason) || reason == "" && b.Reason != "" {
		s.t.Errorf("%s: %q, expected %s: %q", b.State, b.Reason, state, reason)
	}
}

func tell(t *testing.T) *story { return &story{t: t, book: newBook(), began: time.Now()} }

func TestBook_MissedBeats(t *testing.T) {
	s := tell(t)
	if !s.beat("a", 0) || s.beat("a", 3*time.Second) {
		t.Error("the first beat is news, the second is none")
	}
	if s.tick(11*time.Second) != nil {
		t.Error("offline before three beats were missed")
	}
	if got := s.tick(12*time.Second + 1); len(got) != 1 {
		t.Error("still online after three missed beats")
	}
	s.want(api.Offline, "no beat from the agent for 9 s")
	if _, ok := s.book.clock("b1", s.began); ok {
		t.Error("a clock of a bench that is offline")
	}
	s.beat("a", 20*time.Second)
	s.want(api.Online, "")
}

func TestBook_GraceAfterTheRelayWasAway(t *testing.T) {
	s := tell(t)
	s.beat("a", 0)
	at, _ := s.at(time.Hour)
	s.book.grace(at)
	if s.tick(time.Hour+4*time.Second) != nil {
		t.Error("no grace")
	}
	if s.tick(time.Hour+6*time.Second) == nil {
		t.Error("grace without end")
	}
}

func TestBook_Goodbye(t *testing.T) {
	s := tell(t)
	s.beat("a", 0)
	s.beat("b", time.Second)
	if s.book.bye("b1", wire.Bye{Life: "a"}, s.began) {
		t.Error("an earlier life's goodbye was taken")
	}
	s.book.bye("b1", wire.Bye{Life: "b", Reason: "update"}, s.began)
	s.want(api.Offline, "the agent was stopped (update) since")
	if s.book.away("b1", "its connection closed", s.began) {
		t.Error("the reason changed while it is away")
	}
}

func TestBook_TwoAgents(t *testing.T) {
	s := tell(t)
	s.beat("a", 0)
	s.beat("b", time.Second) // started anew, for all one knows
	s.want(api.Online, "")
	s.beat("a", 2*time.Second)
	s.want(api.Online, "pc-b (pid 7) and on pc-a (pid 7)")
	for d := 3 * time.Second; d < 33*time.Second; d += 3 * time.Second {
		s.beat("a", d) // b has stopped
	}
	if at, _ := s.at(31 * time.Second); !s.book.clashes("b1", at) {
		t.Error("forgotten too early")
	}
	if s.tick(33*time.Second) == nil {
		t.Error("its end is no news")
	}
	s.want(api.Online, "")
}

func TestBook_Clock(t *testing.T) {
	s := tell(t)
	s.beat("a", 10*time.Second)
	at, _ := s.at(14 * time.Second)
	if c, ok := s.book.clock("b1", at); !ok || c.Life != "a" || c.MS != 14000 || c.Age != 4*time.Second {
		t.Errorf("%+v", c)
	}
}

func TestBook_Inventory(t *testing.T) {
	k := newBook()
	state := func(life string, rev int64, name string) wire.State {
		return wire.State{Bench: "other", Life: life, Rev: rev, Name: name}
	}
	k.inventory("b1", state("a", 5, "five"), true)
	k.inventory("b1", state("a", 4, "four"), true)
	if b, _ := k.get("b1"); b.Name != "five" || b.ID != "b1" {
		t.Errorf("%+v", b)
	}
	k.sign("b1", wire.Alive{Life: "b"}, time.Now(), time.Now())
	k.inventory("b1", state("b", 1, "reborn"), true)
	k.inventory("b1", state("a", 9, "stored"), false)
	if b, _ := k.get("b1"); b.Name != "reborn" {
		t.Errorf("a stored inventory of an earlier life replaced it: %+v", b)
	}
}
