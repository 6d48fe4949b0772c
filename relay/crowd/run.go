package crowd

import (
	"context"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/presence"
)

// Run carries presence until ctx ends. Without a broker it goes on for this
// relay alone.
func (c *Crowd) Run(ctx context.Context) error {
	beat := time.NewTicker(presence.BeatEvery)
	defer beat.Stop()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	next := time.NewTimer(time.Hour)
	next.Stop()
	defer next.Stop()
	var last time.Time // when changes were told
	isWaiting := false
	epoch := 0
	for {
		n, changed := c.cfg.Bridge.Epoch()
		if n != epoch {
			if err := c.connected(epoch == 0); err != nil {
				return err
			}
			epoch = n
		}
		select {
		case <-ctx.Done():
			c.mu.Lock()
			bye := c.book.Bye()
			c.mu.Unlock()
			c.send(bye)
			_ = c.cfg.Bridge.Flush() // else the others wait for a beat
			return ctx.Err()
		case <-changed:
		case <-c.wake:
			if wait := pace - time.Since(last); wait > 0 {
				if !isWaiting {
					next.Reset(wait)
					isWaiting = true
				}
				continue
			}
			c.tell()
			last = time.Now()
		case <-next.C:
			isWaiting = false
			c.tell()
			last = time.Now()
		case <-beat.C:
			c.tell() // the beat counts what was told before it
			c.mu.Lock()
			m := c.book.Beat()
			c.mu.Unlock()
			c.send(m)
		case <-tick.C:
			if c.cfg.Bridge.Ready() == nil { // while this relay is away nobody's beats are missed
				c.tick()
			}
		}
	}
}

// connected asks everybody who is there, once messages come again.
func (c *Crowd) connected(first bool) error {
	if first {
		if _, err := c.cfg.Bridge.Subscribe(wire.RelayPresence, "", c.heard, nil); err != nil {
			return err
		}
	}
	now := time.Now()
	c.mu.Lock()
	c.book.Grace(now)
	ask := c.book.Ask(now)
	if c.asked.IsZero() {
		c.asked = now
	}
	c.mu.Unlock()
	c.send(ask)
	return nil
}

func (c *Crowd) tick() {
	c.mu.Lock()
	lost := c.book.Tick(time.Now())
	c.mu.Unlock()
	if len(lost) == 0 {
		return
	}
	c.log.Info("relays are silent: their people are gone", "relays", lost)
	c.stir()
}
