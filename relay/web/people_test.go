package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/people"
)

// labPeople keeps people in memory, with the promises of People: relays that
// share one know the same sessions.
type labPeople struct {
	mu       sync.Mutex
	away     bool // the store does not answer
	sessions map[string]people.Signed
	links    map[string]string
	ended    []func(string)
	renamed  []func(api.User)
	taking   []func(api.User)
	moved    []func(string, api.User)
	acted    []string // who did what is recorded, with the token alone
}

func newLabPeople() *labPeople {
	return &labPeople{sessions: map[string]people.Signed{}, links: map[string]string{}}
}

func (l *labPeople) lock() error {
	l.mu.Lock()
	if l.away {
		return &wire.Fault{Code: wire.Unavailable, Message: "the store is away", Retry: true}
	}
	return nil
}

func (l *labPeople) taken(name string) bool {
	for _, s := range l.sessions {
		if strings.EqualFold(s.User.Name, name) && s.User != people.Tester {
			return true
		}
	}
	return false
}

func (l *labPeople) Session(_ context.Context, id string) (people.Signed, error) {
	err := l.lock()
	defer l.mu.Unlock()
	s, ok := l.sessions[id]
	if err == nil && !ok {
		err = &wire.Fault{Code: wire.Unauthorized, Message: "over"}
	}
	return s, err
}

func (l *labPeople) begin(u api.User, choose bool) people.Signed {
	s := people.Signed{User: u, Session: people.Session{ID: wire.NewID(""), Until: time.Now().Add(time.Hour)}, Choose: choose}
	l.sessions[s.Session.ID] = s
	return s
}

func (l *labPeople) SignIn(_ context.Context, name string) (people.Signed, error) {
	err := l.lock()
	defer l.mu.Unlock()
	if err != nil {
		return people.Signed{}, err
	}
	if name == "" {
		return l.begin(people.Tester, false), nil
	}
	if name, err = people.Clean(name); err != nil {
		return people.Signed{}, err
	}
	if l.taken(name) {
		return people.Signed{}, &wire.Fault{Code: wire.NameTaken, Message: "taken", Hint: "choose another"}
	}
	signed := l.begin(api.User{ID: "p" + strings.ToLower(name), Name: name}, false)
	for _, taken := range l.taking {
		defer taken(signed.User)
	}
	return signed, nil
}

func (l *labPeople) Named(_ context.Context, name string) (api.User, error) {
	err := l.lock()
	defer l.mu.Unlock()
	if err == nil && l.taken(name) {
		err = &wire.Fault{Code: wire.NameTaken, Message: "taken", Hint: "choose another"}
	}
	return api.User{ID: "p" + strings.ToLower(name), Name: name}, err
}

func (l *labPeople) Rename(_ context.Context, session, name string) (api.User, error) {
	l.mu.Lock()
	s := l.sessions[session]
	isNew := s.User.ID == people.Tester.ID
	if isNew {
		s.User.ID = "p" + strings.ToLower(name)
	}
	s.User.Name, s.Choose = name, false
	l.sessions[session] = s
	renamed, moved := l.renamed, l.moved
	l.mu.Unlock()
	for i := range renamed {
		if isNew {
			moved[i](session, s.User)
		} else {
			renamed[i](s.User)
		}
	}
	return s.User, nil
}

func (l *labPeople) SignOut(_ context.Context, id string) error {
	l.mu.Lock()
	delete(l.sessions, id)
	tell := l.ended
	l.mu.Unlock()
	for _, ended := range tell {
		ended(id)
	}
	return nil
}

func (l *labPeople) MakeLink(_ context.Context, person string) (string, time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	code := wire.NewID("")
	l.links[code] = person
	return code, time.Now().Add(people.LinkFor), nil
}

func (l *labPeople) Redeem(_ context.Context, code string) (people.Signed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	person, ok := l.links[code]
	if !ok {
		return people.Signed{}, &wire.Fault{Code: wire.Unauthorized, Message: "used"}
	}
	delete(l.links, code)
	if person == "" {
		return l.begin(api.User{ID: wire.NewID("p"), Name: people.Unnamed}, true), nil
	}
	return l.begin(api.User{ID: person, Name: strings.TrimPrefix(person, "p")}, false), nil
}

func (l *labPeople) User(id string) (api.User, bool) { return api.User{ID: id}, true }

func (l *labPeople) Arriving(ctx context.Context, name string) (api.User, error) {
	return l.Named(ctx, name)
}

func (l *labPeople) Acting(ctx context.Context, name string) (api.User, error) {
	l.mu.Lock()
	l.acted = append(l.acted, name)
	l.mu.Unlock()
	return l.Named(ctx, name)
}

func (l *labPeople) Watch(told people.Told) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended, l.renamed, l.taking = append(l.ended, told.Ended), append(l.renamed, told.Renamed), append(l.taking, told.Taken)
	l.moved = append(l.moved, told.Moved)
}

