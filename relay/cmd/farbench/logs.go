package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/farbench/farbench/relay/client"
)

type logsCommand struct {
	Run_   string `arg:"" name:"run" help:"The run's id."`
	Follow bool   `short:"f" help:"Go on until the run has ended."`
	From   int64  `default:"1" help:"The first line to print."`
	JSON   bool   `help:"Print the log's events, a JSON object a line."`
}

func (c logsCommand) Run(around *surroundings) error {
	ctx, stop := signal.NotifyContext(around.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	lines := newLines(around, c.JSON, func() {})
	lines.gaps = true
	relay, err := around.relay(client.Config{Waiting: lines.waiting})
	if err != nil {
		return err
	}
	err = relay.Log(ctx, c.Run_, client.LogOptions{From: c.From, Follow: c.Follow, Idle: lines.flush}, lines.take)
	if err := errors.Join(err, lines.flush()); err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, syscall.EPIPE) {
			return exit(exitCancelled)
		}
		return fmt.Errorf("reading the log of run %s: %w", c.Run_, err)
	}
	return nil
}
