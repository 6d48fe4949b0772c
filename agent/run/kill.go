package run

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/farbench/farbench/agent/adb"
)

const (
	termFor = 2 * time.Second // how long a command may take to end by itself
	killFor = 2 * time.Second
	askFor  = 3 * time.Second // a shell that only kills or looks
)

// kill ends the command's whole process group on the device: SIGTERM, after
// two seconds SIGKILL, through a shell of its own, so that it also ends what
// ignores the hangup of its own stream. It says whether the group is gone.
func (a *active) kill(ctx context.Context, shell Shell, ended <-chan struct{}) (gone bool) {
	defer func() {
		// Whatever came of it, the stream must not go on.
		select {
		case <-ended:
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
		_ = shell.Close()
	}()
	pid := 0
	select {
	case <-a.pid.known:
		pid = a.pid.pid
	case <-ended:
		select {
		case <-a.pid.known:
			pid = a.pid.pid
		default:
		}
	case <-time.After(termFor):
	case <-ctx.Done():
	}
	if pid <= 1 {
		return false // nobody knows whom to kill: the hangup must do
	}
	if a.signal(ctx, pid, "TERM") && a.goneWithin(ctx, pid, termFor) {
		a.removeScript(ctx)
		return true
	}
	_ = a.signal(ctx, pid, "KILL")
	gone = a.goneWithin(ctx, pid, killFor)
	a.removeScript(ctx)
	return gone
}

// signal says whether the device could be asked.
func (a *active) signal(ctx context.Context, pid int, name string) bool {
	_, ok := a.ask(ctx, fmt.Sprintf("kill -%s -- -%d", name, pid))
	return ok
}

// goneWithin looks until no process of the group is left.
func (a *active) goneWithin(ctx context.Context, pid int, d time.Duration) bool {
	look := fmt.Sprintf("kill -0 -- -%d", pid)
	wait := 10 * time.Millisecond
	for deadline := time.Now().Add(d); ; wait = min(2*wait, 200*time.Millisecond) {
		if code, ok := a.ask(ctx, look); ok && code != 0 {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
}

func (a *active) removeScript(ctx context.Context) {
	if isLong(a.start) {
		a.ask(ctx, "rm -f "+scriptPath(a.start.Run))
	}
}

// ask runs a short command on the device; ok is false where it did not end.
func (a *active) ask(ctx context.Context, command string) (code byte, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	transport := a.device.TransportID
	if now, known := a.r.c.Device(a.start.Device); known {
		transport = now.TransportID // it may have reconnected
	}
	shell, err := a.r.c.Open(ctx, transport, command)
	if err != nil {
		a.r.c.Logger.Debug("device not asked", "run", a.start.Run, "command", command, "err", err)
		return 0, false
	}
	defer shell.Close()
	defer context.AfterFunc(ctx, func() { _ = shell.Close() })()
	for err == nil && !ok {
		err = shell.Read(func(id adb.Packet, data []byte) {
			if id == adb.Exit {
				code, ok = data[0], true
			}
		})
	}
	if err != nil && err != io.EOF {
		a.r.c.Logger.Debug("device did not answer", "run", a.start.Run, "command", command, "err", err)
	}
	return code, ok
}
