package runs

import (
	"fmt"

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
