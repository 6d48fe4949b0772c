package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// Somebody's program asks under one new name after the other, reads and acts.
// Nobody who is known loses name or id, what is kept stays bounded, and others
// are answered as before.
func TestPeople_FloodOfNewNames(t *testing.T) {
	names := 3000
	if s := os.Getenv("FARBENCH_NAMES"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		names = n
	}
	c := startChain(t)
	as := func(name string) lab.API { return lab.API{Base: c.relay.Base, Token: lab.Token, Name: name} }
	who := func(name string) (in api.SignedIn) {
		t.Helper()
		_, err := as(name).Do(c.ctx, "GET", "/api/v1/session", nil, &in)
		c.must(err)
		return in
	}
	reserve := api.ReservationRequest{Device: "sim0001"}
	for _, name := range []string{"Pia", "Ida"} { // holds, waits
		var got api.Reserved
		_, err := as(name).Do(c.ctx, "POST", reservationsOf+"/reserve", reserve, &got)
		c.must(err)
	}
	sitting, err := lab.DialNamed(c.ctx, c.relay.Base, "Rose")
	c.must(err)
	defer sitting.Close()
	signed, err := lab.SignIn(c.ctx, c.relay.Base, "Ada")
	c.must(err)
	timeout := 250
	_, err = as("Joan").Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0002-5555", Command: "sleep 240", TimeoutS: &timeout})
	c.must(err)
	known := []string{"Pia", "Ida", "Rose", "Joan"}
	before := map[string]api.User{}
	for _, name := range known {
		before[name] = who(name).User
	}

	rss, stored := memory(t, c.relay.PID()), messages(c)
	client := http.DefaultTransport.(*http.Transport).Clone()
	client.MaxIdleConnsPerHost = 64
	defer client.CloseIdleConnections()
	var next, full, taken atomic.Int64
	var wait sync.WaitGroup
	began := time.Now()
	flood, done := context.WithCancel(c.ctx)
	for range 12 {
		wait.Go(func() {
			for n := next.Add(1); n <= int64(names) && flood.Err() == nil; n = next.Add(1) {
				method, path, body := "GET", "/api/v1/session", ""
				if n%2 == 0 {
					method, path, body = "POST", reservationsOf+"/release", `{"device":"sim0001"}`
				}
				req, _ := http.NewRequestWithContext(flood, method, c.relay.Base+path, strings.NewReader(body))
				req.Header.Set("Authorization", "Bearer "+lab.Token)
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Farbench-Name", fmt.Sprintf("new%%20%d", n))
				res, err := client.RoundTrip(req)
				if err != nil {
					t.Errorf("%s %s: %v", method, path, err)
					return
				}
				_ = res.Body.Close()
				switch {
				case res.StatusCode == http.StatusTooManyRequests && method == "POST":
					full.Add(1)
				case res.StatusCode == http.StatusOK:
					taken.Add(1)
				default:
					t.Errorf("%s %s: %d", method, path, res.StatusCode)
				}
			}
		})
	}
	var waits []time.Duration
	for at := time.Now(); next.Load() < int64(names); at = time.Now() {
		who("Pia")
		waits = append(waits, time.Since(at))
	}
	wait.Wait()
	done()
	took := time.Since(began)
	slices.Sort(waits)
	for _, name := range known {
		if now := who(name).User; now != before[name] {
			t.Errorf("%s is %+v, was %+v", name, now, before[name])
		}
	}
	if holds, err := signed.Holds(c.ctx, c.relay.Base); err != nil || !holds {
		t.Errorf("who is signed in: %t, %v", holds, err)
	}
	// Their names are theirs, whatever was asked meanwhile.
	thief, err := lab.SignIn(c.ctx, c.relay.Base, "Mallory")
	var refusal *wire.Fault
	if errors.As(err, &refusal) && refusal.Code == wire.TooMany {
		c.until("a new person is let in again", func() bool { thief, err = lab.SignIn(c.ctx, c.relay.Base, "Mallory"); return err == nil })
	}
	c.must(err)
	for _, name := range known {
		if status, err := thief.Rename(c.ctx, c.relay.Base, name); err != nil || status != http.StatusConflict {
			t.Errorf("renaming to %s: %d, %v", name, status, err)
		}
	}
	kept, grown := messages(c)-stored, memory(t, c.relay.PID())-rss
	if bound := 1100 + int64(took.Seconds()*20); kept > bound {
		t.Errorf("%d names left %d messages in the store, at most %d were to be", names, kept, bound)
	}
	t.Logf("%d requests under new names in %s (%.0f/s): %d answered, %d refused; %d messages more in the store, relay %+.1f MiB; Pia's %d questions meanwhile p50 %s, p99 %s, slowest %s",
		names, took.Round(time.Millisecond), float64(names)/took.Seconds(), taken.Load(), full.Load(), kept, float64(grown)/(1<<20),
		len(waits), waits[len(waits)/2].Round(10*time.Microsecond), waits[len(waits)*99/100].Round(10*time.Microsecond), waits[len(waits)-1].Round(10*time.Microsecond))
}

// messages is how many the bucket of people holds.
func messages(c *chain) int64 {
	c.t.Helper()
	nc, err := c.broker.Connect("hub")
	c.must(err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	c.must(err)
	stream, err := js.Stream(c.ctx, "KV_"+wire.BucketPeople)
	c.must(err)
	return int64(stream.CachedInfo().State.Msgs)
}

// memory is a process's resident set, in bytes.
func memory(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// Somebody signed in as the tester chooses a name at one relay: their tab at the
// other is told, and is seen by the name.
func TestPeople_TabAtTheOtherRelayIsToldOfItsName(t *testing.T) {
	p := startPair(t)
	someone, err := lab.SignIn(p.ctx, p.one.Base, "")
	p.must(err)
	grace := p.sit(lab.DialNamed(p.ctx, p.one.Base, "Grace"))
	tab := p.sit(someone.Dial(p.ctx, p.two.Base))
	p.expect(grace, "the tester at the other relay", 10*time.Second, func(f api.Frame) bool { return f.T == "join" && f.Who.Name == "tester" })
	for _, name := range []string{"Ada", "Ada L."} {
		began := time.Now()
		status, err := someone.Rename(p.ctx, p.one.Base, name)
		if p.must(err); status != http.StatusOK {
			t.Fatalf("renaming to %s: %d", name, status)
		}
		p.expect(tab, "the tab is told that it is "+name+"'s", 5*time.Second, func(f api.Frame) bool { return f.T == "you" && f.User.Name == name })
		t.Logf("told after %s", time.Since(began).Round(time.Millisecond))
		p.expect(grace, name+" is seen", 5*time.Second, func(f api.Frame) bool { return f.T == "join" && f.Who.Name == name })
		for _, r := range []*lab.Relay{p.one, p.two} {
			p.until("both relays see "+name, 5*time.Second, func() bool { tabs := p.tabs(r); return tabs[name] == 1 && tabs["tester"] == 0 })
		}
	}
}
