package daemon

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
)

// BenchmarkCommand is a command from its start to the hub's receipt of its
// end, alone and while another run floods; the flood's own rate beside it.
func BenchmarkCommand(b *testing.B) {
	for _, flood := range []bool{false, true} {
		for _, window := range []int{0, 256 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("flood=%v/window=%dk", flood, window>>10), func(b *testing.B) { benchCommand(b, flood, window) })
		}
	}
}

func benchCommand(b *testing.B, flood bool, window int) {
	h := newHub(b)
	startBench(b, h, func(c *Config) { c.window = window })
	ends := make(chan string, 1000)
	must(h.nc.Subscribe("up.result.*", func(m *nats.Msg) {
		var r wire.Result
		if json.Unmarshal(m.Data, &r) == nil && r.State == wire.Ended {
			ends <- r.Run
		}
	}))
	var flooded atomic.Int64
	if flood {
		must(h.nc.Subscribe("up.run.flood", func(m *nats.Msg) { flooded.Add(int64(len(m.Data))) }))
		h.start("flood", "while true; do floodlines 1000000 130; done")
		h.running("flood")
	}
	clock := h.clock()
	var took []time.Duration
	began := time.Now()
	for i := range b.N {
		id := fmt.Sprint("r", i)
		at := time.Now()
		s := wire.Start{Relay: "nobody", Req: "x", Life: clock.Life, VoidAt: 1 << 40, Run: id, Device: "sim0002-5555", Command: "echo hello", TimeoutS: 60}
		_ = h.nc.Publish(wire.CmdRunStart, must(json.Marshal(s)))
		for <-ends != id {
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
	if flood {
		b.ReportMetric(float64(flooded.Load())/133/1000/time.Since(began).Seconds(), "flood-klines/s")
		h.cancel("flood")
	}
}
