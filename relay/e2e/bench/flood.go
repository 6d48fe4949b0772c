package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

const lineBytes = 130

// flood has the device print lines as fast as it can: read by direct adb, and
// as a durable run by so many viewers over WebSockets.
func (b *bench) flood(ctx context.Context, t *table, lines int, viewers []int) error {
	command := fmt.Sprintf("floodlines %d %d", lines, lineBytes)
	began := time.Now()
	if err := b.drainDirect(ctx, command, lines); err != nil {
		return err
	}
	direct := rate(lines, time.Since(began))
	t.row("lines of 130 B, direct adb", "k/s").add(direct)
	for _, viewers := range viewers {
		began := time.Now()
		if err := b.view(ctx, command, lines, viewers); err != nil {
			return fmt.Errorf("%d viewers: %w", viewers, err)
		}
		got := rate(lines, time.Since(began))
		bar := 800.
		if viewers > 1 {
			bar = 400
		}
		t.row(fmt.Sprintf("durable lines of 130 B, viewers: %d", viewers), "k/s").floor(bar).add(got)
		t.row(fmt.Sprintf("… against direct adb, viewers: %d", viewers), "×").add(got / direct)
	}
	return nil
}

func rate(lines int, took time.Duration) float64 { return float64(lines) / 1000 / took.Seconds() }

func (b *bench) drainDirect(ctx context.Context, command string, lines int) error {
	sh, err := b.adb.Shell(ctx, b.device.TransportID, command)
	if err != nil {
		return err
	}
	defer sh.Close()
	bytes, exited := 0, false
	for !exited {
		err := sh.Read(func(id adb.Packet, data []byte) {
			if id == adb.Stdout {
				bytes += len(data)
			}
			exited = exited || id == adb.Exit
		})
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil {
			break
		}
	}
	if bytes != lines*lineBytes {
		return fmt.Errorf("direct adb read %d bytes, want %d", bytes, lines*lineBytes)
	}
	return nil
}

// view starts a flooding run and lets viewers count its lines to the end.
func (b *bench) view(ctx context.Context, command string, lines, viewers int) error {
	timeout := 600
	id := fmt.Sprintf("flood-%d", time.Now().UnixNano())
	group, ctx := errgroup.WithContext(ctx)
	ready := make(chan struct{}, viewers)
	r, err := b.relay.API.Start(ctx, api.RunRequest{ID: id, Bench: "demo", Device: b.device.ID, Command: command, TimeoutS: &timeout})
	if err != nil {
		return err
	}
	for range viewers {
		group.Go(func() error {
			n, err := lab.CountLines(ctx, b.relay.Base, lab.Token, r.ID, func() { ready <- struct{}{} })
			// A machine so busy that the device pauses within a line for longer than
			// the agent waits gives that line in two parts, each with its number.
			if err == nil && n < int64(lines) {
				err = fmt.Errorf("%d lines counted, want %d", n, lines)
			}
			return err
		})
	}
	return group.Wait()
}
