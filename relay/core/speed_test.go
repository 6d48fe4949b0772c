package core_test

import (
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reader"
)

type counter struct {
	lines atomic.Int64
	lag   atomic.Int64
	ended chan struct{}
}

func (c *counter) Block(b *reader.Block) bool { c.lines.Add(b.Last - b.First + 1); return true }
func (c *counter) Room(<-chan struct{}) error { return nil }
func (c *counter) Lag()                       { c.lag.Add(1) }
func (c *counter) Live()                      {}
func (c *counter) End(api.Run)                { close(c.ended) }

// BenchmarkFlood pushes blocks of about 64 KiB through broker, store and reader
// to 20 followers; lines/s is what matters.
func BenchmarkFlood(b *testing.B) {
	l := coretest.New(b)
	bench := l.NewBench("b1")
	c := relay(b, l)
	bench.Arrive()
	coretest.Eventually(b, "online", func() bool { d, ok := c.Benches().Get("b1"); return ok && d.State == api.Online && len(d.Devices) > 0 })
	run, _, err := c.Runs().Start(b.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "x"}, tester)
	if err != nil {
		b.Fatal(err)
	}
	const each = 480
	block := coretest.Lines(run.ID, 1, each)
	for i := range block.Text {
		block.Text[i] = "11-21 08:00:00.123  1234  5678 I ActivityManager: a line as logcat prints them, about one hundred and thirty bytes, more or less ok"
	}
	var all []*counter
	for range 20 {
		f := &counter{ended: make(chan struct{})}
		all = append(all, f)
		go func() { _ = c.Reader().Follow(b.Context(), run.ID, reader.From{}, f) }()
	}
	acks := make(chan *nats.Msg, 4096)
	inbox := bench.NC.NewInbox()
	if _, err := bench.NC.ChanSubscribe(inbox, acks); err != nil {
		b.Fatal(err)
	}
	data, _ := json.Marshal(block)
	tail := data[len(`{"run":"`+run.ID+`","first":1`):]
	b.ResetTimer()
	began := time.Now()
	flying := 0
	for n := range b.N {
		first := int64(n)*each + 1
		msg := nats.NewMsg(wire.UpRun(run.ID))
		msg.Reply = inbox
		head, _ := json.Marshal(first)
		msg.Data = append(append([]byte(`{"run":"`+run.ID+`","first":`), head...), tail...)
		lastJSON, _ := json.Marshal(first + each - 1)
		msg.Header.Set(wire.HeaderFirst, string(head))
		msg.Header.Set(wire.HeaderLast, string(lastJSON))
		if err := bench.NC.PublishMsg(msg); err != nil {
			b.Fatal(err)
		}
		for flying++; flying > 48; flying-- {
			<-acks
		}
	}
	bench.Ended(run.ID, int64(b.N)*each)
	for _, f := range all {
		<-f.ended
		if f.lines.Load() != int64(b.N)*each {
			b.Errorf("%d lines", f.lines.Load())
		}
	}
	b.ReportMetric(float64(b.N*each)/time.Since(began).Seconds(), "lines/s")
	b.ReportMetric(float64(all[0].lag.Load()), "lags")
}

// BenchmarkCommand runs commands one after another, from the start to the end
// that a follower sees, against a bench that answers at once.
func BenchmarkCommand(b *testing.B) {
	l := coretest.New(b)
	bench := l.NewBench("b1")
	c := relay(b, l)
	bench.Arrive()
	coretest.Eventually(b, "online", func() bool { d, ok := c.Benches().Get("b1"); return ok && d.State == api.Online && len(d.Devices) > 0 })
	bench.Handle(func(bench *coretest.Bench) {
		bench.OnStart = func(s wire.Start) *wire.Answer {
			zero := 0
			result, _ := json.Marshal(wire.Result{Run: s.Run, Rev: 3, Device: "d1", State: wire.Ended, Outcome: wire.Exited, ExitCode: &zero, Lines: 1})
			_ = bench.NC.PublishMsg(coretest.BlockMsg(b, coretest.Lines(s.Run, 1, 1)))
			_ = bench.NC.Publish(wire.UpResult(s.Run), result)
			return &wire.Answer{Result: &wire.Result{Run: s.Run, Rev: 1, Device: s.Device, State: wire.Accepted}}
		}
	})
	for b.Loop() {
		bench.Beat()
		run, _, err := c.Runs().Start(b.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "x"}, tester)
		if err != nil {
			b.Fatal(err)
		}
		f := &counter{ended: make(chan struct{})}
		if err := c.Reader().Follow(b.Context(), run.ID, reader.From{}, f); err != nil || f.lines.Load() != 1 {
			b.Fatal(err, f.lines.Load())
		}
	}
}
