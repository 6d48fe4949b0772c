package people_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/people"
)

// desk is one relay's people, with what they told.
type desk struct {
	*people.People
	bridge  *bridge.Bridge
	mu      sync.Mutex
	ended   map[string]bool
	renamed []api.User
	taken   map[string]bool
	moved   map[string]api.User
}

func (d *desk) isTaken(person string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.taken[person]
}

func (d *desk) hasMoved(session string) api.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.moved[session]
}

func (d *desk) hasEnded(session string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ended[session]
}

func (d *desk) stored(ctx context.Context) (int, error) {
	keys, err := d.bridge.People().ListKeys(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for range keys.Keys() {
		n++
	}
	return n, nil
}

func newDesk(t *testing.T, l *coretest.Lab, with ...func(*people.Config)) *desk {
	t.Helper()
	d := &desk{ended: map[string]bool{}, taken: map[string]bool{}, moved: map[string]api.User{}}
	b := bridge.New(bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub")})
	cfg := people.Config{Bridge: b, Logger: coretest.Logger(t)}
	for _, set := range with {
		set(&cfg)
	}
	d.People, d.bridge = people.New(cfg), b
	d.Watch(people.Told{
		Ended:   func(id string) { d.mu.Lock(); d.ended[id] = true; d.mu.Unlock() },
		Renamed: func(u api.User) { d.mu.Lock(); d.renamed = append(d.renamed, u); d.mu.Unlock() },
		Moved:   func(id string, u api.User) { d.mu.Lock(); d.moved[id] = u; d.mu.Unlock() },
		Taken:   func(u api.User) { d.mu.Lock(); d.taken[u.ID] = true; d.mu.Unlock() },
	})
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() { _ = b.Run(ctx) })
	wait.Go(func() { _ = d.Run(ctx) })
	t.Cleanup(func() { cancel(); wait.Wait() })
	coretest.Eventually(t, "the people are read", d.Loaded)
	return d
}

func code(err error) wire.Code {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

func want(t *testing.T, err error, is wire.Code) {
	t.Helper()
	if code(err) != is {
		t.Errorf("the error is %q (%v), expected %q", code(err), err, is)
	}
}

func in(t *testing.T, s people.Signed, err error) people.Signed {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signIn(t *testing.T, d *desk, name string) people.Signed {
	t.Helper()
	s, err := d.SignIn(t.Context(), name)
	return in(t, s, err)
}

func TestPeople_SessionHoldsOnEveryRelayAtOnce(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l), newDesk(t, l)
	for range 20 {
		s := signIn(t, one, "")
		got, err := two.Session(t.Context(), s.Session.ID)
		if err != nil || got.User != people.Tester {
			t.Fatalf("the other relay says %+v, %v", got, err)
		}
	}
	ada := signIn(t, one, " Ada  Lovelace ")
	if ada.User.Name != "Ada Lovelace" || !wire.ValidID(ada.User.ID) || ada.Choose {
		t.Errorf("signed in as %+v", ada)
	}
	if got, err := two.Session(t.Context(), ada.Session.ID); err != nil || got.User != ada.User {
		t.Errorf("the other relay says %+v, %v", got, err)
	}
}

// However it is spelled, nobody of their own is called tester.
func TestPeople_TesterIsNobodysName(t *testing.T) {
	d := newDesk(t, coretest.New(t))
	for _, name := range []string{"Tester", " tester", "ｔester ", "TESTER\t"} {
		if s := signIn(t, d, name); s.User != people.Tester {
			t.Errorf("%q signs in as %+v", name, s.User)
		}
		if who, err := d.Named(t.Context(), name); err != nil || who != people.Tester {
			t.Errorf("%q speaks as %+v, %v", name, who, err)
		}
	}
}

func TestPeople_SignedOutOnOneRelayIsRefusedOnTheOther(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l), newDesk(t, l)
	for _, name := range []string{"Ada", ""} {
		s := signIn(t, one, name)
		if _, err := two.Session(t.Context(), s.Session.ID); err != nil {
			t.Fatal(err)
		}
		if err := two.SignOut(t.Context(), s.Session.ID); err != nil {
			t.Fatal(err)
		}
		coretest.Eventually(t, "both relays are told", func() bool { return one.hasEnded(s.Session.ID) && two.hasEnded(s.Session.ID) })
		for _, d := range []*desk{one, two} {
			_, err := d.Session(t.Context(), s.Session.ID)
			want(t, err, wire.Unauthorized)
		}
		if err := one.SignOut(t.Context(), s.Session.ID); err != nil {
			t.Errorf("signing out again: %v", err)
		}
	}
	if s := signIn(t, two, "Ada"); s.User.Name != "Ada" {
		t.Errorf("the name is not free again: %+v", s)
	}
}

func TestPeople_SessionEndedWhileARelayWasAway(t *testing.T) {
	l := coretest.New(t)
	one := newDesk(t, l)
	s := signIn(t, one, "Ada")
	l.Stop()
	if got, err := one.Session(t.Context(), s.Session.ID); err != nil || got.User.Name != "Ada" {
		t.Errorf("a session that is known does not outlive the broker: %v", err)
	}
	_, err := one.Session(t.Context(), "unheard")
	want(t, err, wire.Unavailable)
	l.Start()
	two := newDesk(t, l)
	if err := two.SignOut(t.Context(), s.Session.ID); err != nil {
		t.Fatal(err)
	}
	coretest.Eventually(t, "the one that was away knows", func() bool { return one.hasEnded(s.Session.ID) })
}

func TestPeople_NameOfSomebodyWhoIsSignedIn(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l), newDesk(t, l)
	ada := signIn(t, one, "Ada")
	for _, name := range []string{"Ada", "ada", "ADA", " Ａｄａ "} {
		_, err := two.SignIn(t.Context(), name)
		want(t, err, wire.NameTaken)
		_, err = two.Named(t.Context(), name)
		want(t, err, wire.NameTaken)
	}
	grace := signIn(t, two, "Grace")
	_, err := two.Rename(t.Context(), grace.Session.ID, "ada")
	want(t, err, wire.NameTaken)
	_, err = two.SignIn(t.Context(), "guest")
	want(t, err, wire.NameTaken)
	// Nobody is signed in: whoever comes next is that person.
	if err := one.SignOut(t.Context(), ada.Session.ID); err != nil {
		t.Fatal(err)
	}
	who, err := two.Named(t.Context(), "ada")
	if err != nil || who.ID != ada.User.ID {
		t.Errorf("the token alone speaks for %+v, %v", who, err)
	}
	if again := signIn(t, two, "aDA"); again.User.ID != ada.User.ID || again.User.Name != "aDA" {
		t.Errorf("signed in as %+v, was %+v", again.User, ada.User)
	}
}

