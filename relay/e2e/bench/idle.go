package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/relay/e2e/lab"
)

// idle opens so many sockets to a relay of their own, each in the room lab and in its person's, and
// divides what the relay's resident memory grew by. The clients are this
// process: the descriptor limit of one holds them, but not both ends.
func (b *bench) idle(ctx context.Context, t *table, n int) error {
	relay, err := lab.StartRelay(b.programs, b.broker.Addr)
	if err != nil {
		return err
	}
	defer relay.Kill()
	before, err := settled(ctx, relay.PID())
	if err != nil {
		return err
	}
	sockets := make([]*lab.Bare, n)
	defer func() {
		for _, s := range sockets {
			if s != nil {
				s.Close()
			}
		}
	}()
	group, joining := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i := range sockets {
		group.Go(func() error {
			s, err := lab.DialBare(joining, relay.Base, "", "lab", "user:tester")
			if err != nil {
				return fmt.Errorf("socket %d: %w", i, err)
			}
			sockets[i] = s
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	after, err := settled(ctx, relay.PID())
	if err != nil {
		return err
	}
	t.row(fmt.Sprintf("relay, memory of an idle socket (%d)", n), "KiB").ceiling(25).add(float64(after-before) / 1024 / float64(n))
	return nil
}

// settled is a process's resident memory once it grows no more; what sockets
// used while they joined goes back within some seconds.
func settled(ctx context.Context, pid int) (int, error) {
	low, since := 0, 0
	for since < 6 {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
		now, err := resident(pid)
		if err != nil {
			return 0, err
		}
		if low == 0 || now < low {
			low, since = now, 0
			continue
		}
		since++
	}
	return low, nil
}

// resident reads the second figure of statm: pages in memory.
func resident(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(data)
	if len(fields) < 2 {
		return 0, fmt.Errorf("reading statm: %q", data)
	}
	pages, err := strconv.Atoi(string(fields[1]))
	return pages * os.Getpagesize(), err
}
