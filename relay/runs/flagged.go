package runs

import (
	"fmt"

	"github.com/farbench/farbench/agent/danger"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/benches"
)

// unconfirmed refuses what looks destructive while somebody is at the bench,
// unless whoever asks was asked themselves.
func unconfirmed(all *benches.Benches, c wire.Claim, confirmed bool) error {
	b, ok := all.Get(c.Bench)
	if confirmed || !ok || b.Flag == nil {
		return nil
	}
	d := danger.Of(c.Command)
	if d == nil {
		return nil
	}
	message := "somebody is at bench " + c.Bench
	if b.Flag.Note != "" {
		message = fmt.Sprintf("somebody is at bench %s (%s)", c.Bench, b.Flag.Note)
	}
	return &wire.Fault{
		Code: wire.ConfirmNeeded, Message: message + ". " + d.Text,
		Hint: "make sure that nobody is in its way, then confirm it",
	}
}