func (l *labPeople) Living(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.sessions {
		if s.User.ID == id && id != people.Tester.ID {
			return true
		}
	}
	return false
}

// signIn signs in and gives the cookie.
func (s *site) signIn(body string, headers ...string) (cookie string, who api.SignedIn) {
	s.t.Helper()
	res := s.ask("POST", "/api/v1/session", body, append(headers, "Authorization: ")...)
	if err := json.NewDecoder(res.Body).Decode(&who); err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("signing in: %d %v", res.StatusCode, err)
	}
	cookie, _, _ = strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return cookie, who
}

// open dials as a browser does.
func (s *site) open(headers ...string) *page {
	s.t.Helper()
	p, _, err := s.dial(append(headers, "Origin: http://"+s.Addr().String())...)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// own is the cookie as another relay names it.
func (s *site) own(cookie string) string {
	_, value, _ := strings.Cut(cookie, "=")
	_, port, _ := strings.Cut(s.Addr().String(), ":")
	return "farbench_" + port + "=" + value
}

func TestPeople_NameIsWhoOneIs(t *testing.T) {
	s := openSite(t)
	cookie, who := s.signIn(fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token))
	if who.User.Name != "Ada" || who.Choose || who.Expires == nil {
		t.Errorf("%+v", who)
	}
	s.expect(s.ask("POST", "/api/v1/session", fmt.Sprintf(`{"token":%q,"name":"ada"}`, token), "Authorization: "), 409, wire.NameTaken)
	if _, again := s.signIn(fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token), "Cookie: "+cookie); again.User != who.User {
		t.Errorf("who signs in again is %+v", again)
	}
	for _, name := range []string{"", "  ", "a\u202eb", strings.Repeat("x", 41), strings.Repeat("x", 1<<19)} {
		body, _ := json.Marshal(map[string]string{"token": token, "name": name})
		if name != "" {
			s.expect(s.ask("POST", "/api/v1/session", string(body), "Authorization: "), 422, wire.Invalid)
		}
	}
	started := s.ask("POST", "/api/v1/runs", `{"id":"by-ada","bench":"demo","device":"sim0001","command":"true"}`, "Authorization: ", "Cookie: "+cookie)
	if text := body(t, started); !strings.Contains(text, `"by":"Ada"`) || !strings.Contains(text, `"by_id":"`+who.User.ID+`"`) {
		t.Errorf("the run is %s", text)
	}
	// With the token alone a header says who speaks.
	if text := body(t, s.ask("GET", "/api/v1/session", "", "Farbench-Name: Gr%C3%A4ce")); !strings.Contains(text, "Gräce") {
		t.Errorf("with the header one is %s", text)
	}
	s.expect(s.ask("GET", "/api/v1/session", "", "Farbench-Name: Ada"), 409, wire.NameTaken)
	s.expect(s.ask("GET", "/api/v1/session", "", "Farbench-Name: %zz"), 422, wire.Invalid)
	s.expect(s.ask("PUT", "/api/v1/session", `{"name":"x"}`), 422, wire.Invalid)
	// Signing in as somebody else ends the session that one had.
	other, _ := s.signIn(fmt.Sprintf(`{"token":%q,"name":"Grace"}`, token), "Cookie: "+cookie)
	s.expect(s.ask("GET", "/api/v1/session", "", "Authorization: ", "Cookie: "+cookie), 401, wire.Unauthorized)
	if res := s.ask("PUT", "/api/v1/session", `{"name":"Grace H."}`, "Authorization: ", "Cookie: "+other); res.StatusCode != 200 || !strings.Contains(body(t, res), "Grace H.") {
		t.Errorf("renaming: %d", res.StatusCode)
	}
}

func TestPeople_LinkCarriesThePerson(t *testing.T) {
	s := openSite(t)
	cookie, ada := s.signIn(fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token))
	for _, q := range []struct {
		credential string
		who        func(api.SignedIn) bool
	}{
		{"Cookie: " + cookie, func(got api.SignedIn) bool { return got.User.ID == ada.User.ID && !got.Choose }},
		{"Farbench-Name: ", func(got api.SignedIn) bool { return got.Choose && got.User.ID != people.Tester.ID }},
	} {
		headers := []string{q.credential}
		if strings.HasPrefix(q.credential, "Cookie") {
			headers = append(headers, "Authorization: ")
		}
		var link LinkMade
		if err := json.Unmarshal([]byte(body(t, s.ask("POST", "/api/v1/link", "{}", headers...))), &link); err != nil {
			t.Fatal(err)
		}
		var got api.SignedIn
		if err := json.Unmarshal([]byte(body(t, s.ask("POST", "/api/v1/link/redeem", fmt.Sprintf(`{"code":%q}`, link.Code), "Authorization: "))), &got); err != nil || !q.who(got) {
			t.Errorf("%s: %+v %v", q.credential, got, err)
		}
	}
}

