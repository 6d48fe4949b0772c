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
	pia := acting(t, one, "Pia")
	thief := signIn(t, two, "Mallory")
	rename := func() error { _, err := two.Rename(t.Context(), thief.Session.ID, "PIA"); return err }
	for range 3 { // the token alone keeps the name while it is in use
		want(t, rename(), wire.NameTaken)
		clock.pass(6 * 24 * time.Hour)
		thief = in2(t, two, thief)
		if again := acting(t, one, "pia"); again != pia {
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

// acting is somebody who does something with the token alone.
func acting(t *testing.T, d *desk, name string) api.User {
	t.Helper()
	who, err := d.Acting(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// stored is how many records the bucket holds.
func stored(t *testing.T, d *desk) int {
	t.Helper()
	n, err := d.stored(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPeople_NewNameAlwaysGetsIn(t *testing.T) {
	var clock later
	bound := func(cfg *people.Config) { cfg.Max = 60 }
	l := coretest.New(t)
	one, two := newDesk(t, l, clock.set, bound), newDesk(t, l, clock.set, bound)
	ada := signIn(t, one, "Ada") // signed in: is never forgotten
	pia := acting(t, one, "Pia")
	for i := range 40 {
		acting(t, one, fmt.Sprint("old ", i))
	}
	clock.pass(2 * 24 * time.Hour)
	if got := acting(t, two, "Pia"); got != pia { // in use
		t.Fatalf("Pia is %+v", got)
	}
	for i := range 40 {
		acting(t, []*desk{one, two}[i%2], fmt.Sprint("new ", i))
	}
	if got, err := two.Session(t.Context(), ada.Session.ID); err != nil || got.User != ada.User {
		t.Errorf("who is signed in is %+v, %v", got, err)
	}
	if _, known := two.User(pia.ID); !known {
		t.Error("who was here of late is forgotten")
	}
	if n := stored(t, one); n > 60 {
		t.Errorf("%d people are kept, at most 60 were to be", n)
	}
}

// However many names only read, nothing is kept of them and nobody is pushed out.
func TestPeople_ReadingKeepsNobody(t *testing.T) {
	l := coretest.New(t)
	one := newDesk(t, l, func(cfg *people.Config) { cfg.Max = 10 })
	pia := acting(t, one, "Pia")
	before := stored(t, one)
	for i := range 2000 {
		named(t, one, fmt.Sprint("reader ", i))
	}
	if n := stored(t, one); n != before {
		t.Errorf("2000 names that only read left %d records", n-before)
	}
	if who, known := one.User(pia.ID); !known || who != pia {
		t.Errorf("Pia is %+v", who)
	}
	// Who comes to stay is kept while there is room, and pushes nobody out.
	for i := range 50 {
		if _, err := one.Arriving(t.Context(), fmt.Sprint("visitor ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, known := one.User(pia.ID); !known || stored(t, one) != 10 {
		t.Errorf("50 who came to stay left %d records, Pia known %t", stored(t, one), known)
	}
	// Whoever acts later is who they were told to be.
	ida := named(t, one, "Ida")
	if got := acting(t, one, "ida"); got.ID != ida.ID {
		t.Errorf("acts as %+v, was told %+v", got, ida)
	}
}

func TestPeople_WhoIsNeededIsNeverForgotten(t *testing.T) {
	l := coretest.New(t)
	needed, known := map[string]bool{}, true
	cfg := func(cfg *people.Config) {
		cfg.Max = 5
		cfg.Needed = func() (map[string]bool, bool) { return needed, known }
	}
	one := newDesk(t, l, cfg)
	var kept []api.User
	for i := range 5 {
		who := acting(t, one, fmt.Sprint("known ", i))
		needed[who.ID] = true
		kept = append(kept, who)
	}
	for i := range 50 {
		_, err := one.Acting(t.Context(), fmt.Sprint("new ", i))
		want(t, err, wire.Full)
		_, err = one.SignIn(t.Context(), fmt.Sprint("new ", i))
		want(t, err, wire.Full)
	}
	for _, who := range kept {
		if got := acting(t, one, who.Name); got != who {
			t.Errorf("%+v is %+v now", who, got)
		}
	}
	// While it is not known who is, nobody goes either.
	clear(needed)
	known = false
	_, err := one.Acting(t.Context(), "new")
	want(t, err, wire.Unavailable)
	known = true
	acting(t, one, "new")
}

// A name that somebody goes by now is not taken over, though nothing was kept of
// them, or that was long ago.
func TestPeople_RenameToSomebodyWhoIsHere(t *testing.T) {
	var clock later
	l := coretest.New(t)
	needed, known := map[string]bool{}, true
	one := newDesk(t, l, clock.set, func(cfg *people.Config) {
		cfg.Needed = func() (map[string]bool, bool) { return needed, known }
	})
	pia, ida := acting(t, one, "Pia"), named(t, one, "Ida")
	needed[pia.ID], needed[ida.ID] = true, true
	clock.pass(30 * 24 * time.Hour)
	thief := signIn(t, one, "Mallory")
	for _, name := range []string{"Pia", "Ida"} {
		_, err := one.Rename(t.Context(), thief.Session.ID, name)
		want(t, err, wire.NameTaken)
	}
	delete(needed, pia.ID)
	known = false // it cannot be known whether Pia is here
	_, err := one.Rename(t.Context(), thief.Session.ID, "Pia")
	want(t, err, wire.Unavailable)
	known = true
	if _, err := one.Rename(t.Context(), thief.Session.ID, "Pia"); err != nil {
		t.Errorf("a name that nobody uses is not free: %v", err)
	}
}

// Whoever was forgotten is the same person when they come back; a name whose
// person goes by another one now is somebody else's.
func TestPeople_WhoComesBackIsWhoTheyWere(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l, func(cfg *people.Config) { cfg.Max = 3 }), newDesk(t, l)
	pia := acting(t, one, "Pia")
	for i := range 6 {
		acting(t, one, fmt.Sprint("new ", i))
	}
	if _, known := one.User(pia.ID); known {
		t.Fatal("Pia was to be forgotten")
	}
	if got := named(t, two, "PIA"); got.ID != pia.ID {
		t.Errorf("Pia is %+v, was %+v", got, pia)
	}
	s := signIn(t, one, "Pia")
	if s.User.ID != pia.ID {
		t.Errorf("signed in as %+v, was %+v", s.User, pia)
	}
	if _, err := one.Rename(t.Context(), s.Session.ID, "Grace"); err != nil {
		t.Fatal(err)
	}
	if got := acting(t, two, "Pia"); got.ID == pia.ID {
		t.Errorf("the name's next bearer has the id of who went to another name: %+v", got)
	}
}

func TestPeople_FloodOfNewNames(t *testing.T) {
	l := coretest.New(t)
	one := newDesk(t, l, func(cfg *people.Config) { // a clock that stands
		at := time.Now()
		cfg.Wall = func() time.Time { return at }
	})
	pia := acting(t, one, "Pia")
	before := stored(t, one)
	for i := range 749 {
		acting(t, one, fmt.Sprint("new ", i))
	}
	_, err := one.Acting(t.Context(), "one more")
	want(t, err, wire.TooMany)
	for i := range 250 { // who signs in has a part of their own
		signIn(t, one, fmt.Sprint("signs in ", i))
	}
	_, err = one.SignIn(t.Context(), "one more")
	want(t, err, wire.TooMany)
	if got := acting(t, one, "Pia"); got != pia { // who is known waits for nobody
		t.Errorf("Pia is %+v", got)
	}
	if n := stored(t, one) - before; n != 999 {
		t.Errorf("%d new people were kept, expected 999", n)
	}
}

// The tester and guests have a record a session: as many as people, then the
// oldest is signed out.
func TestPeople_SessionsWithoutANameAreBounded(t *testing.T) {
	l := coretest.New(t)
	one := newDesk(t, l, func(cfg *people.Config) { cfg.Max = 40 })
	ada, first := signIn(t, one, "Ada"), signIn(t, one, "")
	for range 100 {
		signIn(t, one, "")
	}
	if n := stored(t, one); n > 42 {
		t.Errorf("%d records are kept, at most 42 were to be", n)
	}
	if _, err := one.Session(t.Context(), first.Session.ID); err == nil {
		t.Error("the oldest session without a name is not signed out")
	}
	if _, err := one.Session(t.Context(), ada.Session.ID); err != nil {
		t.Error(err)
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
