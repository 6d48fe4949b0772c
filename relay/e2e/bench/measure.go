package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// bench is the five processes that are measured: simulated bench, broker,
// agent, relay and this one, which is the client.
type bench struct {
	programs lab.Programs
	broker   *lab.Broker
	sim      *lab.Sim
	agent    *lab.Agent
	relay    *lab.Relay
	device   wire.Device
	adb      *adb.Client
	path     string // of the adb client; "" where there is none

	// Where there is an adb client: a real adb server with the simulation's adbd,
	// and an agent that uses it, as bench "real".
	server    *lab.ADB
	realAgent *lab.Agent
}

// options are the flags.
type options struct {
	rounds, commands, lines, deliveries, idle int
	only, viewers                             string
}

func measure(ctx context.Context, o options) (table, error) {
	var viewers []int
	for word := range strings.SplitSeq(o.viewers, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("viewers: %w", err)
		}
		viewers = append(viewers, n)
	}
	dir, err := os.MkdirTemp("", "farbench-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b := &bench{}
	if o.only != "viewer" && o.only != "size" { // these need none of its processes
		b, err = startBench(ctx, dir)
	}
	defer b.stop()
	if err != nil {
		return nil, err
	}
	var t table
	for i := range o.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", i+1, o.rounds)
		for _, part := range []struct {
			name string
			run  func() error
		}{
			{"command", func() error { return b.command(ctx, &t, o.commands) }},
			{"flood", func() error { return b.flood(ctx, &t, o.lines, viewers) }},
			{"talk", func() error { return b.talk(ctx, &t, i) }},
			{"transfer", func() error { return b.transfer(ctx, &t, i, o.commands) }},
			{"start", func() error { return b.coldStart(ctx, &t) }},
			{"fan", func() error {
				return errors.Join(b.fan(ctx, &t, 100, o.deliveries), b.fan(ctx, &t, 1000, o.deliveries))
			}},
			{"rooms", func() error { return b.rooms(ctx, &t, 1000, o.deliveries) }},
			{"idle", func() error { return b.idle(ctx, &t, o.idle) }},
			{"viewer", func() error { return viewer(ctx, &t) }},
			{"size", func() error { return size(ctx, &t) }},
		} {
			if o.only != "" && o.only != part.name {
				continue
			}
			if err := part.run(); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

func startBench(ctx context.Context, dir string) (*bench, error) {
	b := &bench{}
	var err error
	if b.programs, err = lab.Build(ctx, dir, false); err != nil {
		return b, err
	}
	if b.broker, err = lab.StartBroker(b.programs, dir, "demo", "real"); err != nil {
		return b, err
	}
	if b.sim, err = lab.StartSim(b.programs, 2); err != nil {
		return b, err
	}
	b.adb = adb.New(b.sim.Host)
	if b.relay, err = lab.StartRelay(b.programs, b.broker.Addr); err != nil {
		return b, err
	}
	if b.agent, err = lab.StartAgent(b.programs, dir, "demo", "tcp:"+b.sim.Host, b.broker.Addr); err != nil {
		return b, err
	}
	b.path, _ = exec.LookPath("adb")
	if b.path != "" {
		if b.server, err = lab.StartADB(ctx, dir, b.sim.ADBD[0]); err != nil {
			return b, err
		}
		if b.realAgent, err = lab.StartAgent(b.programs, dir, "real", "tcp:"+b.server.Addr, b.broker.Addr); err != nil {
			return b, err
		}
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		doc, err := b.relay.Bench(ctx, "demo")
		if err == nil && doc.State == api.Online && len(doc.Devices) > 0 && doc.Devices[0].State == wire.DeviceReady {
			b.device = doc.Devices[0]
			return b, nil
		}
	}
	return b, fmt.Errorf("the bench is not online\n%s", b.agent.Log())
}

func (b *bench) stop() {
	if b.realAgent != nil {
		b.realAgent.Kill()
	}
	if b.server != nil {
		b.server.Kill()
	}
	if b.agent != nil {
		b.agent.Kill()
	}
	if b.relay != nil {
		b.relay.Kill()
	}
	if b.sim != nil {
		b.sim.Kill()
	}
	if b.broker != nil {
		b.broker.Kill()
	}
}

// coldStart times a second relay from exec to the first 200 of /readyz.
func (b *bench) coldStart(ctx context.Context, t *table) error {
	took, err := lab.TimeRelay(ctx, b.programs, b.broker.Addr)
	if err != nil {
		return err
	}
	t.row("relay, exec to first 200 of /readyz", "ms").ceiling(40).add(ms(took))
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