// Threat 13: a stolen session ends everywhere once it is signed out.
func TestThreat13_SignedOutSessionEndsOnEveryRelay(t *testing.T) {
	shared := newLabPeople()
	with := func(c *Config) { c.People = shared }
	one, two := openSite(t, with), openSite(t, with)
	cookie, _ := one.signIn(fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token))
	socket := two.open("Cookie: " + two.own(cookie))
	socket.say(`{"t":"hello","v":1}`)
	socket.until("welcome")
	began := time.Now()
	if res := one.ask("DELETE", "/api/v1/session", "", "Authorization: ", "Cookie: "+cookie); res.StatusCode != http.StatusNoContent {
		t.Fatalf("signing out: %d", res.StatusCode)
	}
	socket.closed(4504)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the socket closed after %s", took)
	}
	for _, s := range []*site{one, two} {
		s.expect(s.ask("GET", "/api/v1/benches", "", "Authorization: ", "Cookie: "+s.own(cookie)), 401, wire.Unauthorized)
	}
	// One that was on its way when the session ended had no hello yet.
	again, _ := one.signIn(fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token))
	late := two.open("Cookie: " + two.own(again))
	if res := one.ask("DELETE", "/api/v1/session", "", "Authorization: ", "Cookie: "+again); res.StatusCode != http.StatusNoContent {
		t.Fatalf("signing out: %d", res.StatusCode)
	}
	late.say(`{"t":"hello","v":1}`)
	late.closed(4504)
	thief := two.open("Cookie: " + two.own(cookie))
	thief.say(`{"t":"hello","v":1}`)
	thief.closed(4501)
}

// Who came with the token alone under a name is not that person any more once a
// session has it, at whatever relay.
func TestPeople_SignInEndsConnectionsOfTheTokenAlone(t *testing.T) {
	shared := newLabPeople()
	with := func(c *Config) { c.People = shared }
	one, two := openSite(t, with), openSite(t, with)
	socket, tester := two.open(), two.open()
	socket.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"Pia"}`, token))
	socket.until("welcome")
	tester.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q}`, token))
	tester.until("welcome")
	cookie, _ := one.signIn(fmt.Sprintf(`{"token":%q,"name":"Pia"}`, token))
	socket.closed(4504)
	own := two.open("Cookie: " + two.own(cookie))
	own.say(`{"t":"hello","v":1}`)
	own.until("welcome")
	for _, open := range []interface{ say(string) }{own, tester} {
		open.say(`{"t":"ping","i":7}`)
	}
	own.until("pong")
	tester.until("pong")
}

// A store that does not answer signs nobody out: the browser tries again.
func TestPeople_StoreThatIsAwaySignsNobodyOut(t *testing.T) {
	shared := newLabPeople()
	s := openSite(t, func(c *Config) { c.People = shared })
	cookie, _ := s.signIn(fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token))
	shared.mu.Lock()
	shared.away = true
	shared.mu.Unlock()
	s.expect(s.ask("GET", "/api/v1/benches", "", "Authorization: ", "Cookie: "+cookie), 503, wire.Unavailable)
	s.expect(s.ask("GET", "/ws", "", "Authorization: ", "Cookie: "+cookie), 503, wire.Unavailable)
	s.expect(s.ask("POST", "/api/v1/session", fmt.Sprintf(`{"token":%q,"name":"Grace"}`, token), "Authorization: "), 503, wire.Unavailable)
	if res := s.ask("GET", "/api/v1/benches", ""); res.StatusCode != http.StatusOK {
		t.Errorf("the token alone needs the store: %d", res.StatusCode)
	}
}

func TestPeople_HelloSaysWhoSpeaks(t *testing.T) {
	s := openSite(t)
	s.signIn(fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token))
	grace := s.open()
	grace.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"Grace"}`, token))
	if got := grace.until("welcome"); got.User == nil || got.User.Name != "Grace" {
		t.Errorf("welcomed as %+v", got.User)
	}
	thief := s.open()
	thief.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"ADA"}`, token))
	thief.closed(4501)
}

// A relay that has just begun does not say that there is no such bench.
func TestPeople_OfABenchThatMayYetTurnUp(t *testing.T) {
	s := openSite(t)
	s.expect(s.ask("GET", "/api/v1/people?bench=other", ""), 404, wire.BenchUnknown)
	s.lab.mu.Lock()
	s.lab.loading = true
	s.lab.mu.Unlock()
	s.expect(s.ask("GET", "/api/v1/people?bench=other", ""), 503, wire.Unavailable)
	if res := s.ask("GET", "/api/v1/people?bench=demo", ""); res.StatusCode != 200 {
		t.Errorf("of one that is there: %d", res.StatusCode)
	}
}
