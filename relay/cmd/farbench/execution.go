package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

// execution is one command on its way: started, followed, and cancelled on the
// device when someone asks for it.
type execution struct {
	around *surroundings
	relay  *client.Client
	lines  *lines
	leave  context.CancelCauseFunc
	wait   sync.WaitGroup
	act    bool // it is no command: stderr is ours to say how it ended

	mu        sync.Mutex // guards what follows
	run       string     // "" until it is started
	cancelled bool       // someone asked for its end
	asked     bool       // the relay is being asked for it
	asking    bool       // a person is being asked whether to start it at all
}

// leaveWithin is how long a command that was terminated waits for its end on
// the device: whoever terminates a program kills it soon.
const leaveWithin = 8 * time.Second

// watch ends the command at the first interrupt and leaves at the second. Who
// terminates does so once: it leaves by itself where the end does not come.
func (e *execution) watch(ctx context.Context, interrupts <-chan os.Signal) {
	e.wait.Go(func() {
		late := time.NewTimer(time.Hour)
		late.Stop()
		defer late.Stop()
		for n := 1; ; n++ {
			var s os.Signal
			select {
			case s = <-interrupts:
			case <-late.C:
				e.leave(errLeft)
				return
			case <-ctx.Done():
				return
			}
			if n > 1 {
				e.leave(errLeft)
				return
			}
			e.cancel(ctx)
			if s == syscall.SIGTERM {
				late.Reset(leaveWithin)
			}
		}
	})
}

// await joins what the execution started.
func (e *execution) await() {
	e.leave(nil)
	e.wait.Wait()
}

func (e *execution) start(ctx context.Context, target string, request api.RunRequest) (api.Run, error) {
	benches, err := e.relay.Benches(ctx)
	if err != nil {
		return api.Run{}, fmt.Errorf("looking for %s: %w", target, err)
	}
	if request.Bench, request.Device, err = resolve(benches.Benches, target); err != nil {
		var may bool
		if request.Bench, request.Device, may = unlisted(benches.Benches, target); !may || request.Act == nil || !request.Act.MayBegin("", false) {
			return api.Run{}, err
		}
	}
	return startAgain(ctx, e.relay, request)
}

func (e *execution) started(ctx context.Context, run string) {
	e.mu.Lock()
	e.run = run
	cancelled := e.cancelled
	e.mu.Unlock()
	if cancelled {
		e.cancel(ctx)
	}
}

// cancel asks for the command's end on the device, as soon as there is a run
// and for as long as asking may help. Its end arrives with the log.
func (e *execution) cancel(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cancelled = true
	if e.asking {
		e.leave(errLeft)
	}
	if e.run == "" || e.asked {
		return
	}
	e.asked = true
	run := e.run
	e.wait.Go(func() {
		for ctx.Err() == nil {
			err := e.relay.Cancel(ctx, run)
			var fault *wire.Fault
			if err == nil || errors.As(err, &fault) && fault.Code == wire.RunEnded {
				return
			}
			offline := errors.As(err, &fault) && fault.Code == wire.BenchOffline
			if !offline && !client.MayHelp(err) {
				return
			}
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	})
}

// follow writes the run's lines until it has ended. A reader of ours that left
// ends the command on the device, like a closed terminal does.
func (e *execution) follow(ctx context.Context, run string) error {
	err := e.relay.Log(ctx, run, client.LogOptions{Follow: true, Idle: e.lines.flush}, e.lines.take)
	if errors.Is(err, syscall.EPIPE) {
		within, done := context.WithTimeout(context.Background(), 10*time.Second)
		defer done()
		_ = e.relay.Cancel(within, run)
	}
	return err
}

// finish tells the end where a person reads it and returns the exit code.
func (e *execution) finish() int {
	if err := e.lines.flush(); err != nil {
		return code(err, e.around.err)
	}
	end := e.lines.end
	if e.act && end.Fault != nil {
		code(end.Fault, e.around.err)
	} else if !e.lines.raw {
		switch {
		case end.Fault != nil && end.Outcome != wire.Exited:
			e.lines.notice(words(end.Outcome) + ": " + clean(end.Fault.Message))
			if end.Fault.Hint != "" {
				e.lines.notice(clean(end.Fault.Hint))
			}
		case end.Outcome != wire.Exited:
			e.lines.notice(words(end.Outcome))
		}
	}
	return exitCode(end)
}

// words is an outcome as people say it.
func words(outcome wire.Outcome) string { return strings.ReplaceAll(string(outcome), "_", " ") }
