package faults

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/broker"
)

// Lines are neither lost nor doubled, and the command runs once, whatever
// happens between its first line and its last.
func TestLines_Survive(t *testing.T) {
	t.Run("relay and broker killed three times each", func(t *testing.T) {
		c := startChain(t)
		c.count()
		for i := range 3 {
			c.pace(0.1 + 0.25*float64(i))
			c.going()
			c.relay.Kill()
			c.must(c.relay.Start())
			c.pace(0.2 + 0.25*float64(i))
			c.going()
			c.broker.Kill()
			c.must(c.broker.Start())
		}
		c.complete()
	})
	t.Run("acknowledgements lost and the broker out of reach", func(t *testing.T) {
		c := startChain(t)
		c.count()
		c.pace(0.1)
		c.going()
		c.link.Mute()
		c.lasts(2 * time.Second) // blocks go out, nothing comes back
		c.link.Cut()
		c.lasts(4 * time.Second) // longer than the streams' window for message ids
		c.link.Mend()
		c.complete()
	})
	t.Run("the store put back to an older copy", func(t *testing.T) {
		c := startChain(t)
		c.count()
		c.pace(0.2)
		c.going()
		c.broker.Kill()
		c.must(c.broker.Save())
		c.must(c.broker.Start())
		c.pace(0.5)
		c.going()
		c.broker.Kill()
		c.must(c.broker.Restore())
		c.must(c.broker.Start())
		c.complete()
	})
	t.Run("publishes refused in the middle of the window", func(t *testing.T) {
		c := startChain(t)
		c.count()
		c.pace(0.1)
		c.going()
		refuse(c, true)
		c.lasts(3 * time.Second)
		c.going()
		refuse(c, false)
		c.complete()
	})
	t.Run("the agent's link cut for a minute", func(t *testing.T) {
		c := startChain(t)
		c.count()
		c.pace(0.1)
		c.going()
		c.link.Cut()
		c.lasts(time.Minute)
		c.link.Mend()
		c.complete()
	})
}

// refuse has the store refuse every block, or takes them again.
func refuse(c *chain, on bool) {
	c.t.Helper()
	nc, err := c.broker.Connect(broker.HubUser)
	c.must(err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	c.must(err)
	stream, err := js.Stream(c.ctx, wire.StreamRuns)
	c.must(err)
	config := stream.CachedInfo().Config
	config.MaxBytes = -1
	if on {
		config.MaxBytes = int64(stream.CachedInfo().State.Bytes) + 100<<10
	}
	_, err = js.UpdateStream(c.ctx, config)
	c.must(err)
}
