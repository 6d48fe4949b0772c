package run

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// active is one run that goes on.
type active struct {
	r      *Runner
	start  wire.Start
	device wire.Device
	result wire.Result
	log    *recorder
	pid    pidLine

	stopping chan struct{} // closed when the run shall end early
	once     sync.Once     // of stopping; guards stop
	stop     stop
}

// stop is why a run ends early.
type stop struct {
	outcome wire.Outcome
	fault   *wire.Fault
}

func newActive(r *Runner, s wire.Start, device wire.Device, result wire.Result) *active {
	return &active{
		r: r, start: s, device: device, result: result,
		log:      newRecorder(r.ctx, s, &r.c),
		pid:      pidLine{known: make(chan struct{})},
		stopping: make(chan struct{}),
	}
}

// end asks the run to end early; the first reason holds.
func (a *active) end(why stop) {
	a.once.Do(func() {
		a.stop = why
		close(a.stopping)
	})
}

// run takes the run from accepted to ended.
func (a *active) run(ctx context.Context) {
	if a.start.Act != nil {
		a.perform(ctx)
		return
	}
	shell, err := a.open(ctx)
	if err != nil {
		a.notOpened(err)
		return
	}
	a.begin()

	var wg sync.WaitGroup
	ended := make(chan struct{}) // the stream is at its end
	gone := false                // the device-side processes are, after a stop
	wg.Go(func() { gone = a.watch(ctx, shell, ended) })
	wg.Go(func() { a.feed(shell) })
	code, exited := a.read(shell)
	close(ended)
	_ = shell.Close() // what it said is read
	wg.Wait()
	a.finish(code, exited, gone)
}

// begin says that the device is at work.
func (a *active) begin() {
	a.result.Rev++
	a.result.State, a.result.Started = wire.Running, a.r.now()
	a.r.put(a.result)
}

// open starts the command, unless the moment has passed, the device has got
// another driver, or the run shall already end.
func (a *active) open(ctx context.Context) (Shell, error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		select {
		case <-a.stopping:
			cancel()
		case <-ctx.Done():
		}
	})
	select {
	case <-a.stopping:
		return nil, context.Canceled
	default:
	}
	begun, fault := a.stillMay()
	if fault != nil {
		return nil, fault
	}
	defer begun()
	return a.r.c.Open(ctx, a.device.TransportID, service(a.start))
}

// notOpened ends a run whose command was not seen to start.
func (a *active) notOpened(err error) {
	var refused *adb.Error
	var late *wire.Fault
	select {
	case <-a.stopping:
		// The open was given up half way: the device hangs up on the command,
		// if it got it at all.
		a.close(a.stop.outcome, a.stop.fault)
		return
	default:
	}
	switch {
	case errors.As(err, &late):
		a.close(wire.Refused, late)
	case errors.As(err, &refused) && refused.Err == nil: // the adb server said no
		a.close(wire.Refused, refused.Fault())
	case errors.As(err, &refused):
		fault := refused.Fault()
		if fault.Code == wire.Unavailable { // no server: nothing can have started
			a.close(wire.Refused, fault)
			return
		}
		a.close(wire.Lost, fault)
	default:
		a.r.c.Logger.Warn("command not opened", "run", a.start.Run, "err", err)
		a.close(wire.Lost, &wire.Fault{Code: wire.OpenFailed, Message: "adb did not say whether the command started"})
	}
}

// feed gives the command its stdin: a long script, or nothing.
func (a *active) feed(shell Shell) {
	if isLong(a.start) {
		if err := shell.WriteStdin([]byte(a.start.Command)); err != nil {
			a.r.c.Logger.Debug("script not sent", "run", a.start.Run, "err", err)
			return // the stream is at its end, or will say so
		}
	}
	_ = shell.CloseStdin() // an error here is the stream's, and read finds it
}

// read takes all that the command prints, to its exit or the stream's end.
func (a *active) read(shell Shell) (code byte, exited bool) {
	var n int // bytes of one read
	var total int64
	emit := func(id adb.Packet, data []byte) {
		n += len(data)
		switch id {
		case adb.Stdout:
			if data = a.pid.strip(data); len(data) > 0 {
				a.log.output(wire.Out, data)
			}
		case adb.Stderr:
			a.log.output(wire.Err, data)
		case adb.Exit:
			code, exited = data[0], true
		}
	}
	for !exited {
		n = 0
		a.log.begin()
		err := shell.Read(emit)
		a.log.flushIfFree()
		if err != nil {
			if err != io.EOF {
				a.r.c.Logger.Debug("stream ended", "run", a.start.Run, "err", err)
			}
			break
		}
		total += int64(n)
		if d := a.r.pace.read(a.start.Run, n, total, time.Now()); d > 0 && !exited {
			a.wait(d)
		}
	}
	if rest := a.pid.rest(); len(rest) > 0 {
		a.log.output(wire.Out, rest)
	}
	return code, exited
}

// wait holds the reader back, but not from its end.
func (a *active) wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-a.stopping:
	}
}

// finish decides the outcome.
func (a *active) finish(code byte, exited, gone bool) {
	select {
	case <-a.stopping:
		if gone || exited {
			a.close(a.stop.outcome, a.stop.fault)
			return
		}
		a.close(wire.Lost, &wire.Fault{
			Code: wire.StreamLost, Message: "the device went away before it confirmed that the command has ended",
			Hint: "look at the device: the command may still run",
		})
		return
	default:
	}
	if exited {
		n := int(code)
		a.result.ExitCode = &n
		a.close(wire.Exited, nil)
		return
	}
	a.close(wire.Lost, &wire.Fault{
		Code: wire.StreamLost, Message: "the device's stream ended without an exit code",
		Hint: "the device may have rebooted or lost its connection: look at it before you run the command again",
	})
}

// close ends the run: all lines to the spool, then the journal, then the hub.
func (a *active) close(outcome wire.Outcome, fault *wire.Fault) {
	lines, bytes := a.log.close()
	a.result.Rev++
	a.result.State, a.result.Outcome, a.result.Fault = wire.Ended, outcome, fault
	a.result.Lines, a.result.Bytes, a.result.EndedAt = lines, bytes, a.r.now()
	a.r.put(a.result)
}

// watch ends the device-side processes when the run is asked to end or takes
// too long, and says whether they are gone.
func (a *active) watch(ctx context.Context, shell Shell, ended <-chan struct{}) (gone bool) {
	timer := time.NewTimer(timeout(a.start))
	defer timer.Stop()
	select {
	case <-ended:
		return false
	case <-timer.C:
		a.end(stop{outcome: wire.TimedOut})
	case <-a.stopping:
	}
	return a.kill(ctx, shell, ended)
}
