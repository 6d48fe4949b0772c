package faults

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/broker"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// A second bench that knows the first one's run id, request ids and message
// ids and publishes under them: nothing of it is accepted.
func TestThreat01_RogueBench(t *testing.T) {
	c := startChain(t)
	rogue, err := c.broker.Connect("other")
	c.must(err)
	defer rogue.Close()
	hub, err := c.broker.Connect(broker.HubUser)
	c.must(err)
	defer hub.Close()

	// The rogue answers every request to the first bench before the bench can:
	// it is told here what a bench could only guess.
	lie := 77
	_, err = hub.Subscribe("cmd.demo.>", func(m *nats.Msg) {
		var q wire.Request
		if json.Unmarshal(m.Data, &q) != nil || q.Req == "" {
			return
		}
		forged, _ := json.Marshal(wire.Answer{Life: "rogue", Fault: &wire.Fault{Code: wire.TooLate, Message: "forged"}})
		_ = rogue.Publish(wire.UpReply(q.Relay, q.Req), forged)
		_ = rogue.Flush()
	})
	c.must(err)
	c.must(hub.Flush())

	const run = "robbed"
	stop := make(chan struct{})
	quiet := make(chan struct{})
	go func() {
		defer close(quiet)
		for i := int64(0); ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
			var b wire.Block
			b.Run = run
			for n := range int64(50) {
				b.Add(wire.Line{N: i%20*50 + n + 1, Stream: wire.Out, Level: wire.Plain, Bytes: []byte("forged")})
			}
			block, _ := json.Marshal(b)
			m := &nats.Msg{Subject: wire.UpRun(run), Data: block, Header: nats.Header{
				wire.HeaderFirst: {fmt.Sprint(b.First)}, wire.HeaderLast: {fmt.Sprint(b.First + 49)}, nats.MsgIdHdr: {fmt.Sprintf("%s-%d", run, b.First)},
			}}
			_ = rogue.PublishMsg(m)
			result, _ := json.Marshal(wire.Result{Run: run, Rev: 1 << 30, Device: "sim0001", State: wire.Ended, Outcome: wire.Exited, ExitCode: &lie, Lines: 50})
			_ = rogue.Publish(wire.UpResult(run), result)
		}
	}()
	_, err = c.relay.API.Start(c.ctx, api.RunRequest{ID: run, Bench: "demo", Device: "sim0001", Command: "i=0; while [ $i -lt 20 ]; do seq $((i*50+1)) $((i*50+50)); sleep 0.05; i=$((i+1)); done"})
	c.must(err)
	l := lab.NewLedger(func(n int64) string { return fmt.Sprint(n) })
	lab.WatchSocket(c.ctx, l, c.relay.Base, lab.Token, run)
	close(stop)
	<-quiet
	if err := l.Check(1000); err != nil {
		t.Error(err)
	}
	if end := l.End(); end == nil || end.Outcome != wire.Exited || end.ExitCode == nil || *end.ExitCode != 0 {
		t.Errorf("ended %+v, want the bench's own exit 0", end)
	}
	again := lab.NewLedger(func(n int64) string { return fmt.Sprint(n) })
	lab.WatchLog(c.ctx, again, c.relay.API, run)
	if err := again.Check(1000); err != nil {
		t.Error("read again:", err)
	}
}
