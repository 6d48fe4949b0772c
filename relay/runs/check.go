package runs

import (
	"context"
	"fmt"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/checks"
)

// byCheck fills in what the check says: its command, and a copy of what its
// output is to show, which stays with the run whatever becomes of the check.
func (r *Runs) byCheck(ctx context.Context, c *wire.Claim, q api.RunRequest) error {
	if q.Check == "" {
		return nil
	}
	if r.cfg.Check == nil {
		return unavailable("this relay has no checks")
	}
	check, err := r.cfg.Check(ctx, q.Check)
	if err != nil {
		return err
	}
	if model := r.model(c.Bench, c.Device); model != "" && !checks.Fits(check, model) {
		return &wire.Fault{
			Code:    wire.Invalid,
			Message: fmt.Sprintf("check %s is meant for %s, and device %s is a %.64s", check.ID, strings.Join(check.Models, ", "), c.Device, model),
			Hint:    "run another check, or add the model to this one",
		}
	}
	c.Check, c.Command, c.Hash = checks.Copy(check), check.Command, wire.CommandHash(check.Command)
	if q.TimeoutS == nil && check.TimeoutS > 0 {
		c.TimeoutS = check.TimeoutS
	}
	return nil
}

func (r *Runs) model(bench, device string) string {
	b, _ := r.cfg.Benches.Get(bench)
	for _, d := range b.Devices {
		if d.ID == device {
			return d.Model
		}
	}
	return ""
}

// sameWork says whether two claims of an id ask for the same. Of a check the id
// counts: it may have been edited between a question and its repetition.
func sameWork(held, asked wire.Claim) bool {
	if held.Check != nil && asked.Check != nil {
		return held.Check.ID == asked.Check.ID
	}
	return held.Check == nil && asked.Check == nil && held.Hash == asked.Hash
}
