package daemon

import (
	"context"
	"errors"
	"sync"
	"time"
)

// flushFor is how long a stopping agent goes on sending what it holds; the
// rest stays in the spool for its next life.
const flushFor = 3 * time.Second

// Run serves until the context ends. Then it refuses new work and ends what
// runs (at most 6 s), sends what it can for 3 s, says goodbye, and returns.
func (d *Daemon) Run(ctx context.Context) error {
	outer, inner := newStage(), newStage()
	inner.start(d.devices.Run)
	if d.simBench != nil {
		inner.start(d.simBench.Run)
	}
	if d.adbServer != nil {
		inner.start(d.adbServer.Run)
	}
	if d.console != nil {
		inner.start(d.console.Run)
	}
	inner.start(d.endOrphans, d.syncJournal, d.spool.Run, d.desk.Run, d.flag.Run)
	outer.start(d.link.Run)

	select {
	case <-ctx.Done():
	case <-inner.broken:
	case <-outer.broken:
	}
	var work sync.WaitGroup
	work.Go(d.desk.Stop)
	d.runner.Stop()
	work.Wait()
	flush, cancel := context.WithTimeout(context.Background(), flushFor)
	defer cancel()
	d.spool.Flush(flush)
	return errors.Join(outer.stop(), inner.stop(), d.journal.Close(), d.release())
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
