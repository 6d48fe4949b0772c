package run

import (
	"fmt"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// maxTimeout is the longest a run may last.
const maxTimeout = 86400

// Start answers a request to start a run, and starts it if this is the first
// time its id is seen, it is not too late and the device is ready. A refusal
// that the journal holds is answered as a Result; one that leaves no trace as
// a Fault.
func (r *Runner) Start(s wire.Start) wire.Answer {
	if fault := valid(s); fault != nil {
		return wire.Answer{Fault: fault}
	}
	if known, ok, err := r.c.Journal.Get(s.Run); ok || err != nil {
		return r.answer(known, err)
	}
	if s.Life != r.c.Life.Name() {
		return wire.Answer{Fault: &wire.Fault{Code: wire.OtherLife, Message: "the agent was started anew", Retry: true}}
	}
	if r.late(s) {
		return r.refuse(s.Run, s.Device, tooLate())
	}
	switch fault := r.c.Pass(s.Device, s.Drive); {
	case fault == nil:
	case fault.Code == wire.EpochOld:
		return r.refuse(s.Run, s.Device, fault)
	default: // it may pass later: nothing is written down
		return wire.Answer{Fault: fault}
	}
	device, ok := r.c.Device(s.Device)
	device.ID = s.Device // a wait begins for one that is not listed, too
	if fault := notReady(s, device, ok); fault != nil {
		return r.refuse(s.Run, s.Device, fault)
	}
	begun, fault := r.c.Ask(s)
	begun()
	if fault != nil { // it may be confirmed: nothing is written down
		return wire.Answer{Fault: fault}
	}
	return r.accept(s, device)
}

// accept journals the run and sets it going.
func (r *Runner) accept(s wire.Start, device wire.Device) wire.Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.draining:
		return wire.Answer{Fault: &wire.Fault{Code: wire.Draining, Message: "the agent is stopping", Retry: true}}
	case len(r.going) >= r.c.Max:
		return wire.Answer{Fault: &wire.Fault{
			Code: wire.TooMany, Message: fmt.Sprintf("%d runs go on at this bench", len(r.going)), Hint: "wait until some have ended", Retry: true,
		}}
	}
	result := wire.Result{Run: s.Run, Rev: 1, Device: s.Device, State: wire.Accepted}
	known, first, err := r.c.Journal.Begin(result)
	if !first || err != nil {
		return r.answer(known, err)
	}
	r.c.Spool.SetResult(result)
	r.pace.accepted(s.Run, time.Now())
	a := newActive(r, s, device, result)
	r.going[s.Run] = a
	r.wg.Go(func() {
		a.run(r.ctx)
		r.mu.Lock()
		delete(r.going, s.Run)
		r.mu.Unlock()
	})
	return wire.Answer{Result: &result}
}

// refuse journals an id that will not start.
func (r *Runner) refuse(run, device string, fault *wire.Fault) wire.Answer {
	now := r.now()
	result := wire.Result{Run: run, Rev: 1, Device: device, State: wire.Ended, Outcome: wire.Refused, Fault: fault, EndedAt: now}
	known, first, err := r.c.Journal.Begin(result)
	if first && err == nil {
		r.c.Spool.SetResult(result)
	}
	return r.answer(known, err)
}

func (r *Runner) answer(result wire.Result, err error) wire.Answer {
	if err == nil {
		return wire.Answer{Result: &result}
	}
	id := wire.NewID("")
	r.c.Logger.Error("journal not usable", "id", id, "err", err)
	return wire.Answer{Fault: &wire.Fault{
		Code: wire.Internal, Message: "the agent could not write its journal", Hint: "look whether the bench PC's disk is full", ID: id,
	}}
}

// Ask answers how a run stands. An id that the journal never saw is refused
// now, so that it cannot start any more.
func (r *Runner) Ask(q wire.Request) wire.Answer {
	if !wire.ValidID(q.Run) {
		return wire.Answer{Fault: &wire.Fault{Code: wire.Invalid, Message: "not the id of a run"}}
	}
	if known, ok, err := r.c.Journal.Get(q.Run); ok || err != nil {
		return r.answer(known, err)
	}
	return r.refuse(q.Run, q.Device, &wire.Fault{
		Code: wire.NeverArrived, Message: "the command never reached the bench", Hint: "run it again",
	})
}

