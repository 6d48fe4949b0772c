package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// command is the service that runs a command of the package manager.
func (in *installing) command(args []string) string {
	if in.features.Has("abb_exec") {
		return "abb_exec:package\x00" + strings.Join(args, "\x00")
	}
	tool := "exec:pm"
	if in.features.Has("cmd") {
		tool = "exec:cmd package"
	}
	for _, arg := range args {
		tool += " " + quoted(arg)
	}
	return tool
}

// ask runs a command of the package manager that reads nothing.
func (in *installing) ask(ctx context.Context, args ...string) (string, error) {
	return in.words(ctx, in.command(args))
}

// words is all that a service says.
func (in *installing) words(ctx context.Context, service string) (string, error) {
	const op = "installing"
	conn, err := in.client.openDevice(ctx, op, in.transportID, service)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	return in.answer(ctx, conn, readAnswer(conn))
}

// answered is what the package manager said and how its stream ended.
type answered struct {
	said string
	err  error
}

// readAnswer reads to the end of a stream, or until its connection is closed.
func readAnswer(conn net.Conn) <-chan answered {
	done := make(chan answered, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(conn, maxWords))
		done <- answered{string(text), err}
	}()
	return done
}

// answer waits for the package manager, which may verify and compile first.
func (in *installing) answer(ctx context.Context, conn net.Conn, done <-chan answered) (string, error) {
	const op = "installing"
	limit := time.NewTimer(installTime)
	defer limit.Stop()
	var err error
	select {
	case a := <-done:
		return a.said, in.ended(a)
	case <-ctx.Done():
		err = fmt.Errorf("%s: %w", op, ctx.Err())
	case <-limit.C:
		err = &Error{
			Op: op, Code: wire.Stalled, Message: fmt.Sprintf("the package manager did not answer within %v", installTime),
			Hint: "Somebody may have to accept it on the device",
		}
	}
	conn.Close()
	<-done
	return "", err
}

// ended is why an answer is none. One that says Success or Failure is, however
// its stream ended.
func (in *installing) ended(a answered) error {
	if a.err == nil && a.said != "" || strings.Contains(a.said, "Success") || strings.Contains(a.said, "Failure") {
		return nil
	}
	in.client.look()
	return &Error{
		Op: "installing", Code: wire.StreamLost, Message: "the connection to the device was lost",
		Hint: "Look whether the app is installed before you try again", Err: a.err,
	}
}

// stallTimes is how many OpenTimeouts nothing may move while an APK is sent.
const stallTimes = 3

// stream sends an APK to a command of the package manager and gives its answer,
// which may come in the middle: then the rest stays here.
func (in *installing) stream(ctx context.Context, a APK, m *meter, args []string) (string, error) {
	const op = "installing"
	conn, err := in.client.openDevice(ctx, op, in.transportID, in.command(args))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	done := readAnswer(conn)
	moved := &motion{}
	end := moved.guard(ctx, conn, stallTimes*in.client.OpenTimeout, nil)
	early, err := send(conn, a, m, moved, done)
	broke := end()
	switch {
	case broke != nil:
		err = broke
		if ctx.Err() != nil {
			err = fmt.Errorf("%s: %w", op, ctx.Err())
		}
		if early != nil {
			return "", err
		}
	case early != nil:
		return early.said, in.ended(*early)
	case err == nil:
		return in.answer(ctx, conn, done)
	default:
		if own, ok := errors.AsType[outside](err); ok {
			err = own.error
			break
		}
		// The device hung up. What it said before that has the reason.
		last := time.AfterFunc(in.client.OpenTimeout, func() { conn.Close() })
		defer last.Stop()
		said := <-done
		return said.said, in.ended(said)
	}
	conn.Close() // the device gives up what is not whole
	<-done
	return "", err
}

// send writes an APK until it is whole, or an answer comes early.
func send(conn net.Conn, a APK, m *meter, moved *motion, done <-chan answered) (early *answered, err error) {
	buf := make([]byte, readSize)
	from := m.from(io.LimitReader(a.Content, a.Size))
	for left := a.Size; left > 0; {
		select {
		case a := <-done:
			return &a, nil
		default:
		}
		var n int
		moved.elsewhere(func() { n, err = io.ReadFull(from, buf[:min(left, readSize)]) })
		if left -= int64(n); err != nil {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				err = short(a, a.Size-left)
			}
			return nil, outside{err}
		}
		if _, err := conn.Write(buf[:n]); err != nil {
			return nil, err
		}
		moved.steps.Add(1)
	}
	return nil, nil
}
