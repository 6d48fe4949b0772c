package runs

import (
	"fmt"
	"strings"

	"github.com/farbench/farbench/agent/wire"
)

func notFound(id string) *wire.Fault {
	return &wire.Fault{
		Code: wire.NotFound, Message: fmt.Sprintf("there is no run %.64q", id),
		Hint: "its id may be mistyped, or its history was cut with age",
	}
}

func unavailable(why string) *wire.Fault {
	return &wire.Fault{Code: wire.Unavailable, Message: why, Hint: "ask again in a moment", Retry: true}
}

// maxSaid bounds each text of a bench's fault, in bytes.
const maxSaid = 2 << 10

// SaidBy is a fault as a bench may say it: about its devices and the run, in
// texts of a sane length. Any other code would speak for the relay: a browser
// that reads "unauthorized" signs its tester out.
func SaidBy(bench string, f *wire.Fault) *wire.Fault {
	said := &wire.Fault{Code: f.Code, Message: cut(f.Message), Hint: cut(f.Hint), Retry: f.Retry}
	switch f.Code {
	case wire.DeviceUnknown, wire.DeviceOffline, wire.DeviceUnauthorized, wire.RunEnded, wire.NotFound,
		wire.Invalid, wire.TooLarge, wire.TooMany, wire.Draining, wire.TooLate, wire.OpenFailed, wire.OtherLife,
		wire.EpochOld, wire.StorageFull, wire.ConfirmNeeded:
	default:
		said.Code, said.Message = wire.Internal, fmt.Sprintf("bench %s answered with the fault %.64q: %s", bench, f.Code, said.Message)
	}
	return said
}

func cut(text string) string {
	if len(text) > maxSaid {
		text = strings.ToValidUTF8(text[:maxSaid], "") + "…"
	}
	return text
}

func benchOffline(bench, reason string) *wire.Fault {
	message := "bench " + bench + " is offline"
	if reason != "" {
		message += ": " + reason
	}
	return &wire.Fault{
		Code: wire.BenchOffline, Message: message, Retry: true,
		Hint: "check that the bench PC is on and its agent runs; nothing was started",
	}
}