// Cancel answers a request to end a run; its end follows as a result. Who drives
// the run's device decides, as with a start.
func (r *Runner) Cancel(c wire.Cancel) wire.Answer {
	r.mu.Lock()
	a := r.going[c.Run]
	r.mu.Unlock()
	known, ok, err := r.c.Journal.Get(c.Run)
	switch {
	case err != nil:
		return r.answer(known, err)
	case !ok:
		return wire.Answer{Fault: &wire.Fault{Code: wire.NotFound, Message: "the bench knows no such run"}}
	case a == nil || known.State == wire.Ended:
		return wire.Answer{Fault: &wire.Fault{Code: wire.RunEnded, Message: "the run has ended"}}
	}
	if fault := r.c.Pass(known.Device, c.Drive); fault != nil {
		return wire.Answer{Fault: fault}
	}
	a.end(stop{outcome: wire.Cancelled})
	return wire.Answer{Result: &known}
}

func (r *Runner) late(s wire.Start) bool { return r.c.Life.ClockMS() >= s.VoidAt }

// stillMay says why a run that was accepted must not begin any more: the process
// may have been stopped meanwhile. Whoever may calls begun when it has begun.
func (a *active) stillMay() (begun func(), fault *wire.Fault) {
	if a.r.late(a.start) {
		return nil, tooLate()
	}
	if fault := a.r.c.Pass(a.start.Device, a.start.Drive); fault != nil {
		return nil, fault
	}
	return a.r.c.Ask(a.start)
}

func tooLate() *wire.Fault {
	return &wire.Fault{Code: wire.TooLate, Message: "the command reached the bench too late", Hint: "run it again"}
}

func valid(s wire.Start) *wire.Fault {
	var wrong []string
	if !wire.ValidID(s.Run) {
		wrong = append(wrong, "run is no valid id")
	}
	if !wire.ValidDeviceID(s.Device) {
		wrong = append(wrong, "device is no valid id")
	}
	if s.Act != nil {
		wrong = append(wrong, s.Act.Check()...)
		if s.Command != "" {
			wrong = append(wrong, "command stands beside act")
		}
	} else if len(s.Command) == 0 || len(s.Command) > wire.MaxCommand || strings.IndexByte(s.Command, 0) >= 0 {
		wrong = append(wrong, fmt.Sprintf("command must be 1 to %d bytes without NUL", wire.MaxCommand))
	}
	if s.TimeoutS < 1 || s.TimeoutS > maxTimeout {
		wrong = append(wrong, fmt.Sprintf("timeout_s must be 1 to %d", maxTimeout))
	}
	if wrong == nil {
		return nil
	}
	return &wire.Fault{Code: wire.Invalid, Message: strings.Join(wrong, "; ")}
}

// notReady says why a device cannot run a command, or do an act, now.
func notReady(s wire.Start, d wire.Device, known bool) *wire.Fault {
	id := s.Device
	if s.Act != nil && s.Act.MayBegin(d.State, known) {
		return nil
	}
	if !known {
		return &wire.Fault{Code: wire.DeviceUnknown, Message: fmt.Sprintf("the bench has no device %q", id), Hint: "look at its list of devices"}
	}
	if d.State == wire.DeviceReady {
		return nil
	}
	fault := &wire.Fault{Code: wire.DeviceOffline, Message: fmt.Sprintf("device %s is %s", id, d.State), Hint: d.Hint}
	if d.State == "unauthorized" || d.State == "authorizing" {
		fault.Code = wire.DeviceUnauthorized
	}
	if d.Reason != "" {
		fault.Message += ": " + d.Reason
	}
	return fault
}

func timeout(s wire.Start) time.Duration { return time.Duration(s.TimeoutS) * time.Second }
