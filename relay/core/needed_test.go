package core_test

import (
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reservation"
)

// Whoever is connected to any relay, holds or waits for a reservation, asks for
// one or is offered it, or has a run that goes on, is needed at every relay.
func TestNeeded(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	one, two := relay(t, l), relay(t, l)
	b.Inventory(wire.Device{ID: "d1", Serial: "s1", State: wire.DeviceReady}, wire.Device{ID: "d2", Serial: "s2", State: wire.DeviceReady})
	b.Beat()
	b.Flush()
	for _, c := range []*core.Core{one, two} {
		online(t, c, "b1")
	}
	who := func(name string) api.User { return api.User{ID: "p-" + name, Name: name} }
	reserve(t, one, who("holds"), reservation.Reserve, api.ReservationRequest{Device: "d1"})
	reserve(t, one, who("waits"), reservation.Reserve, api.ReservationRequest{Device: "d1"})
	reserve(t, one, who("asks"), reservation.Ask, api.ReservationRequest{Device: "d1"})
	two.Crowd().Arrive("c1", who("sits"))
	if _, _, err := one.Runs().Start(t.Context(), api.RunRequest{ID: "r1", Bench: "b1", Device: "d1", Command: "true"}, who("holds")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := one.Runs().Start(t.Context(), api.RunRequest{ID: "r2", Bench: "b1", Device: "d2", Command: "true"}, who("runs")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*core.Core{one, two} {
		for _, name := range []string{"holds", "waits", "asks", "sits", "runs"} {
			coretest.Eventually(t, "who "+name+" is needed", func() bool { people, known := c.Needed(); return known && people["p-"+name] })
		}
	}
	two.Crowd().Leave("c1")
	coretest.Eventually(t, "who has gone is not", func() bool { people, _ := one.Needed(); return !people["p-sits"] })
	if people, _ := one.Needed(); people["p-stranger"] {
		t.Error("a stranger is needed")
	}
}
