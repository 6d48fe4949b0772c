package keeper

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/relay/bridge"
)

func TestWeight_CountsWhatABenchHidesInHeaders(t *testing.T) {
	honest := bridge.Stored{Size: 1000, Header: nats.Header{"Fb-First": {"1"}, "Fb-Last": {"10"}}}
	if got := weight(honest); got != 1000+overhead {
		t.Errorf("an honest block weighs %d", got)
	}
	honest.Header["X"] = []string{strings.Repeat("x", 60<<10)}
	if got := weight(honest); got < 61<<10 {
		t.Errorf("60 KiB of headers weigh %d", got)
	}
}
