package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/people"
)

func (l *labPeople) whoActed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.acted)
}

// Whoever came with the token and a name is kept once they do something, and not
// for reading.
func TestPeople_KnownFromTheFirstActOn(t *testing.T) {
	shared := newLabPeople()
	s := openSite(t, func(c *Config) { c.People = shared })
	for _, path := range []string{"/api/v1/session", "/api/v1/benches", "/api/v1/runs", "/api/v1/people"} {
		if res := s.ask("GET", path, "", "Farbench-Name: Reader"); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	pia := s.open()
	pia.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"Pia"}`, token))
	conn := pia.until("welcome").Conn
	pia.say(`{"t":"sub","i":1,"room":"lab"}`)
	pia.until("res")
	pia.say(`{"t":"req","i":2,"m":"runs.get","d":{"id":"none"}}`)
	pia.until("res")
	if acted := shared.whoActed(); len(acted) > 0 {
		t.Errorf("reading kept %q", acted)
	}
	pia.say(fmt.Sprintf(`{"t":"evt","i":3,"to":"conn:%s","d":1}`, conn))
	pia.until("res")
	if acted := shared.whoActed(); !slices.Equal(acted, []string{"Pia"}) {
		t.Errorf("speaking kept %q", acted)
	}
	pia.say(`{"t":"req","i":4,"m":"run.start","d":{"id":"pias","bench":"demo","device":"sim0001","command":"true"}}`)
	pia.until("res")
	if acted := shared.whoActed(); len(acted) != 1 {
		t.Errorf("each act asks the store: %q", acted)
	}
	s.ask("POST", "/api/v1/runs", `{"id":"idas","bench":"demo","device":"sim0001","command":"true"}`, "Farbench-Name: Ida")
	if acted := shared.whoActed(); !slices.Equal(acted, []string{"Pia", "Ida"}) {
		t.Errorf("a start kept %q", acted)
	}
	joan := s.open()
	joan.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"Joan"}`, token))
	joan.until("welcome")
	joan.say(`{"t":"req","i":5,"m":"run.start","d":{"id":"joans","bench":"demo","device":"sim0001","command":"true"}}`)
	joan.until("res")
	mary := s.open()
	mary.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"Mary"}`, token))
	mary.until("welcome")
	mary.say(`{"t":"req","i":6,"m":"run.cancel","d":{"id":"joans"}}`)
	mary.until("res")
	if acted := shared.whoActed(); !slices.Equal(acted, []string{"Pia", "Ida", "Joan", "Mary"}) {
		t.Errorf("a start and a cancel by socket kept %q", acted)
	}
}

// full are people of whom no more can be kept.
type full struct{ *labPeople }

func (full) Acting(context.Context, string) (api.User, error) {
	return api.User{}, &wire.Fault{Code: wire.Full, Message: "full", Hint: "later"}
}

func TestPeople_WhoCannotBeKeptReadsAndDoesNotAct(t *testing.T) {
	s := openSite(t, func(c *Config) { c.People = full{newLabPeople()} })
	if res := s.ask("GET", "/api/v1/benches", "", "Farbench-Name: Pia"); res.StatusCode != http.StatusOK {
		t.Errorf("reading: %d", res.StatusCode)
	}
	s.expect(s.ask("POST", "/api/v1/runs", `{"id":"pias","bench":"demo","device":"sim0001","command":"true"}`, "Farbench-Name: Pia"), 507, wire.Full)
	pia := s.open()
	pia.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"Pia"}`, token))
	conn := pia.until("welcome").Conn
	for _, message := range []string{
		fmt.Sprintf(`{"t":"evt","i":1,"to":"conn:%s","d":1}`, conn),
		`{"t":"req","i":2,"m":"run.start","d":{"id":"pias","bench":"demo","device":"sim0001","command":"true"}}`,
		`{"t":"req","i":3,"m":"run.cancel","d":{"id":"pias"}}`,
	} {
		pia.say(message)
		if got := pia.until("res"); got.Error == nil || got.Error.Code != wire.Full {
			t.Errorf("%s: %+v", message, got.Error)
		}
	}
	if res := s.ask("GET", "/api/v1/runs/pias", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("the run was started: %d", res.StatusCode)
	}
}

// What a stream's client says is an act or none, as on a socket: to join a room
// keeps nobody, and needs no room for one more.
func TestPeople_AStreamsClientActsByWhatItSays(t *testing.T) {
	shared := newLabPeople()
	s := openSite(t, func(c *Config) { c.People = shared })
	e := s.eventsAs("Pia")
	up := func(frame string) {
		t.Helper()
		res := s.ask("POST", "/api/v1/events", fmt.Sprintf(`{"conn":%q,"frames":[%s]}`, e.conn, frame), "Farbench-Name: Pia")
		if res.StatusCode != http.StatusAccepted {
			t.Fatalf("%s: %d %s", frame, res.StatusCode, body(t, res))
		}
		e.until("res")
	}
	up(`{"t":"sub","i":1,"room":"lab"}`)
	if acted := shared.whoActed(); len(acted) > 0 {
		t.Errorf("joining kept %q", acted)
	}
	up(fmt.Sprintf(`{"t":"evt","i":2,"to":"conn:%s","d":1}`, e.conn))
	if acted := shared.whoActed(); !slices.Equal(acted, []string{"Pia"}) {
		t.Errorf("speaking kept %q", acted)
	}
}

