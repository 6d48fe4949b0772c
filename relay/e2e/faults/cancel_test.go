package faults

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

func pid(a *lab.Agent) string { return strconv.Itoa(a.PID()) }

// Cancel ends the whole process group on the device.
func TestCancel_EndsTheGroup(t *testing.T) {
	c := startChain(t)
	for name, command := range map[string]string{
		"a sleep and its children":      "sleep 600 & sleep 600 & sleep 600",
		"a command that ignores SIGHUP": "trap '' HUP; sleep 600 & sleep 600",
	} {
		t.Run(name, func(t *testing.T) {
			run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: command})
			c.must(err)
			c.until("the sleeps on the device", func() bool { return c.sleeps() >= 2 })
			status, err := c.relay.Do(c.ctx, http.MethodPost, "/api/v1/runs/"+run.ID+"/cancel", nil, nil)
			if err != nil || status != http.StatusAccepted {
				t.Fatalf("cancel: %d %v, want 202", status, err)
			}
			if got := c.ended(c.relay, run.ID); got.Outcome != wire.Cancelled {
				t.Errorf("ended %+v, want cancelled", got)
			}
			if n := c.sleeps(); n != 0 {
				t.Errorf("%d sleeps are left on the device:\n%s", n, c.shell("ps"))
			}
			_, err = c.relay.Do(c.ctx, http.MethodPost, "/api/v1/runs/"+run.ID+"/cancel", nil, nil)
			wantCode(t, err, wire.RunEnded)
		})
	}
	t.Run("a stream that ends without an exit packet is lost", func(t *testing.T) {
		run, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "setprop debug.farbench.fault noexit; echo before; true"})
		c.must(err)
		c.ended(c.relay, run.ID)
		run, err = c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "echo before; true"})
		c.must(err)
		if got := c.ended(c.relay, run.ID); got.Outcome != wire.Lost || got.ExitCode != nil {
			t.Errorf("ended %+v, want lost without an exit code", got)
		}
	})
}

// sleeps counts the sleep processes on the device.
func (c *chain) sleeps() (n int) {
	for line := range strings.SplitSeq(c.shell("ps -ef"), "\n") {
		if strings.Contains(line, "sleep") {
			n++
		}
	}
	return n
}
