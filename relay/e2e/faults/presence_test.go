package faults

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// A bench that is gone shows so: how soon depends on how it went.
func TestPresence(t *testing.T) {
	c := startChain(t)
	offline := func() bool {
		b, err := c.relay.Bench(c.ctx, "demo")
		return err == nil && b.State == api.Offline && b.Reason != ""
	}
	within := func(what string, limit time.Duration, do func()) {
		t.Helper()
		c.fresh("demo")
		began := time.Now()
		do()
		c.until(what, offline)
		took := time.Since(began)
		b, _ := c.relay.Bench(c.ctx, "demo")
		t.Logf("%s: offline after %s: %s", what, took.Round(time.Millisecond), b.Reason)
		if took > limit {
			t.Errorf("%s: offline after %s, promised %s", what, took, limit)
		}
	}
	within("agent stopped by SIGSTOP", 10*time.Second, func() { c.must(c.agent.Freeze()) })
	c.must(c.agent.Signal(syscall.SIGCONT))
	within("agent killed", time.Second, func() { c.agent.Kill() })
	c.must(c.agent.Start())
	within("agent stopped cleanly", time.Second, func() { c.must(c.agent.Signal(syscall.SIGTERM)) })
	<-c.agent.Ended()
	c.must(c.agent.Start())

	c.fresh("demo")
	clone, err := lab.StartAgent(built, t.TempDir(), "demo", "sim", c.broker.Addr)
	c.must(err)
	t.Cleanup(func() { clone.Kill() })
	c.until("both agents named", func() bool {
		b, err := c.relay.Bench(c.ctx, "demo")
		return err == nil && strings.Contains(b.Reason, pid(c.agent)) && strings.Contains(b.Reason, pid(clone))
	})
	b, _ := c.relay.Bench(c.ctx, "demo")
	t.Logf("two agents: %s", b.Reason)
}
