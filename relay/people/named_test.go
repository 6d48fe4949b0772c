package people_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/people"
)

func named(t *testing.T, d *desk, name string) api.User {
	t.Helper()
	who, err := d.Named(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// later is a clock that a test moves on.
type later struct{ by atomic.Int64 }

func (l *later) set(cfg *people.Config) {
	cfg.Wall = func() time.Time { return time.Now().Add(time.Duration(l.by.Load())) }
}
func (l *later) pass(d time.Duration) { l.by.Add(int64(d)) }

func TestPeople_RenameTakesNobodyOver(t *testing.T) {
	var clock later
	l := coretest.New(t)
	one, two := newDesk(t, l, clock.set), newDesk(t, l, clock.set)
	pia := named(t, one, "Pia")
	thief := signIn(t, two, "Mallory")
	rename := func() error { _, err := two.Rename(t.Context(), thief.Session.ID, "PIA"); return err }
	for range 3 { // the token alone keeps the name while it is in use
		want(t, rename(), wire.NameTaken)
		clock.pass(6 * 24 * time.Hour)
		thief = in2(t, two, thief)
		if again := named(t, one, "pia"); again != pia {
			t.Fatalf("Pia is %+v now, was %+v", again, pia)
		}
	}
	want(t, rename(), wire.NameTaken)
	// Who signs in under the name is that same person.
	s := signIn(t, two, "Pia")
	if s.User.ID != pia.ID {
		t.Errorf("signed in as %+v, was %+v", s.User, pia)
	}
	if _, err := one.Session(t.Context(), s.Session.ID); err != nil {
		t.Fatal(err)
	}
	if err := one.SignOut(t.Context(), s.Session.ID); err != nil {
		t.Fatal(err)
	}
	want(t, rename(), wire.NameTaken)
	// Somebody who has not been here for long keeps no name.
	clock.pass(9 * 24 * time.Hour)
	thief = in2(t, two, thief)
	if err := rename(); err != nil {
		t.Errorf("a name that nobody uses is not free: %v", err)
	}
	coretest.Eventually(t, "connections of who had the name are told", func() bool { return one.isTaken(pia.ID) })
}

// in2 signs somebody in anew whose session may be over.
func in2(t *testing.T, d *desk, s people.Signed) people.Signed {
	t.Helper()
	again, err := d.SignInAs(t.Context(), s.User.ID)
	return in(t, again, err)
}

func TestPeople_NewNameAlwaysGetsIn(t *testing.T) {
	var clock later
	bound := func(cfg *people.Config) { cfg.Max = 60 }
	l := coretest.New(t)
	one, two := newDesk(t, l, clock.set, bound), newDesk(t, l, clock.set, bound)
	ada := signIn(t, one, "Ada") // signed in: is never forgotten
	stale := named(t, one, "Stale")
	pia := named(t, one, "Pia")
	for i := range 40 {
		named(t, one, fmt.Sprint("old ", i))
	}
	clock.pass(2 * 24 * time.Hour)
	if got := named(t, two, "Pia"); got != pia { // in use
		t.Fatalf("Pia is %+v", got)
	}
	for i := range 40 {
		named(t, []*desk{one, two}[i%2], fmt.Sprint("new ", i))
	}
	if got, err := two.Session(t.Context(), ada.Session.ID); err != nil || got.User != ada.User {
		t.Errorf("who is signed in is %+v, %v", got, err)
	}
	if got := named(t, two, "Pia"); got != pia {
		t.Errorf("who was here of late is %+v, was %+v", got, pia)
	}
	if got := named(t, one, "Stale"); got.ID == stale.ID {
		t.Error("who was here longest ago is still known")
	}
}

func TestPeople_SignInEndsWhatTheTokenAloneDoesUnderTheName(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l), newDesk(t, l)
	pia := named(t, one, "Pia")
	if one.isTaken(pia.ID) || one.Living(pia.ID) {
		t.Error("nobody has signed in yet")
	}
	signIn(t, two, "Pia")
	for _, d := range []*desk{one, two} {
		coretest.Eventually(t, "both relays are told", func() bool { return d.isTaken(pia.ID) && d.Living(pia.ID) })
	}
}
