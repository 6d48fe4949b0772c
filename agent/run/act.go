package run

import (
	"context"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/act"
	"github.com/farbench/farbench/agent/wire"
)

// perform takes an act from accepted to ended: with the journal, the deadline
// and the cancel of a command.
func (a *active) perform(ctx context.Context) {
	select {
	case <-a.stopping:
		a.close(a.stop.outcome, a.stop.fault)
		return
	default:
	}
	begun, fault := a.stillMay()
	if fault != nil {
		a.close(wire.Refused, fault)
		return
	}
	defer begun()
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		timer := time.NewTimer(timeout(a.start))
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
			a.end(stop{outcome: wire.TimedOut})
		case <-a.stopping:
		}
	})
	ending := a.r.c.Act(ctx, a.device, *a.start.Act, &actLog{a: a, started: begun})
	cancel()
	wg.Wait()

	select {
	case <-a.stopping:
		a.close(a.stop.outcome, a.stop.fault)
		return
	default:
	}
	switch ending.Outcome {
	case wire.Exited:
		a.result.ExitCode = &ending.Code
	case wire.Refused, wire.Lost:
	default: // the runner gave up: nobody confirmed anything
		ending = act.Ending{Outcome: wire.Lost, Fault: &wire.Fault{
			Code: wire.AgentStopped, Message: "the agent was stopped while the run went on", Hint: "look at the device",
		}}
	}
	a.close(ending.Outcome, ending.Fault)
}

// actLog makes lines of what an act tells.
type actLog struct {
	a     *active
	begun bool
	total int64
	// started says that the act has begun, at its first word.
	started func()
}

func (l *actLog) begin() {
	if !l.begun {
		l.begun = true
		l.a.begin()
		l.started()
	}
}

func (l *actLog) Say(text string) {
	l.begin()
	l.a.log.note(text)
	l.a.log.flushIfFree()
}

func (l *actLog) Print(stream wire.Stream, data []byte) {
	l.begin()
	l.a.log.begin()
	l.a.log.output(stream, data)
	l.a.log.flushIfFree()
	l.total += int64(len(data))
	if d := l.a.r.pace.read(l.a.start.Run, len(data), l.total, time.Now()); d > 0 {
		l.a.wait(d)
	}
}
