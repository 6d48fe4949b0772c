package daemon

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// simHost is a simulated bench that outlives agents.
func simHost(t *testing.T) (adb string) {
	t.Helper()
	bench := adbsim.New(adbsim.Config{})
	addr := must(bench.ListenHost("127.0.0.1:0"))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = bench.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return "tcp:" + addr.String()
}

func (h *hub) deviceReady() {
	h.t.Helper()
	wait(h.t, "the device", func() bool {
		a := h.ask(wire.CmdRequest(wire.VerbState), func(relay, req string) any { return wire.Request{Relay: relay, Req: req} })
		for _, d := range a.State.Devices {
			if d.ID == "sim0001" && d.State == wire.DeviceReady {
				return true
			}
		}
		return false
	})
}

func TestDaemon_KilledInTheMiddle(t *testing.T) {
	h, adb, data := newHub(t), simHost(t), t.TempDir()
	agent := startProcess(t, h, data, adb)
	h.deviceReady()
	h.start("going", "i=0; while true; do i=$((i+1)); echo $i; sleep 0.01; done")
	wait(t, "some lines", func() bool { return h.log("going").last > 20 })
	_ = agent.Process.Kill()
	_ = agent.Wait()

	startProcess(t, h, data, adb)
	r := h.result("going")
	l := h.log("going")
	if r.Outcome != wire.OutcomeUnknown || r.ExitCode != nil || r.Fault == nil || r.Fault.Code != wire.AgentDied || r.Lines != l.last || l.gaps != 0 {
		t.Fatalf("result %+v, last line %d", r, l.last)
	}
	if marker := l.lines[len(l.lines)-1]; marker.Stream != wire.Sys || marker.N != l.last {
		t.Fatalf("last line %+v", marker)
	}
	for i, line := range l.lines[:len(l.lines)-1] {
		if string(line.Bytes) != fmt.Sprint(i+1) {
			t.Fatalf("line %d is %q", line.N, line.Bytes)
		}
	}
	if a := h.start("going", "echo again"); a.Result == nil || a.Result.Outcome != wire.OutcomeUnknown {
		t.Fatalf("answer %+v", a)
	}
}

func TestDaemon_StoppedBeyondTheDeadline(t *testing.T) {
	h, adb := newHub(t), simHost(t)
	agent := startProcess(t, h, t.TempDir(), adb)
	h.deviceReady()
	clock := h.clock()
	_ = agent.Process.Signal(syscall.SIGSTOP)
	wait(t, "the agent stands still", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", agent.Process.Pid))
		return err == nil && strings.Contains(string(stat), ") T ")
	})
	answer := make(chan wire.Answer, 1)
	go func() {
		answer <- h.send(wire.Start{Life: clock.Life, VoidAt: clock.ClockMS + 500, Run: "late", Device: "sim0001", Command: "echo late", TimeoutS: 9})
	}()
	<-time.After(time.Second) // the deadline passes in the clock of the agent's life
	_ = agent.Process.Signal(syscall.SIGCONT)
	refused(t, <-answer, wire.TooLate)
}

func TestDaemon_WallClockIsIrrelevant(t *testing.T) {
	for name, off := range map[string]time.Duration{"ahead": 24 * time.Hour, "behind": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t)
			startBench(t, h, func(c *Config) { c.Wall = func() time.Time { return time.Now().Add(off) } })
			h.start("r1", "echo hello")
			if r := h.result("r1"); r.Outcome != wire.Exited {
				t.Fatalf("result %+v", r)
			}
			refused(t, h.start("r2", "echo", func(s *wire.Start) { s.VoidAt = 0 }), wire.TooLate)
		})
	}
}
