package runs

import (
	"context"

	"github.com/farbench/farbench/agent/wire"
)

// Usable says what keeps work other than a run from beginning on a device now;
// nil: nothing does.
func (r *Runs) Usable(ctx context.Context, bench, device string) error {
	if err := r.cfg.Bridge.Ready(); err != nil {
		return unavailable(err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	claim := wire.Claim{Bench: bench, Device: device}
	if _, err := r.base(ctx, claim); err != nil {
		return err
	}
	return place(r.cfg.Benches, claim)
}