// tabOf opens a socket of a session.
func tabOf(s *site, cookie, name string) (say func(string), until func(string) api.Frame, conn string) {
	s.t.Helper()
	c := s.open("Cookie: " + s.own(cookie))
	c.say(`{"t":"hello","v":1}`)
	got := c.until("welcome")
	if got.User == nil || got.User.Name != name {
		s.t.Errorf("welcomed as %+v, expected %s", got.User, name)
	}
	return c.say, c.until, got.Conn
}

// Who is renamed, or was the tester and chooses a name, is so at once in every tab
// at every relay: the tab is told, and what it says next is theirs.
func TestPeople_EveryTabIsToldOfItsNewName(t *testing.T) {
	shared := newLabPeople()
	with := func(c *Config) { c.People = shared }
	one, two := openSite(t, with), openSite(t, with)
	for _, q := range []struct{ body, name string }{
		{fmt.Sprintf(`{"token":%q,"name":"Ada"}`, token), "Ada"},
		{fmt.Sprintf(`{"token":%q}`, token), "tester"},
	} {
		cookie, before := one.signIn(q.body)
		bystander := two.open()
		bystander.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q}`, token))
		at := bystander.until("welcome").Conn
		type tab struct {
			say   func(string)
			until func(string) api.Frame
		}
		var tabs []tab
		for _, s := range []*site{one, two, two} {
			say, until, _ := tabOf(s, cookie, q.name)
			say(fmt.Sprintf(`{"t":"sub","i":1,"room":"user:%s"}`, before.User.ID))
			until("res")
			tabs = append(tabs, tab{say, until})
		}
		name := q.name + " Lovelace"
		if res := one.ask("PUT", "/api/v1/session", fmt.Sprintf(`{"name":%q}`, name), "Authorization: ", "Cookie: "+cookie); res.StatusCode != http.StatusOK {
			t.Fatalf("renaming: %d", res.StatusCode)
		}
		for i, tab := range tabs {
			got := tab.until("you")
			if got.User == nil || got.User.Name != name || got.User.ID == people.Tester.ID {
				t.Fatalf("tab %d is told %+v", i, got.User)
			}
			if i == 0 {
				continue // of the other relay than the bystander, which has no peers here
			}
			tab.say(fmt.Sprintf(`{"t":"evt","i":2,"to":"conn:%s","d":1}`, at))
			if from := bystander.until("pub").From; from == nil || from.Name != name || from.ID != got.User.ID {
				t.Errorf("tab %d says it as %+v", i, from)
			}
			tab.say(fmt.Sprintf(`{"t":"sub","i":3,"room":"user:%s"}`, got.User.ID))
			if res := tab.until("res"); res.Error != nil {
				t.Errorf("tab %d: its own room: %v", i, res.Error)
			}
		}
		tabOf(two, cookie, name)
	}
}

// overtaken are people of whom one signs in just when their name was looked up.
type overtaken struct{ *labPeople }

func (o overtaken) Arriving(ctx context.Context, name string) (api.User, error) {
	who, err := o.labPeople.Named(ctx, name)
	if err == nil {
		_, err = o.SignIn(ctx, name)
	}
	return who, err
}

func TestPeople_SignedInWhileSomebodySaidHello(t *testing.T) {
	s := openSite(t, func(c *Config) { c.People = overtaken{newLabPeople()} })
	pia := s.open()
	pia.say(fmt.Sprintf(`{"t":"hello","v":1,"token":%q,"name":"Pia"}`, token))
	pia.say(`{"t":"ping","i":1}`)
	f := pia.next()
	for f.T == "welcome" {
		f = pia.next()
	}
	if f.T != "bye" || f.Code != 4504 {
		t.Fatalf("the token alone still speaks for somebody who has signed in: %+v", f)
	}
}

// many are so many people.
type many int

func (n many) In(string) []api.Person {
	var list []api.Person
	for i := range int(n) {
		list = append(list, api.Person{ID: fmt.Sprintf("p%04d", i), Name: fmt.Sprintf("Name %d", (i*7919)%int(n)/2)})
	}
	return list
}

// Pages of people hold each of them once, by name.
func TestPeople_Pages(t *testing.T) {
	s := openSite(t, func(c *Config) { c.Crowd = many(1234) })
	read := func(path string) (page api.People) {
		t.Helper()
		if err := json.Unmarshal([]byte(body(t, s.ask("GET", path, ""))), &page); err != nil {
			t.Fatal(err)
		}
		return page
	}
	if page := read("/api/v1/people"); len(page.People) != 500 || page.Count != 1234 || page.Next == "" {
		t.Errorf("%d people of %d, next %q", len(page.People), page.Count, page.Next)
	}
	seen, pages, last := map[string]bool{}, 0, ""
	for cursor := ""; pages == 0 || cursor != ""; pages++ {
		page := read("/api/v1/people?limit=100&cursor=" + cursor)
		for _, p := range page.People {
			if at := strings.ToLower(p.Name) + "\x00" + p.ID; seen[p.ID] || at < last {
				t.Fatalf("%+v comes again, or behind %q", p, last)
			} else {
				seen[p.ID], last = true, at
			}
		}
		cursor = page.Next
	}
	if len(seen) != 1234 || pages != 13 {
		t.Errorf("%d people on %d pages", len(seen), pages)
	}
	s.expect(s.ask("GET", "/api/v1/people?cursor=%21", ""), 422, wire.Invalid)
	s.expect(s.ask("GET", "/api/v1/people?limit=501", ""), 422, wire.Invalid)
}
