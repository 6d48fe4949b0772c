package run

import (
	"context"
	"testing"

	"github.com/farbench/farbench/agent/act"
	"github.com/farbench/farbench/agent/life"
	"github.com/farbench/farbench/agent/wire"
)

// Who drove the device before ends nothing that goes on there now.
func TestRunner_CancelOfAnEarlierDriverEndsNothing(t *testing.T) {
	now := wire.Drive{Epoch: 7, Held: true}
	r, _ := newRunner(t, life.New(), nil)
	r.c.Pass = func(device string, drive wire.Drive) *wire.Fault {
		if device == "is-device" && drive != now {
			return &wire.Fault{Code: wire.EpochOld, Message: "somebody else drives the device now"}
		}
		return nil
	}
	began, finish := make(chan struct{}), make(chan struct{})
	r.c.Act = func(ctx context.Context, _ wire.Device, _ wire.Act, log act.Log) act.Ending {
		log.Say("going")
		close(began)
		select {
		case <-finish:
		case <-ctx.Done():
		}
		return act.Ending{Outcome: wire.Exited}
	}
	a := r.Start(wire.Start{
		Life: r.c.Life.Name(), VoidAt: 1 << 40, Run: "r1", Device: "is-device", Act: &wire.Act{Kind: wire.ActReboot}, TimeoutS: 60, Drive: now,
	})
	if a.Result == nil || a.Result.State != wire.Accepted {
		t.Fatalf("the driver's own is answered %+v, %v", a, a.Fault)
	}
	<-began
	if a := r.Cancel(wire.Cancel{Run: "r1", Drive: wire.Drive{Epoch: 6, Held: true}}); a.Fault == nil || a.Fault.Code != wire.EpochOld {
		t.Errorf("an earlier driver's cancel is answered %+v, %v", a.Result, a.Fault)
	}
	close(finish)
	if got := r.ended(t, "r1"); got.Outcome != wire.Exited {
		t.Errorf("it ended as %+v", got)
	}
}
