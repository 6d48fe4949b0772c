package faults

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

const bootID = "cat /proc/sys/kernel/random/boot_id"

// begin starts an act on the device.
func (c *chain) begin(id string, act wire.Act) {
	c.t.Helper()
	_, err := c.relay.API.Start(c.ctx, api.RunRequest{ID: id, Bench: "demo", Device: "sim0001", Act: &act})
	c.must(err)
}

func (c *chain) running(id string) {
	c.t.Helper()
	c.until(id+" to run", func() bool {
		run, err := c.relay.Run(c.ctx, id)
		return err == nil && run.State == wire.Running
	})
}

func TestAct_RebootInMidCommand(t *testing.T) {
	c := startChain(t)
	before := c.shell(bootID)
	command, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "echo going; sleep 600"})
	c.must(err)
	c.running(command.ID)
	c.begin("reboot", wire.Act{Kind: wire.ActReboot, Wait: true})
	if run := c.ended(c.relay, command.ID); run.Outcome != wire.Lost || run.ExitCode != nil || run.Fault == nil || run.Fault.Code != wire.StreamLost {
		t.Errorf("the command ended as %+v, %+v", run, run.Fault)
	}
	run := c.ended(c.relay, "reboot")
	if run.Outcome != wire.Exited || *run.ExitCode != 0 || run.Command != "adb reboot" || run.Act == nil {
		t.Fatalf("the reboot ended as %+v, %+v", run, run.Fault)
	}
	after := c.shell(bootID)
	if after == before {
		t.Errorf("the boot id is %s before and after", after)
	}
}

// An agent that dies in the middle of an act does not begin it again, and does
// not pretend to know its end.
func TestAct_AgentDies(t *testing.T) {
	c := startChain(t)
	before := c.shell(bootID)
	act := wire.Act{Kind: wire.ActReboot, Wait: true}
	c.begin("reboot", act)
	c.begin("wait", wire.Act{Kind: wire.ActWait, For: wire.WaitRecovery})
	c.running("reboot")
	c.running("wait")
	c.agent.Kill()
	c.must(c.agent.Start())
	for _, id := range []string{"reboot", "wait"} {
		if run := c.ended(c.relay, id); run.Outcome != wire.OutcomeUnknown || run.ExitCode != nil || run.Fault == nil || run.Fault.Code != wire.AgentDied {
			t.Errorf("%s ended as %+v, %+v", id, run, run.Fault)
		}
	}
	c.begin("booted", wire.Act{Kind: wire.ActWait})
	if run := c.ended(c.relay, "booted"); run.Outcome != wire.Exited {
		t.Fatalf("the wait ended as %+v, %+v", run, run.Fault)
	}
	boot := c.shell(bootID)
	if boot == before {
		t.Error("the device never rebooted")
	}
	for range 20 {
		c.begin("reboot", act)
	}
	_, err := c.relay.API.Start(c.ctx, api.RunRequest{ID: "reboot", Bench: "demo", Device: "sim0001", Act: &wire.Act{Kind: wire.ActReboot}})
	wantCode(t, err, wire.IDConflict)
	_, err = c.relay.API.Start(c.ctx, api.RunRequest{ID: "reboot", Bench: "demo", Device: "sim0001", Command: "adb reboot"})
	wantCode(t, err, wire.IDConflict)
	if c.shell(bootID) != boot {
		t.Error("the device rebooted again")
	}
}

func TestAct_Refusals(t *testing.T) {
	c := startChain(t)
	for body, want := range map[string]wire.Code{
		`{"bench":"demo","device":"sim0001","act":{"kind":"format"}}`:                            wire.Invalid,
		`{"bench":"demo","device":"sim0001","act":{"kind":"reboot","mod":"recovery"}}`:           wire.Invalid,
		`{"bench":"demo","device":"sim0001","act":{"kind":"reboot"},"command":"true"}`:           wire.Invalid,
		`{"bench":"demo","device":"sim0001","act":{"kind":"uninstall","package":"a b; reboot"}}`: wire.Invalid,
		`{"bench":"demo","device":"nosuch","act":{"kind":"reboot"}}`:                             wire.DeviceUnknown,
	} {
		var q map[string]any
		c.must(json.Unmarshal([]byte(body), &q))
		_, err := c.relay.Do(c.ctx, http.MethodPost, "/api/v1/runs", q, nil)
		wantCode(t, err, want)
	}
}
