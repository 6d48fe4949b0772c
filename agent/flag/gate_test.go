package flag

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/farbench/farbench/agent/danger"
	"github.com/farbench/farbench/agent/wire"
)

func harmful() *danger.Danger  { return danger.Of("reboot") }
func harmless() *danger.Danger { return nil }

func TestGate_AsksWhileTheFlagIsUp(t *testing.T) {
	g := NewGate("b1")
	pass := func(confirmed bool, does func() *danger.Danger) *wire.Fault {
		begun, fault := g.Pass(confirmed, does)
		begun()
		begun() // more than once changes nothing
		return fault
	}
	if fault := pass(false, func() *danger.Danger { t.Error("judged though nobody is there"); return nil }); fault != nil {
		t.Errorf("without a flag: %v", fault)
	}
	g.Raise(&wire.Flag{Note: "Grace swaps the harness"})
	fault := pass(false, harmful)
	if fault == nil || fault.Code != wire.ConfirmNeeded || fault.Message != "somebody is at bench b1 (Grace swaps the harness). The device leaves the bench until it has booted." {
		t.Errorf("asks with %+v", fault)
	}
	if fault := pass(false, harmless); fault != nil {
		t.Errorf("harmless: %v", fault)
	}
	if fault := pass(true, harmful); fault != nil {
		t.Errorf("confirmed: %v", fault)
	}
	g.Raise(nil)
	if fault := pass(false, harmful); fault != nil {
		t.Errorf("taken away: %v", fault)
	}
}

// The flag counts once Raise has returned: what had passed before has begun by
// then, and nothing passes after.
func TestGate_RaiseWaitsForWhatHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate("b1")
		begun, _ := g.Pass(false, harmful)
		var up time.Time
		began := time.Now()
		go func() { g.Raise(&wire.Flag{}); up = time.Now() }()
		synctest.Wait()
		if !up.IsZero() {
			t.Error("the flag counts although something that passed may still begin")
		}
		if _, fault := g.Pass(false, harmful); fault == nil {
			t.Error("something passes beneath the flag")
		}
		time.Sleep(time.Second)
		begun()
		synctest.Wait()
		if up.Sub(began) != time.Second {
			t.Errorf("the flag counts after %s", up.Sub(began))
		}
	})
}
