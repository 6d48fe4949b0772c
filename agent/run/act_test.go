package run

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/act"
	"github.com/farbench/farbench/agent/life"
	"github.com/farbench/farbench/agent/wire"
)

func (r *Runner) begin(id string, timeoutS int) wire.Answer {
	return r.Start(wire.Start{
		Life: r.c.Life.Name(), VoidAt: 5000, Run: id, Device: "is-device", Act: &wire.Act{Kind: wire.ActReboot}, TimeoutS: timeoutS,
	})
}

// linesOnly passes over results, which go the same way.
func (k *sink) linesOnly(t *testing.T, n int64) []wire.Line {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !k.s.Idle() && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
	}
	k.mu.Lock()
	k.blocks = slices.DeleteFunc(k.blocks, func(b wire.Block) bool { return b.First == 0 })
	k.mu.Unlock()
	return k.lines(t, n)
}

func TestRunner_Act(t *testing.T) {
	no := &wire.Fault{Code: wire.ActFailed}
	for name, c := range map[string]struct {
		ending act.Ending
		lines  []string
	}{
		"done":    {act.Ending{Outcome: wire.Exited}, []string{"one", "two"}},
		"failed":  {act.Ending{Outcome: wire.Exited, Code: 1, Fault: no}, []string{"one"}},
		"refused": {act.Ending{Outcome: wire.Refused, Fault: no}, nil},
		"lost":    {act.Ending{Outcome: wire.Lost, Fault: no}, []string{"one"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, k := newRunner(t, life.New(), nil)
			r.c.Act = func(_ context.Context, d wire.Device, a wire.Act, log act.Log) act.Ending {
				if d.ID != "is-device" || a.Kind != wire.ActReboot {
					t.Errorf("does %+v on %+v", a, d)
				}
				for _, text := range c.lines {
					log.Say(text)
				}
				log.Print(wire.Out, nil)
				return c.ending
			}
			r.begin("r1", 60)
			got := r.ended(t, "r1")
			if got.Outcome != c.ending.Outcome || got.Fault != nil && got.Fault.Code != no.Code || got.Lines != int64(len(c.lines)) || got.Bytes != 0 {
				t.Errorf("%+v, %+v", got, got.Fault)
			}
			if exited := c.ending.Outcome == wire.Exited; exited != (got.ExitCode != nil) || exited && *got.ExitCode != c.ending.Code {
				t.Errorf("exit code %v", got.ExitCode)
			}
			for i, line := range k.linesOnly(t, got.Lines) {
				if line.Stream != wire.Sys || line.Level != wire.System || string(line.Bytes) != c.lines[i] {
					t.Errorf("line %+v", line)
				}
			}
		})
	}
}

// An act that takes no notice of its end is still ended once, by the first who
// asked for it.
func TestRunner_ActEnds(t *testing.T) {
	for name, c := range map[string]struct {
		timeoutS int
		end      func(r *Runner)
		want     wire.Outcome
	}{
		"cancelled": {60, func(r *Runner) { r.Cancel(wire.Cancel{Run: "r1"}) }, wire.Cancelled},
		"timed out": {1, func(*Runner) {}, wire.TimedOut},
		"stopped":   {60, func(r *Runner) { go r.Stop() }, wire.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := newRunner(t, life.New(), nil)
			began := make(chan struct{})
			r.c.Act = func(ctx context.Context, _ wire.Device, _ wire.Act, log act.Log) act.Ending {
				log.Say("going")
				close(began)
				<-ctx.Done()
				return act.Ending{Outcome: wire.Exited}
			}
			r.begin("r1", c.timeoutS)
			<-began
			c.end(r)
			if got := r.ended(t, "r1"); got.Outcome != c.want || got.ExitCode != nil {
				t.Errorf("%+v, %+v", got, got.Fault)
			}
		})
	}
}

// A process that was stopped between acceptance and act must not do it late.
func TestRunner_LooksAtTheClockRightBeforeTheAct(t *testing.T) {
	now, looks := time.Duration(0), 0
	l := life.WithClock(func() time.Duration {
		if looks++; looks > 2 { // the life's start and the first check
			now = time.Minute
		}
		return now
	})
	r, _ := newRunner(t, l, nil)
	r.c.Act = func(context.Context, wire.Device, wire.Act, act.Log) act.Ending {
		t.Error("done late")
		return act.Ending{Outcome: wire.Exited}
	}
	if a := r.begin("r1", 60); a.Result == nil || a.Result.State != wire.Accepted {
		t.Fatalf("answer %+v", a)
	}
	if got := r.ended(t, "r1"); got.Outcome != wire.Refused || got.Fault.Code != wire.TooLate {
		t.Fatalf("%+v", got)
	}
}
