package faults

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// quotaMiB is what each bench may keep in the tests below.
const quotaMiB = 8

// A bench that floods, over twelve connections of its own, takes nothing from
// its neighbour: the neighbour's run is complete, its history is whole, and the
// flood is cut back to the bench's own share.
func TestThreat18_NeighboursFlood(t *testing.T) {
	c := startChain(t, "FARBENCH_KEEP_MIB_PER_BENCH="+strconv.Itoa(quotaMiB))
	const lines = 20_000
	command := fmt.Sprintf("i=0; while [ $i -lt 40 ]; do seq $((i*500+1)) $((i*500+500)); sleep 0.05; i=$((i+1)); done; exit 0 # %d", lines)
	timed := func() time.Duration {
		began := time.Now()
		run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: command})
		c.must(err)
		l := lab.NewLedger(func(n int64) string { return strconv.FormatInt(n, 10) })
		lab.WatchSocket(c.ctx, l, c.relay.Base, lab.Token, run.ID)
		if err := l.Check(lines); err != nil {
			t.Error(err)
		}
		c.run = run.ID
		return time.Since(began)
	}
	calm := timed()

	block := floodBlock()
	stop := make(chan struct{})
	var floods sync.WaitGroup
	for i := range 12 {
		nc, err := c.broker.Connect("other")
		c.must(err)
		floods.Go(func() {
			defer nc.Close()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				_ = nc.PublishMsg(&nats.Msg{Subject: wire.UpRun(fmt.Sprintf("flood-%d-%d", i, n%50)), Reply: "_INBOX.flood", Data: block})
				if n%100 == 99 {
					_ = nc.FlushTimeout(10 * time.Second)
				}
			}
		})
	}
	flooded := timed()
	close(stop)
	floods.Wait()
	t.Logf("a run of %d lines: %s, beside a flood of 12 connections %s", lines, calm.Round(time.Millisecond), flooded.Round(time.Millisecond))

	c.until("the flood cut back to its share", func() bool { return c.stored("other") <= quotaMiB<<20 })
	again := lab.NewLedger(func(n int64) string { return strconv.FormatInt(n, 10) })
	lab.WatchLog(c.ctx, again, c.relay.API, c.run)
	if err := again.Check(lines); err != nil {
		t.Error("the neighbour's history:", err)
	}
}

// A reader whose lines are cut away under it sees a gap, not a jump.
func TestCut_ShowsAGap(t *testing.T) {
	c := startChain(t, "FARBENCH_KEEP_MIB_PER_BENCH="+strconv.Itoa(quotaMiB))
	const lines, size = 200_000, 130
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: fmt.Sprintf("floodlines %d %d", lines, size)})
	c.must(err)
	c.ended(c.relay, run.ID)
	c.until("the run cut", func() bool {
		got, err := c.relay.Run(c.ctx, run.ID)
		return err == nil && got.KeptFrom > 1
	})
	l := lab.NewLedger(func(n int64) string { return "" })
	lab.WatchLog(c.ctx, l, c.relay.API, run.ID)
	gaps := l.Gaps()
	if len(gaps) == 0 || gaps[0].From != 1 || gaps[0].To == nil || l.Last() != lines {
		t.Fatalf("%s, gaps %+v: want one from line 1 on and the last line %d", l, gaps, lines)
	}
	if l.Missing() != 0 {
		t.Errorf("%s: lines are missing without a gap", l)
	}
	t.Logf("gap %d to %d: %s", gaps[0].From, *gaps[0].To, gaps[0].Reason)
}

func floodBlock() []byte {
	var b wire.Block
	b.Run = "flood"
	for n := range int64(400) {
		b.Add(wire.Line{N: n + 1, Stream: wire.Out, Level: wire.Plain, Bytes: []byte(strings.Repeat("x", 130))})
	}
	data, _ := json.Marshal(b)
	return data
}
