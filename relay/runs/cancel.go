package runs

import (
	"context"
	"errors"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Cancel asks the bench to end a run on the device. It returns once the agent
// has taken the request; the run ends when its result says so.
func (r *Runs) Cancel(ctx context.Context, id string, by api.User) error {
	run, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	if run.State == wire.Ended {
		return ended(id)
	}
	if b, ok := r.cfg.Benches.Get(run.Bench); ok && b.State != api.Online && r.cfg.Benches.Gone(run.Bench) {
		fault := benchOffline(run.Bench, b.Reason)
		fault.Hint = "the run cannot be reached; cancel it again when the bench is back"
		return fault
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	drive, err := r.cfg.AllowEnd(ctx, run.Bench, run.Device, by, run.ByID)
	if err != nil {
		return err
	}
	a, err := r.cfg.Bridge.AskOnce(ctx, run.Bench, wire.CmdRunCancel, func(relay, req string) any {
		return wire.Cancel{Relay: relay, Req: req, Run: id, By: by.Name, Drive: drive}
	})
	switch {
	case errors.Is(err, bridge.ErrNoResponders):
		return benchOffline(run.Bench, "no agent is connected")
	case err != nil:
		return unavailable("the bench did not answer the cancel: " + err.Error())
	case a.Fault != nil:
		return SaidBy(run.Bench, a.Fault)
	case a.Result != nil:
		r.take(run.Bench, *a.Result)
	}
	return nil
}

func ended(id string) *wire.Fault {
	return &wire.Fault{Code: wire.RunEnded, Message: "run " + id + " has ended"}
}
