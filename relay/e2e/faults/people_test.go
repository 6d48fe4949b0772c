package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// pair is two relays at one broker, without benches.
type pair struct {
	t        *testing.T
	ctx      context.Context
	one, two *lab.Relay
}

func startPair(t *testing.T) *pair {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	p := &pair{t: t, ctx: ctx}
	broker, err := lab.StartBroker(built, t.TempDir())
	p.must(err)
	t.Cleanup(func() { broker.Kill() })
	for _, r := range []**lab.Relay{&p.one, &p.two} {
		*r, err = lab.StartRelay(built, broker.Addr)
		p.must(err)
		t.Cleanup(func() { (*r).Kill() })
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("one:\n%s\ntwo:\n%s", p.one.Log(), p.two.Log())
		}
	})
	return p
}

func (p *pair) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) until(what string, limit time.Duration, done func() bool) time.Duration {
	p.t.Helper()
	began := time.Now()
	for !done() {
		if time.Since(began) > limit {
			p.t.Fatalf("waited in vain for %s until %s", limit, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

// tabs are how many tabs of each person a relay says there are.
func (p *pair) tabs(r *lab.Relay) map[string]int {
	p.t.Helper()
	var people api.People
	_, err := r.Do(p.ctx, "GET", "/api/v1/people", nil, &people)
	p.must(err)
	tabs := map[string]int{}
	for _, who := range people.People {
		tabs[who.Name] = who.Tabs
	}
	return tabs
}

// sit joins a room and gives what is told there of people: those who were there
// first, by the snapshot, as who comes.
func (p *pair) sit(s *lab.Socket, err error) (told chan api.Frame) {
	p.t.Helper()
	p.must(err)
	p.t.Cleanup(s.Close)
	one := int64(1)
	sub := api.Frame{T: "sub", I: &one, Room: "lab"}
	p.must(s.Send(sub))
	told = make(chan api.Frame, 1000)
	go func() {
		defer close(told)
		for {
			f, err := s.Next()
			if err != nil {
				return
			}
			switch {
			case f.T == "join" || f.T == "leave" || f.T == "bye" || f.T == "you":
				told <- f
			case f.T == "res" && f.Error != nil && f.Error.Retry: // a relay that has just begun
				time.Sleep(20 * time.Millisecond)
				if s.Send(sub) != nil {
					return
				}
			case f.T == "res" && f.Error == nil:
				var there api.LabSnapshot
				_ = json.Unmarshal(f.D, &there)
				for _, who := range there.People {
					told <- api.Frame{T: "join", Room: "lab", Who: &who}
				}
			}
		}
	}()
	return told
}

func (p *pair) expect(told chan api.Frame, what string, limit time.Duration, is func(api.Frame) bool) {
	p.t.Helper()
	late := time.After(limit)
	for {
		select {
		case f, ok := <-told:
			if !ok {
				p.t.Fatalf("cut off before: %s", what)
			}
			if is(f) {
				return
			}
		case <-late:
			p.t.Fatalf("not told within %s: %s", limit, what)
		}
	}
}

// One person's tabs at two relays are one; a relay's kill -9 is right again
// within 10 s, a clean stop at once.
func TestPeople_PresenceOverTwoRelays(t *testing.T) {
	p := startPair(t)
	ada, err := lab.SignIn(p.ctx, p.one.Base, "Ada")
	p.must(err)
	p.sit(ada.Dial(p.ctx, p.one.Base))
	grace := p.sit(lab.DialNamed(p.ctx, p.two.Base, "Grace"))
	p.expect(grace, "Ada at the other relay", 10*time.Second, func(f api.Frame) bool { return f.T == "join" && f.Who.Name == "Ada" && f.Who.Tabs == 1 })
	p.sit(ada.Dial(p.ctx, p.two.Base))
	p.sit(lab.DialNamed(p.ctx, p.one.Base, "Joan"))
	p.expect(grace, "Ada once, with two tabs", 10*time.Second, func(f api.Frame) bool { return f.T == "join" && f.Who.Name == "Ada" && f.Who.Tabs == 2 })
	for _, r := range []*lab.Relay{p.one, p.two} {
		p.until("both relays know all", 10*time.Second, func() bool {
			tabs := p.tabs(r)
			return len(tabs) == 3 && tabs["Ada"] == 2 && tabs["Joan"] == 1 && tabs["Grace"] == 1
		})
	}
	began := time.Now()
	p.one.Kill()
	p.expect(grace, "Joan has gone with her relay", 10*time.Second, func(f api.Frame) bool { return f.T == "leave" && f.Who.Name == "Joan" })
	t.Logf("kill -9: Joan is gone after %s", time.Since(began).Round(time.Millisecond))
	p.until("Ada has one tab left", 10*time.Second-time.Since(began), func() bool { tabs := p.tabs(p.two); return len(tabs) == 2 && tabs["Ada"] == 1 })

	p.must(p.one.Start())
	p.sit(lab.DialNamed(p.ctx, p.one.Base, "Joan"))
	p.expect(grace, "Joan is back", 10*time.Second, func(f api.Frame) bool { return f.T == "join" && f.Who.Name == "Joan" })
	p.until("the relay that is new has asked", 10*time.Second, func() bool { return len(p.tabs(p.one)) == 3 })
	began = time.Now()
	p.must(p.one.Signal(syscall.SIGTERM))
	p.expect(grace, "a clean stop is told at once", 3*time.Second, func(f api.Frame) bool { return f.T == "leave" && f.Who.Name == "Joan" })
	t.Logf("clean stop: Joan is gone after %s", time.Since(began).Round(time.Millisecond))
}

// Threat 13: a session that is signed out at one relay closes its sockets at the
// other within 2 s, and is refused everywhere.
func TestThreat13_RevokedSessionClosesSockets(t *testing.T) {
	p := startPair(t)
	ada, err := lab.SignIn(p.ctx, p.one.Base, "Ada")
	p.must(err)
	told := p.sit(ada.Dial(p.ctx, p.two.Base))
	p.until("the tab is there", 10*time.Second, func() bool { return p.tabs(p.two)["Ada"] == 1 })
	began := time.Now()
	p.must(ada.SignOut(p.ctx, p.one.Base))
	p.expect(told, "the socket closes", 2*time.Second, func(f api.Frame) bool { return f.T == "bye" && f.Code == 4504 })
	t.Logf("closed after %s", time.Since(began).Round(time.Millisecond))
	for _, r := range []*lab.Relay{p.one, p.two} {
		if holds, err := ada.Holds(p.ctx, r.Base); err != nil || holds {
			t.Errorf("the session holds: %t, %v", holds, err)
		}
		var bye *lab.Bye
		if s, err := ada.Dial(p.ctx, r.Base); !errors.As(err, &bye) || bye.Code != 4501 {
			t.Errorf("a socket with it: %v, %v", s, err)
		}
	}
}

// Of people who take one name in the same moment at two relays exactly one gets
// it; the others are told what to do.
func TestPeople_OneNameAtTwoRelaysAtOnce(t *testing.T) {
	p := startPair(t)
	for round := range 25 {
		name := fmt.Sprintf("Ada %d", round)
		var wait sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 6 {
			base := []string{p.one.Base, p.two.Base}[i%2]
			wait.Go(func() {
				_, err := lab.SignIn(p.ctx, base, name)
				var fault *wire.Fault
				switch {
				case err == nil:
					mu.Lock()
					won++
					mu.Unlock()
				case !errors.As(err, &fault) || fault.Code != wire.NameTaken || fault.Hint == "":
					t.Errorf("refused by %v", err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Errorf("%d people are %s", won, name)
		}
	}
}
