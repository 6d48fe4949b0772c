package crowd_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/crowd"
	"github.com/farbench/farbench/relay/presence"
)

var (
	ada   = api.User{ID: "pada", Name: "Ada"}
	grace = api.User{ID: "pgrace", Name: "Grace"}
)

// relay is one relay's crowd. stop ends it cleanly, kill as kill -9 does.
type relay struct {
	*crowd.Crowd
	stop, kill func()

	mu   sync.Mutex
	room map[string]api.Person // what its lab was told
}

func (r *relay) told() map[string]api.Person {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]api.Person{}
	for id, p := range r.room {
		seen[id] = p
	}
	return seen
}

func newRelay(t *testing.T, l *coretest.Lab, wall func() time.Time) *relay {
	t.Helper()
	r := &relay{room: map[string]api.Person{}}
	b := bridge.New(bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub")})
	r.Crowd = crowd.New(crowd.Config{Bridge: b, Logger: coretest.Logger(t), Wall: wall})
	r.Watch(func(c presence.Change) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch {
		case c.Room != presence.Lab:
		case c.Left:
			delete(r.room, c.Who.ID)
		default:
			r.room[c.Who.ID] = c.Who
		}
	})
	bridging, cut := context.WithCancel(context.Background())
	running, end := context.WithCancel(context.Background())
	var bridged, ran sync.WaitGroup
	bridged.Go(func() { _ = b.Run(bridging) })
	ran.Go(func() { _ = r.Run(running) })
	r.stop = func() { end(); ran.Wait(); cut(); bridged.Wait() }
	r.kill = func() { cut(); bridged.Wait(); end(); ran.Wait() }
	t.Cleanup(r.stop)
	coretest.Eventually(t, "the relay is connected", func() bool { return b.Ready() == nil })
	return r
}

func knows(t *testing.T, r *relay, what string, want func(map[string]api.Person) bool) {
	t.Helper()
	coretest.Eventually(t, what, func() bool {
		in := map[string]api.Person{}
		for _, p := range r.In(presence.Lab) {
			in[p.ID] = p
		}
		return want(in) && want(r.told())
	})
}

func TestCrowd_PresenceIsRightAcrossRelaysWhoseClocksDiffer(t *testing.T) {
	t.Parallel()
	l := coretest.New(t)
	one := newRelay(t, l, nil)
	two := newRelay(t, l, func() time.Time { return time.Now().Add(-time.Hour) })
	one.Join("c1", ada, presence.Lab)
	two.Join("c2", ada, presence.Lab)
	two.Join("c3", grace, presence.Lab)
	two.Look("c3", grace, api.Look{Bench: "b1", Device: "d1"})
	for _, r := range []*relay{one, two} {
		knows(t, r, "Ada has two tabs and Grace looks at d1", func(in map[string]api.Person) bool {
			return len(in) == 2 && in[ada.ID].Tabs == 2 && len(in[grace.ID].At) == 1 && in[grace.ID].At[0].Device == "d1"
		})
	}
	newcomer := newRelay(t, l, nil)
	knows(t, newcomer, "a newcomer has asked", func(in map[string]api.Person) bool { return len(in) == 2 && in[ada.ID].Tabs == 2 })
	two.Rename(api.User{ID: grace.ID, Name: "Grace H."})
	two.Leave("c2")
	for _, r := range []*relay{one, two, newcomer} {
		knows(t, r, "all see what changed", func(in map[string]api.Person) bool {
			return in[ada.ID].Tabs == 1 && in[grace.ID].Name == "Grace H."
		})
	}
	began := time.Now()
	two.stop()
	for _, r := range []*relay{one, newcomer} {
		knows(t, r, "a clean stop is seen", func(in map[string]api.Person) bool { return len(in) == 1 && in[ada.ID].Tabs == 1 })
	}
	if took := time.Since(began); took > presence.DeadAfter/2 {
		t.Errorf("a clean stop was seen after %s, as silence is", took)
	}
}

func TestCrowd_KilledRelaysPeopleAreGoneWithinTenSeconds(t *testing.T) {
	t.Parallel()
	l := coretest.New(t)
	one, two := newRelay(t, l, nil), newRelay(t, l, nil)
	one.Join("c1", ada, presence.Lab)
	for i := range 50 {
		conn := fmt.Sprintf("k%d", i)
		two.Join(conn, api.User{ID: "p" + conn, Name: conn}, presence.Lab)
	}
	knows(t, one, "all are here", func(in map[string]api.Person) bool { return len(in) == 51 })
	began := time.Now()
	two.kill()
	knows(t, one, "the dead relay's people are gone", func(in map[string]api.Person) bool { return len(in) == 1 })
	took := time.Since(began)
	t.Logf("right again after %s", took)
	if took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestCrowd_LostBrokerTakesNobodyAway(t *testing.T) {
	t.Parallel()
	l := coretest.New(t)
	one, two := newRelay(t, l, nil), newRelay(t, l, nil)
	one.Join("c1", ada, presence.Lab)
	knows(t, two, "Ada is here", func(in map[string]api.Person) bool { return len(in) == 1 })
	l.Stop()
	two.Join("c2", grace, presence.Lab) // while nobody can be told
	knows(t, two, "this relay's own are seen at once", func(in map[string]api.Person) bool { return len(in) == 2 })
	l.Start()
	knows(t, one, "what was missed is told", func(in map[string]api.Person) bool { return len(in) == 2 })
	knows(t, two, "nobody has gone", func(in map[string]api.Person) bool { return len(in) == 2 })
}

// A bench that may do anything inside its own account says that Mallory is
// here, asks for the whole and listens.
func TestCrowd_BenchesNeitherReachNorHearIt(t *testing.T) {
	t.Parallel()
	l := coretest.New(t)
	one := newRelay(t, l, nil)
	bench := l.NewBench("b1")
	heard := make(chan *nats.Msg, 64)
	for _, subject := range []string{wire.RelayPresence, "relay.>", ">", "cmd.>"} {
		_, _ = bench.NC.ChanSubscribe(subject, heard)
	}
	forged := []byte(`{"k":"delta","relay":"rforged","seq":1,"set":[{"c":"cx","p":"mallory","n":"Mallory","r":{"lab":1}}]}`)
	for _, subject := range []string{wire.RelayPresence, "up." + wire.RelayPresence, "up.presence", "hub.b1." + wire.RelayPresence, "presence.down.b1"} {
		_ = bench.NC.Publish(subject, forged)
		_ = bench.NC.PublishRequest("up.ask.resume", wire.RelayPresence, forged) // the broker answers there
	}
	_ = bench.NC.Flush()
	one.Join("c1", ada, presence.Lab)
	two := newRelay(t, l, nil)
	knows(t, two, "relays do hear each other", func(in map[string]api.Person) bool { return len(in) == 1 })
	knows(t, one, "and the bench is not heard", func(in map[string]api.Person) bool { return len(in) == 1 })
	bench.Flush()
	for {
		select {
		case m := <-heard:
			if m.Subject == wire.RelayPresence {
				t.Fatalf("the bench heard %s", m.Data)
			}
			continue
		default:
		}
		break
	}
}