func TestPeople_TwoTakeOneNameAtOnce(t *testing.T) {
	l := coretest.New(t)
	desks := []*desk{newDesk(t, l), newDesk(t, l)}
	known := signIn(t, desks[0], "Known")
	if err := desks[0].SignOut(t.Context(), known.Session.ID); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Ada", "Known", "Grace", "Joan"} {
		byRename := name == "Grace"
		var wait sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 8 {
			d := desks[i%2]
			try := func() error { _, err := d.SignIn(t.Context(), name); return err }
			if byRename && i >= 4 {
				s, err := d.SignInAs(t.Context(), "")
				in(t, s, err)
				try = func() error { _, err := d.Rename(t.Context(), s.Session.ID, name); return err }
			}
			wait.Go(func() {
				switch err := try(); {
				case err == nil:
					mu.Lock()
					won++
					mu.Unlock()
				case code(err) != wire.NameTaken:
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Errorf("%d of 8 are %s", won, name)
		}
	}
}

func TestPeople_Rename(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l), newDesk(t, l)
	s, err := one.SignInAs(t.Context(), "")
	s = in(t, s, err)
	if !s.Choose || s.User.Name != people.Unnamed {
		t.Errorf("somebody new is %+v", s)
	}
	code_, _, err := one.MakeLink(t.Context(), s.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	phone, err := two.Redeem(t.Context(), code_)
	phone = in(t, phone, err)
	for _, name := range []string{"Ada", "ADA", "Grace"} {
		who, err := two.Rename(t.Context(), s.Session.ID, name)
		if err != nil || who != (api.User{ID: s.User.ID, Name: name}) {
			t.Fatalf("renamed to %+v, %v", who, err)
		}
		for _, id := range []string{s.Session.ID, phone.Session.ID} {
			coretest.Eventually(t, "both devices of it go by "+name+" on both relays", func() bool {
				a, errA := one.Session(t.Context(), id)
				b, errB := two.Session(t.Context(), id)
				return errA == nil && errB == nil && a.User == who && b.User == who && !a.Choose
			})
		}
	}
	if one.hasEnded(s.Session.ID) || two.hasEnded(phone.Session.ID) {
		t.Error("a rename ended a session")
	}
	if other := signIn(t, one, "Ada"); other.User.ID == s.User.ID {
		t.Error("the old name is not free")
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	if n := len(one.renamed); n < 3 || one.renamed[n-1].Name != "Grace" {
		t.Errorf("the other relay was told of %+v", one.renamed)
	}
}

func TestPeople_TesterWhoChoosesANameIsSomebodyOfTheirOwn(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l), newDesk(t, l)
	a, b := signIn(t, one, ""), signIn(t, one, "tester")
	coretest.Eventually(t, "the other relay knows the session", func() bool { _, err := two.Session(t.Context(), a.Session.ID); return err == nil })
	who, err := one.Rename(t.Context(), a.Session.ID, "Ada")
	if err != nil || who.ID == people.Tester.ID {
		t.Fatalf("%+v, %v", who, err)
	}
	if got, err := one.Session(t.Context(), a.Session.ID); err != nil || got.User != who {
		t.Errorf("the session is %+v's, %v", got.User, err)
	}
	for _, d := range []*desk{one, two} {
		coretest.Eventually(t, "both relays are told whose the session is now", func() bool { return d.hasMoved(a.Session.ID) == who })
	}
	if one.hasEnded(a.Session.ID) || two.hasEnded(a.Session.ID) {
		t.Error("choosing a name ended the session")
	}
	if got, err := one.Session(t.Context(), b.Session.ID); err != nil || got.User != people.Tester {
		t.Errorf("the other tester is %+v, %v", got.User, err)
	}
}

func TestPeople_LinkSignsInOnceAsWhoMadeIt(t *testing.T) {
	l := coretest.New(t)
	one, two := newDesk(t, l), newDesk(t, l)
	ada := signIn(t, one, "Ada")
	for range 5 {
		code_, until, err := one.MakeLink(t.Context(), ada.User.ID)
		if err != nil || until.Before(time.Now().Add(9*time.Minute)) {
			t.Fatal(err, until)
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 6 {
			wait.Go(func() {
				s, err := []*desk{one, two}[i%2].Redeem(t.Context(), code_)
				switch {
				case err == nil && s.User == ada.User:
					mu.Lock()
					won++
					mu.Unlock()
				case code(err) != wire.Unauthorized:
					t.Errorf("%+v, %v", s, err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Errorf("the link signed in %d times", won)
		}
	}
	_, err := two.Redeem(t.Context(), "guessed")
	want(t, err, wire.Unauthorized)
}

func TestPeople_OneMoreDeviceThanAllowedSignsTheOldestOut(t *testing.T) {
	one := newDesk(t, coretest.New(t))
	first := signIn(t, one, "Ada")
	for range 32 {
		s, err := one.SignInAs(t.Context(), first.User.ID)
		in(t, s, err)
	}
	if !one.hasEnded(first.Session.ID) {
		t.Error("33 devices are signed in")
	}
}

func TestClean(t *testing.T) {
	for _, name := range []string{
		"", " ", "\t\n", strings.Repeat("a", 41), strings.Repeat("x", 1<<20), "a\x00b", "\x1b[31mred", "a\xffb",
		"Ada\u202egnikcah", "\u2066Ada\u2069", "A\u200bda", "\ufeffAda", "Ada\u00ad", "Ada\ufe0f", "\u3164", "\u2800",
	} {
		if got, err := people.Clean(name); err == nil {
			t.Errorf("%.50q passes as %q", name, got)
		} else {
			want(t, err, wire.Invalid)
		}
	}
	for name, is := range map[string]string{
		"<img src=x onerror=alert(1)>": "<img src=x onerror=alert(1)>", "  Ada \u00a0 L. ": "Ada L.", "Дарья": "Дарья", "علي": "علي", "李": "李",
		"a\u0301": "a\u0301", "👩 Ada": "👩 Ada", strings.Repeat("é", 40): strings.Repeat("é", 40),
	} {
		if got, err := people.Clean(name); err != nil || got != is {
			t.Errorf("%q passes as %q, %v", name, got, err)
		}
	}
}
