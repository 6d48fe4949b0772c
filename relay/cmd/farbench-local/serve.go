package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/agent/daemon"
	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/heap"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/broker"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/modules"
	"github.com/farbench/farbench/relay/web"
)

// bench is the id of local mode's only bench.
const bench = "demo"

// benchWithin is how long ready waits for the bench, so that the first command
// finds it. A bench that takes longer turns up by itself.
const benchWithin = 1500 * time.Millisecond

type options struct {
	listen, adb string
	simDevices  int
	data        data
	console     io.Writer // the agent's run lines
	log         *slog.Logger
	ready       func(address, link string) error
}

// serve starts everything, says when it is ready, and runs until ctx ends. What
// stops first is what takes new work: the agent ends its runs and tells the
// relay, the relay its browsers; the broker hears it all.
func serve(ctx context.Context, o options) (err error) {
	b, err := broker.Start(broker.Options{Store: o.data.brokerDir(), Benches: []broker.Bench{{ID: bench}}}, o.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()

	defer heap.Give(heap.Usual)()
	heart, face, err := modules.Join(core.Config{
		Bridge: bridge.Config{URL: b.URL(), User: broker.HubUser, Password: b.Password(broker.HubUser)},
		Logger: o.log,
	}, web.Config{Listen: o.listen, Token: o.data.token})
	if err != nil {
		return err
	}
	agent, err := daemon.New(daemon.Config{
		Bench: bench, Name: bench, Version: version, Data: o.data.agentDir(), ADB: o.adb, SimDevices: o.simDevices,
		NATS:   dial.Server{URL: b.URL(), User: bench, Password: b.Password(bench)},
		Logger: o.log, Console: o.console,
	})
	if err != nil {
		return err
	}

	// The core outlives the two that end their work through it.
	outliving, stopCore := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCore()
	var coreErr error // read once ended is closed
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		coreErr = heart.Run(outliving)
	}()
	edges, edgeCtx := errgroup.WithContext(ctx)
	edges.Go(func() error { return face.Run(edgeCtx) })
	edges.Go(func() error {
		// A relay that hears the agent's first beat need not wait for the second.
		if !await(edgeCtx, func() bool { return loaded(heart) }) {
			return nil
		}
		return agent.Run(edgeCtx)
	})
	edges.Go(func() error {
		began := time.Now()
		if !await(edgeCtx, func() bool { return loaded(heart) && (online(heart) || time.Since(began) > benchWithin) }) {
			return nil
		}
		link, err := face.Link(edgeCtx)
		if err != nil {
			return fmt.Errorf("making the first link: %w", err)
		}
		return o.ready(face.URL(), link)
	})
	edges.Go(func() error {
		select {
		case <-ended:
			return errors.New("the relay ended by itself")
		case <-edgeCtx.Done():
			return nil
		}
	})
	err = edges.Wait()
	stopCore()
	<-ended
	return errors.Join(err, coreErr)
}

func loaded(heart *core.Core) bool {
	return heart.Ready() == nil && heart.Benches().Loaded() && heart.Runs().Loaded()
}

func online(heart *core.Core) bool {
	known, _ := heart.Benches().Get(bench)
	return known.State == api.Online && len(known.Devices) > 0
}

// await polls until the condition holds; false where ctx ended before.
func await(ctx context.Context, holds func() bool) bool {
	turn := time.NewTicker(5 * time.Millisecond)
	defer turn.Stop()
	for !holds() {
		select {
		case <-turn.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}
