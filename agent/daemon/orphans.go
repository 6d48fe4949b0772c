package daemon

import (
	"context"
	"time"
)

// How often and how long ports that a life before this one left open are looked
// for: their devices may come later.
const (
	orphansEvery = 10 * time.Second
	orphansFor   = 10 * time.Minute
)

// endOrphans ends the forwards of lives before this one. As every part it lasts
// as long as the agent.
func (d *Daemon) endOrphans(ctx context.Context) error {
	d.lookForOrphans(ctx)
	<-ctx.Done()
	return nil
}

func (d *Daemon) lookForOrphans(ctx context.Context) {
	until := time.NewTimer(orphansFor)
	defer until.Stop()
	look := time.NewTicker(orphansEvery)
	defer look.Stop()
	for {
		left, err := d.adb.EndOrphans(ctx)
		if left == 0 && err == nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-until.C:
			d.c.Logger.Warn("forwards of an earlier life are left", "count", left, "err", err)
			return
		case <-look.C:
		}
	}
}
