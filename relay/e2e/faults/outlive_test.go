package faults

import (
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// A reservation and its queue outlive the bench, the device's reboot, every relay
// and the broker: nothing ends it but its time and people.
func TestReservations_OutliveBenchRebootRelaysAndBroker(t *testing.T) {
	c := startChain(t)
	ada, bob := c.relay.API, c.relay.API
	ada.Name, bob.Name = "Ada", "Bob"
	ask := func(a lab.API, verb string) (place api.Reserved) {
		t.Helper()
		_, err := a.Do(c.ctx, "POST", reservationsOf+"/"+verb, api.ReservationRequest{Device: "sim0001"}, &place)
		c.must(err)
		return place
	}
	first := ask(ada, "reserve")
	if waits := ask(bob, "reserve"); !first.Granted || waits.Granted || waits.Position != 1 {
		t.Fatalf("%+v, %+v", first, waits)
	}
	still := func(after string) {
		t.Helper()
		c.until("Ada's reservation after "+after, func() bool {
			var doc api.Reservations
			_, err := ada.Do(c.ctx, "GET", reservationsOf, nil, &doc)
			return err == nil && len(doc.Places) == 1 && doc.Places[0].Holder != nil && doc.Places[0].Holder.ID == first.Holder.ID &&
				doc.Places[0].Epoch == first.Epoch && doc.Places[0].Until.Equal(*first.Until) && len(doc.Places[0].Queue) == 1
		})
	}
	ready := func() {
		t.Helper()
		c.until("the device ready", func() bool {
			b, err := ada.Bench(c.ctx, "demo")
			return err == nil && b.State == api.Online && len(b.Devices) == 2 && b.Devices[0].State == wire.DeviceReady
		})
	}
	drives := func(id string) {
		t.Helper()
		_, err := bob.Start(c.ctx, api.RunRequest{ID: id + "-bob", Bench: "demo", Device: "sim0001", Command: "true"})
		wantCode(t, err, wire.Reserved)
		if err != nil && !strings.Contains(err.Error(), "Ada holds sim0001 on demo until ") {
			t.Error(err)
		}
		_, err = ada.Start(c.ctx, api.RunRequest{ID: id, Bench: "demo", Device: "sim0001", Command: "true"})
		c.must(err)
		if run := c.ended(c.relay, id); run.Outcome != wire.Exited {
			t.Errorf("the holder's run: %+v", run)
		}
	}
	drives("before")

	_, err := ada.Start(c.ctx, api.RunRequest{ID: "reboot", Bench: "demo", Device: "sim0001", Act: &wire.Act{Kind: wire.ActReboot}})
	c.must(err)
	c.ended(c.relay, "reboot")
	ready()
	still("a reboot")

	c.agent.Kill()
	c.until("the bench offline", func() bool { b, err := ada.Bench(c.ctx, "demo"); return err == nil && b.State == api.Offline })
	still("the bench's death")
	c.must(c.agent.Start())
	ready()
	drives("bench")

	c.relay.Kill()
	c.must(c.relay.Start())
	ready()
	still("every relay's death")

	c.relay.Kill()
	c.broker.Kill()
	c.must(c.broker.Start())
	c.must(c.relay.Start())
	ready()
	still("the broker's death")
	drives("broker")
	if place := ask(ada, "release"); place.Holder == nil || place.Holder.Name != "Bob" || place.Epoch != first.Epoch+1 {
		t.Errorf("after Ada released it: %+v", place)
	}
}
