package faults

import (
	"errors"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/broker"
	"github.com/farbench/farbench/relay/e2e/lab"
)

const mark = "echo run >> /data/local/tmp/once"

// A command takes effect at most once and never late.
func TestOnce(t *testing.T) {
	c := startChain(t)
	second, err := lab.StartRelay(built, c.broker.Addr)
	c.must(err)
	t.Cleanup(func() { second.Kill() })

	t.Run("one id posted to two relays a hundred times", func(t *testing.T) {
		var wait sync.WaitGroup
		for i := range 100 {
			relay := []*lab.Relay{c.relay, second}[i%2]
			wait.Go(func() {
				run, err := relay.API.Start(c.ctx, api.RunRequest{ID: "same", Bench: "demo", Device: "sim0001", Command: mark})
				if err != nil || run.ID != "same" {
					t.Errorf("post %d: %+v %v", i, run, err)
				}
			})
		}
		wait.Wait()
		c.ended(c.relay, "same")
		c.marks(1)
		status, err := second.Do(c.ctx, http.MethodPost, "/api/v1/runs", api.RunRequest{ID: "same", Bench: "demo", Device: "sim0001", Command: mark}, nil)
		if status != http.StatusOK || err != nil {
			t.Errorf("posted again: %d %v, want 200", status, err)
		}
		_, err = second.API.Start(c.ctx, api.RunRequest{ID: "same", Bench: "demo", Device: "sim0002-5555", Command: mark})
		wantCode(t, err, wire.IDConflict)
	})

	t.Run("one start delivered a hundred times and over a restart of the agent", func(t *testing.T) {
		nc, err := c.broker.Connect(broker.HubUser)
		c.must(err)
		defer nc.Close()
		starts := make(chan *nats.Msg, 1)
		sub, err := nc.ChanSubscribe(wire.HubCmd("demo", wire.CmdRunStart), starts)
		c.must(err)
		c.must(nc.Flush())
		long := 60_000
		_, err = c.relay.API.Start(c.ctx, api.RunRequest{ID: "again", Bench: "demo", Device: "sim0001", Command: mark, TTLMS: &long})
		c.must(err)
		start := <-starts
		c.must(sub.Unsubscribe())
		for range 100 {
			c.must(nc.Publish(start.Subject, start.Data))
		}
		c.must(nc.Flush())
		c.ended(c.relay, "again")
		c.marks(2)
		c.agent.Kill()
		c.must(c.agent.Start())
		for range 100 {
			c.must(nc.Publish(start.Subject, start.Data))
		}
		c.must(nc.Flush())
		c.marks(2)
	})

	t.Run("an agent that was stopped beyond the deadline refuses", func(t *testing.T) {
		c.fresh("demo")
		c.must(c.agent.Freeze())
		short := 1000
		began := time.Now()
		run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: mark, TTLMS: &short})
		if err == nil {
			c.until("the run unknown", func() bool {
				got, err := c.relay.Run(c.ctx, run.ID)
				return err == nil && got.State == wire.Unknown
			})
		}
		if rest := 2*time.Second - time.Since(began); rest > 0 {
			c.lasts(rest)
		}
		c.must(c.agent.Signal(syscall.SIGCONT))
		if err != nil {
			t.Fatalf("the start itself: %v", err)
		}
		if got := c.ended(c.relay, run.ID); got.Outcome != wire.Refused {
			t.Errorf("ended %+v, want refused", got)
		}
		c.marks(2)
	})

	t.Run("a claimed run that never reached the agent settles as refused", func(t *testing.T) {
		// The bench's own broker connection is cut silently: the relay believes
		// the beat it has just seen.
		c.fresh("demo")
		c.link.Mute()
		short := 1000
		run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: mark, TTLMS: &short})
		c.must(err)
		c.lasts(2 * time.Second)
		c.link.Mend()
		if got := c.ended(c.relay, run.ID); got.Outcome != wire.Refused {
			t.Errorf("ended %+v, want refused", got)
		}
		c.marks(2)
	})

	t.Run("a relay that has just started commands at once", func(t *testing.T) {
		second.Kill()
		c.must(second.Start())
		run, err := second.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: mark})
		c.must(err)
		c.ended(second, run.ID)
		c.marks(3)
	})

	t.Run("a bench without agent refuses in under 100 ms", func(t *testing.T) {
		c.agent.Kill()
		c.until("offline", func() bool {
			b, err := c.relay.Bench(c.ctx, "demo")
			return err == nil && b.State == api.Offline
		})
		began := time.Now()
		_, err := c.relay.API.Start(c.ctx, api.RunRequest{ID: "never", Bench: "demo", Device: "sim0001", Command: mark})
		t.Logf("refused in %s", time.Since(began))
		wantCode(t, err, wire.BenchOffline)
		_, err = c.relay.Run(c.ctx, "never")
		wantCode(t, err, wire.NotFound)
		c.must(c.agent.Start())
		c.fresh("demo")
		c.marks(3)
	})
}

// ended waits until a run has ended.
func (c *chain) ended(r *lab.Relay, id string) (run api.Run) {
	c.t.Helper()
	c.until("the end of "+id, func() (ok bool) {
		var err error
		run, err = r.Run(c.ctx, id)
		return err == nil && run.State == wire.Ended
	})
	return run
}

// marks checks how many times the marking command ran on the device.
func (c *chain) marks(want int) {
	c.t.Helper()
	c.fresh("demo")
	out := c.shell("cat /data/local/tmp/once")
	n := 0
	for i := range out {
		if out[i] == 'r' {
			n++
		}
	}
	if n != want {
		c.t.Errorf("the command left %d marks on the device, want %d", n, want)
	}
}

// fresh waits until a bench is online.
func (c *chain) fresh(bench string) {
	c.t.Helper()
	c.until(bench+" online", func() bool {
		b, err := c.relay.Bench(c.ctx, bench)
		return err == nil && b.State == api.Online
	})
}

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var refusal *lab.Refusal
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}
