package faults

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/broker"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// counted is how many numbered lines the runs below print, over counting
// seconds at least.
const counted = 200_000

// countCommand prints the lines 1 to 200000 in 400 steps and leaves one mark on
// the device for each time that it was run.
const countCommand = `echo run >> /data/local/tmp/count
i=0
while [ $i -lt 400 ]; do seq $((i*500+1)) $((i*500+500)); sleep 0.05; i=$((i+1)); done`

// chain is a whole lab of processes with one run going on and two watchers.
type chain struct {
	t       *testing.T
	ctx     context.Context
	broker  *lab.Broker
	relay   *lab.Relay
	sim     *lab.Sim
	agent   *lab.Agent
	link    *lab.Proxy // between agent and broker
	run     string
	socket  *lab.Ledger
	log     *lab.Ledger
	watcher sync.WaitGroup
}

func startChain(t *testing.T, settings ...string) *chain {
	t.Helper()
	return startChainOn(t, func(sim *lab.Sim) string { return sim.Host }, settings...)
}

// startChainOn is startChain with an agent that uses another adb server than
// the simulation's own.
func startChainOn(t *testing.T, server func(*lab.Sim) string, settings ...string) *chain {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	t.Cleanup(cancel)
	c := &chain{t: t, ctx: ctx}
	dir := t.TempDir()
	var err error
	c.broker, err = lab.StartBroker(built, dir, "demo", "other")
	c.must(err)
	t.Cleanup(func() { c.broker.Kill() })
	c.link, err = lab.NewProxy(c.broker.Addr)
	c.must(err)
	t.Cleanup(c.link.Close)
	c.relay, err = lab.StartRelay(built, c.broker.Addr, settings...)
	c.must(err)
	t.Cleanup(func() { c.relay.Kill() })
	c.sim, err = lab.StartSim(built, 2)
	c.must(err)
	t.Cleanup(func() { c.sim.Kill() })
	c.agent, err = lab.StartAgent(built, dir, "demo", "tcp:"+server(c.sim), c.link.Addr())
	c.must(err)
	t.Cleanup(func() { c.agent.Kill() })
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("relay:\n%s\nagent:\n%s\nbroker:\n%s", c.relay.Log(), c.agent.Log(), c.broker.Process().Log())
		}
	})
	c.until("the bench online with a ready device", func() bool {
		b, err := c.relay.Bench(ctx, "demo")
		return err == nil && b.State == api.Online && len(b.Devices) == 2 && b.Devices[0].State == wire.DeviceReady && b.Devices[1].State == wire.DeviceReady
	})
	return c
}

func (c *chain) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// until polls a condition; what it waits for is in the failure.
func (c *chain) until(what string, ok func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline) && c.ctx.Err() == nil; {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("waiting for %s: not within 90 s", what)
}

// count starts the counting run and its two watchers.
func (c *chain) count() {
	c.t.Helper()
	timeout := 300
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: countCommand, TimeoutS: &timeout})
	c.must(err)
	c.run = run.ID
	want := func(n int64) string { return strconv.FormatInt(n, 10) }
	c.socket, c.log = lab.NewLedger(want), lab.NewLedger(want)
	c.watcher.Go(func() { lab.WatchSocket(c.ctx, c.socket, c.relay.Base, lab.Token, run.ID) })
	c.watcher.Go(func() { lab.WatchLog(c.ctx, c.log, c.relay.API, run.ID) })
	c.until("the first lines", func() bool { return c.socket.Last() > 0 })
}

// going asserts that the command has printed its first line and not its last,
// by what was received and by what the agent says: a fault before or after
// would prove nothing.
func (c *chain) going() {
	c.t.Helper()
	if n := c.socket.Last(); n < 1 || n >= counted || c.socket.End() != nil {
		c.t.Fatalf("the fault came outside of the lines: %d of %d", n, counted)
	}
	if run, err := c.relay.Run(c.ctx, c.run); err != nil || run.State != wire.Running {
		c.t.Fatalf("the fault came outside of the run: %+v %v", run, err)
	}
}

// complete waits for the end at both watchers and checks every promise.
func (c *chain) complete() {
	c.t.Helper()
	for name, l := range map[string]*lab.Ledger{"socket": c.socket, "log": c.log} {
		select {
		case <-l.Done():
		case <-c.ctx.Done():
			run, err := c.relay.Run(context.Background(), c.run)
			c.t.Fatalf("%s: no end: %s; run %+v %v", name, l, run, err)
		}
		if end := l.End(); end.Outcome != wire.Exited || end.ExitCode == nil || *end.ExitCode != 0 {
			c.t.Errorf("%s: ended %+v", name, end)
		}
		if err := l.Check(counted); err != nil {
			c.t.Errorf("%s: %v", name, err)
		}
		c.t.Logf("%s: %s", name, l)
	}
	c.watcher.Wait()
	// The store alone, read afresh, holds the same.
	again := lab.NewLedger(func(n int64) string { return strconv.FormatInt(n, 10) })
	lab.WatchLog(c.ctx, again, c.relay.API, c.run)
	if err := again.Check(counted); err != nil {
		c.t.Errorf("read again: %v", err)
	}
	if out := c.shell("cat /data/local/tmp/count"); out != "run" {
		c.t.Errorf("the command left %q on the device, want one mark", out)
	}
}

// shell runs a command through the chain and returns its lines, joined.
func (c *chain) shell(command string) string {
	c.t.Helper()
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: command})
	c.must(err)
	l := lab.NewLedger(nil)
	lab.WatchLog(c.ctx, l, c.relay.API, run.ID)
	var out string
	for i, text := range l.Texts() {
		if i > 0 {
			out += "\n"
		}
		out += text
	}
	return out
}

// wait lets the run go on until so many more lines came, or d passed.
func (c *chain) pace(share float64) {
	c.t.Helper()
	target := int64(share * counted)
	c.until(fmt.Sprintf("line %d", target), func() bool { return c.socket.Last() >= target })
}

// lasts is how long a fault goes on.
func (c *chain) lasts(d time.Duration) {
	select {
	case <-time.After(d):
	case <-c.ctx.Done():
	}
}

// stored is how many bytes of a bench's lines lie in the store.
func (c *chain) stored(bench string) (bytes int64) {
	c.t.Helper()
	nc, err := c.broker.Connect(broker.HubUser)
	c.must(err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	c.must(err)
	stream, err := js.Stream(c.ctx, wire.StreamRuns)
	c.must(err)
	consumer, err := stream.OrderedConsumer(c.ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{wire.HubRun(bench, "*")}})
	c.must(err)
	for {
		batch, err := consumer.FetchNoWait(500)
		c.must(err)
		n := 0
		for m := range batch.Messages() {
			n++
			bytes += int64(len(m.Data()))
		}
		if n == 0 {
			return bytes
		}
	}
}
