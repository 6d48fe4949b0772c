package faults

import (
	"errors"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// apart puts Ada at a relay that the filter keeps from what it holds back, and Bob
// at the chain's own.
func apart(t *testing.T, c *chain) (filter *lab.Filter, ada, bob lab.API) {
	t.Helper()
	filter, err := lab.NewFilter(c.broker.Addr)
	c.must(err)
	t.Cleanup(filter.Close)
	behind, err := lab.StartRelay(built, filter.Addr())
	c.must(err)
	t.Cleanup(func() { behind.Kill() })
	ada, bob = behind.API, c.relay.API
	ada.Name, bob.Name = "Ada", "Bob"
	return filter, ada, bob
}

// Threat 4: a person without the reservation drives the device. Bob has taken it
// over at one relay; the other one has not heard of that and still believes that
// it is Ada's. Her commands there get as far as the agent, which refuses them,
// and that is written down for all to see.
func TestThreat04_StaleEpoch(t *testing.T) {
	c := startChain(t)
	filter, ada, bob := apart(t, c)
	c.until("the bench at the second relay", func() bool {
		b, err := ada.Bench(c.ctx, "demo")
		return err == nil && b.State == api.Online && len(b.Devices) == 2
	})
	reserve := func(a lab.API, verb string, q api.ReservationRequest) api.Reserved {
		t.Helper()
		q.Device = "sim0001"
		var place api.Reserved
		_, err := a.Do(c.ctx, "POST", "/api/v1/benches/demo/reservations/"+verb, q, &place)
		c.must(err)
		return place
	}
	run := func(a lab.API, id, command string) api.Run {
		t.Helper()
		_, err := a.Start(c.ctx, api.RunRequest{ID: id, Bench: "demo", Device: "sim0001", Command: command})
		c.must(err)
		var run api.Run
		c.until("the end of "+id, func() bool {
			run, err = c.relay.Run(c.ctx, id) // at the relay that knows
			return err == nil && run.State == wire.Ended
		})
		return run
	}
	if place := reserve(ada, "reserve", api.ReservationRequest{}); !place.Granted {
		t.Fatalf("%+v", place)
	}
	if r := run(ada, "ada1", "echo ada >> /data/local/tmp/who"); r.Outcome != wire.Exited || r.By != "Ada" {
		t.Fatalf("the holder's own: %+v", r)
	}
	filter.Hold("$KV." + wire.BucketReservations + ".")
	if place := reserve(bob, "take", api.ReservationRequest{Reason: "the demo begins"}); !place.Granted {
		t.Fatalf("%+v", place)
	}
	if r := run(bob, "bob1", "echo bob >> /data/local/tmp/who"); r.Outcome != wire.Exited {
		t.Fatalf("the new holder's: %+v", r)
	}
	stale := func(id string) {
		t.Helper()
		r := run(ada, id, "echo late >> /data/local/tmp/who")
		if r.Outcome != wire.Refused || r.Fault == nil || r.Fault.Code != wire.EpochOld || r.By != "Ada" {
			t.Fatalf("a command of the older epoch: %+v", r)
		}
	}
	stale("ada2")
	// Neither does she end what he runs, or reboot it.
	_, err := bob.Start(c.ctx, api.RunRequest{ID: "bob2", Bench: "demo", Device: "sim0001", Command: "sleep 600"})
	c.must(err)
	c.until("bob's long run", func() bool { r, err := ada.Run(c.ctx, "bob2"); return err == nil && r.State == wire.Running })
	_, err = ada.Do(c.ctx, "POST", "/api/v1/runs/bob2/cancel", nil, nil)
	var refusal *lab.Refusal
	if !errors.As(err, &refusal) || refusal.Code != wire.EpochOld {
		t.Errorf("her cancel of his run: %v", err)
	}
	_, err = ada.Start(c.ctx, api.RunRequest{ID: "ada3", Bench: "demo", Device: "sim0001", Act: &wire.Act{Kind: wire.ActReboot}})
	c.must(err)
	c.until("the reboot refused", func() bool {
		r, err := c.relay.Run(c.ctx, "ada3")
		return err == nil && r.Outcome == wire.Refused && r.Fault.Code == wire.EpochOld
	})
	// The agent's next life knows it, too.
	c.agent.Kill()
	c.must(c.agent.Start())
	c.until("the bench back at both relays", func() bool {
		r, err := ada.Run(c.ctx, "bob2")
		b, back := ada.Bench(c.ctx, "demo")
		here, also := c.relay.Bench(c.ctx, "demo")
		return err == nil && r.State == wire.Ended && back == nil && also == nil && b.State == api.Online && here.State == api.Online && b.Devices[0].State == wire.DeviceReady
	})
	stale("ada4")
	if r := run(bob, "bob3", `[ "$(cat /data/local/tmp/who)" = "$(printf 'ada\nbob')" ]`); r.ExitCode == nil || *r.ExitCode != 0 {
		t.Errorf("the device was driven by others, too: %+v", r)
	}
	// In the history, at any relay.
	var list api.Runs
	_, err = c.relay.Do(c.ctx, "GET", "/api/v1/runs?by=ada&outcome=refused", nil, &list)
	c.must(err)
	if len(list.Runs) != 3 {
		t.Errorf("%d of her runs are recorded as refused, of 3", len(list.Runs))
	}
	// Once that relay hears of it, it refuses by itself and says who holds it.
	filter.Hold("")
	c.until("the relay hears of it", func() bool {
		_, err := ada.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "id"})
		return errors.As(err, &refusal) && refusal.Code == wire.Reserved
	})
	t.Logf("her command: %q; now: %q", "epoch_old", refusal.Detail)
}

// The moment counts in which the new driver hears that it is theirs: from then on
// the agent refuses the earlier one's commands, though the relay that passes them
// on is still cut off from the news and nobody has driven the device since.
func TestThreat04_FromTheAnswerOn(t *testing.T) {
	c := startChain(t)
	filter, ada, bob := apart(t, c)
	take := func(a lab.API) {
		t.Helper()
		c.until("taking it over", func() bool {
			var place api.Reserved
			_, err := a.Do(c.ctx, "POST", "/api/v1/benches/demo/reservations/take", api.ReservationRequest{Device: "sim0001", Reason: "x"}, &place)
			return err == nil && place.Granted
		})
	}
	for round := range 5 {
		take(ada)
		c.until("her own command passes", func() bool {
			_, err := ada.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "id"})
			return err == nil
		})
		filter.Hold("$KV." + wire.BucketReservations + ".")
		take(bob)
		run, err := ada.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "echo late >> /data/local/tmp/late"})
		c.must(err)
		c.until("the end of her command", func() bool {
			run, err = c.relay.Run(c.ctx, run.ID)
			return err == nil && run.State == wire.Ended
		})
		if run.Outcome != wire.Refused || run.Fault == nil || run.Fault.Code != wire.EpochOld {
			t.Fatalf("round %d: a command of the earlier driver: %+v", round, run)
		}
		filter.Hold("")
	}
}
