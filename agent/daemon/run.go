package daemon

import (
	"context"
	"errors"
	"time"
)

// flushFor is how long a stopping agent goes on sending what it holds; the
// rest stays in the spool for its next life.
const flushFor = 3 * time.Second

// Run serves until the context ends. Then it refuses new work and ends what
// runs (at most 6 s), sends what it can for 3 s, says goodbye, and returns.
func (d *Daemon) Run(ctx context.Context) error {
	outer, inner := newStage(), newStage()
	inner.start(d.sim, d.devices.Run)
	if d.console != nil {
		inner.start(d.console.Run)
	}
	inner.start(d.syncJournal, d.spool.Run)
	outer.start(d.link.Run)

	var fault error
	select {
	case <-ctx.Done():
	case <-inner.broken:
	case <-outer.broken:
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	fault = errors.Join(fault, d.runner.Run(stopped))
	d.flush()
	return errors.Join(fault, outer.stop(), inner.stop(), d.journal.Close(), d.release())
}

// flush waits until all is sent and acknowledged, for a while.
func (d *Daemon) flush() {
	for end := time.Now().Add(flushFor); !d.spool.Idle() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}

// syncJournal brings the journal to the disk once a second.
func (d *Daemon) syncJournal(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := d.journal.Sync(); err != nil {
				d.c.Logger.Error("journal not synced", "err", err)
			}
		}
	}
}
