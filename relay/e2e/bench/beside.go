package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/farbench/farbench/relay/e2e/lab"
)

// beside compares a command with direct adb while files go through the chain:
// what is large must not delay what is typed.
func (m mover) beside(ctx context.Context, way string, args []string, n int) error {
	s, err := lab.Dial(ctx, m.b.relay.Base, lab.Token)
	if err != nil {
		return err
	}
	defer s.Close()
	moving, stop := context.WithCancel(ctx)
	defer stop()
	moved := make(chan error, 1) // once, when the transfers have ended
	go func() {
		for {
			err := m.run(moving, m.b.programs.Path("farbench"), args, "FARBENCH_URL="+m.b.relay.Base, "FARBENCH_TOKEN="+lab.Token)
			if moving.Err() != nil {
				err = nil
			}
			if err != nil || moving.Err() != nil {
				moved <- err
				return
			}
		}
	}()
	direct, chain, err := m.b.inTurn(ctx, s, n)
	stop()
	if err = errors.Join(err, <-moved); err != nil {
		return fmt.Errorf("a command beside a %s: %w", way, err)
	}
	m.t.row("command beside a "+way+", direct adb, p50", "ms").add(median(direct))
	m.t.row("command beside a "+way+", added, p50", "ms").ceiling(5).add(median(chain) - median(direct))
	return nil
}
