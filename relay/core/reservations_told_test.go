package core_test

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/farbench/farbench/agent/fence"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reservation"
)

func TestReservations_TheAgentIsToldWhoDrives(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	known := map[string]wire.Drive{"d2": {Epoch: 40}}
	var mu sync.Mutex
	b.Handle(func(b *coretest.Bench) {
		b.OnEpochs = func(e wire.Epochs) map[string]wire.Drive {
			mu.Lock()
			defer mu.Unlock()
			for device, d := range e.Devices {
				if d.Epoch >= known[device].Epoch {
					known[device] = d
				}
			}
			told, _ := json.Marshal(known)
			all := map[string]wire.Drive{}
			_ = json.Unmarshal(told, &all)
			return all
		}
	})
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	is := func(device string, d wire.Drive) func() bool {
		return func() bool { mu.Lock(); defer mu.Unlock(); return known[device] == d }
	}
	reserve(t, c, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	coretest.Eventually(t, "the agent knows that d1 is held", is("d1", wire.Drive{Epoch: 1, Held: true}))
	reserve(t, c, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
	coretest.Eventually(t, "the agent knows that d1 is free", is("d1", wire.Drive{Epoch: 1}))
	// It was told more of d2 than the store knows: the book goes on from there.
	coretest.Eventually(t, "the book has caught up", func() bool {
		drive, err := c.Books().Allow(t.Context(), "b1", "d2", ada)
		return err == nil && drive.Epoch == 40
	})
}

// fenced lets a bench take commands as an agent's fence does.
func fenced(t *testing.T, b *coretest.Bench) *fence.Fence {
	t.Helper()
	f, err := fence.Open(t.TempDir()+"/epochs", coretest.Logger(t))
	if err != nil {
		t.Fatal(err)
	}
	b.Handle(func(b *coretest.Bench) {
		accept := b.OnStart
		b.OnStart = func(s wire.Start) *wire.Answer {
			if fault := f.Pass(s.Device, s.Drive); fault != nil {
				return &wire.Answer{Fault: fault}
			}
			return accept(s)
		}
		b.OnEpochs = func(e wire.Epochs) map[string]wire.Drive {
			known, fault := f.Tell(e.Devices)
			if fault != nil {
				t.Error(fault)
			}
			return known
		}
	})
	return f
}

// When somebody hears that a device is theirs its agent knows: from then on the
// earlier driver's commands are refused there, whichever relay passes them on.
func TestReservations_TheAgentKnowsBeforeTheDriver(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	f := fenced(t, b)
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	var earlier wire.Drive
	for n := range 20 {
		by := []api.User{ada, bob}[n%2]
		reserve(t, c, by, reservation.Take, api.ReservationRequest{Device: "d1", Reason: "x"})
		if fault := f.Pass("d1", earlier); fault == nil || fault.Code != wire.EpochOld {
			t.Fatalf("%s was told that it is theirs, and a command of the one before passes (%v)", by.Name, fault)
		}
		drive, err := c.Books().Allow(t.Context(), "b1", "d1", by)
		if err != nil {
			t.Fatal(err)
		}
		earlier = drive
	}
}

// A bench that does not answer is not waited for without end, and not each time.
func TestReservations_ASilentBenchHoldsNobodyUp(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	var asked atomic.Int32
	b.Handle(func(b *coretest.Bench) {
		b.OnEpochs = func(wire.Epochs) map[string]wire.Drive { asked.Add(1); return nil }
	})
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	for range 20 {
		if r := reserve(t, c, ada, reservation.Reserve, api.ReservationRequest{Device: "d1"}); !r.Granted {
			t.Fatalf("%+v", r)
		}
		reserve(t, c, ada, reservation.Release, api.ReservationRequest{Device: "d1"})
	}
	if n := asked.Load(); n == 0 || n > 10 {
		t.Errorf("it was asked %d times", n)
	}
}

// An agent that knows as high an epoch as comes next knows it of somebody else: it
// is asked before anything is given, though this relay has told it nothing yet.
func TestReservations_GiveNoEpochThatWasSomebodyElses(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	f := fenced(t, b)
	c := relay(t, l)
	if _, fault := f.Tell(map[string]wire.Drive{"d1": {Epoch: 1, Held: true}}); fault != nil {
		t.Fatal(fault)
	}
	b.Arrive()
	online(t, c, "b1")
	reserve(t, c, bob, reservation.Reserve, api.ReservationRequest{Device: "d1"})
	if fault := f.Pass("d1", wire.Drive{Epoch: 1, Held: true}); fault == nil {
		t.Error("a driver of whom the book knows nothing drives it beside him")
	}
	if _, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, bob); err != nil {
		t.Error(err)
	}
}
