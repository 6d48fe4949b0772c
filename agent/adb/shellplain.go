package adb

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"sync/atomic"

	"github.com/farbench/farbench/agent/wire"
)

// speaksPackets says whether the device's adbd offers shell v2. Where nobody
// can say it does.
func (c *Client) speaksPackets(ctx context.Context, transportID int64) bool {
	features, err := c.Features(ctx, transportID)
	return err != nil || features.Has("shell_v2")
}

// openPlain starts a command on a device without shell v2. Where it has no
// terminal the device's shell says at last how it ended, behind a mark that no
// output holds by chance.
func (c *Client) openPlain(ctx context.Context, op string, transportID int64, command string, o ShellOptions) (*Shell, error) {
	plain := &plainShell{}
	service := "shell:" + command
	if !o.Pty {
		plain.mark = []byte("farbench-exit-" + rand.Text() + ":")
		// In a subshell, so that an exit does not pass over the mark; $$ is
		// still the process that leads the group.
		service = "exec:(eval " + quoted(command) + ") </dev/null; echo \"" + string(plain.mark) + "$?\""
	}
	conn, err := c.openDevice(ctx, op, transportID, service)
	if err != nil {
		return nil, err
	}
	return &Shell{conn: conn, hurry: quickAck(conn), lost: func() { c.streamLost(transportID) }, pty: o.Pty, plain: plain}, nil
}

// plainShell finds a command's end in a stream that is nothing but its output.
type plainShell struct {
	mark []byte // "" in a terminal: then nobody knows how it ended
	held []byte // what may be the mark's beginning, or the exit code
	seen bool   // the mark
	// wrote is set by whoever tried to give the command something to read: what
	// it did without it is not what was asked for, so its end is not told.
	wrote atomic.Bool
}

// maxPlainExit is how many digits an exit code has, and its newline.
const maxPlainExit = 5

func (p *plainShell) feed(data []byte, emit func(Packet, []byte)) {
	if len(p.mark) == 0 {
		emit(Stdout, data)
		return
	}
	if p.seen {
		p.held = append(p.held, data[:min(len(data), maxPlainExit-len(p.held))]...)
		return
	}
	if len(p.held) > 0 {
		data = append(p.held, data...)
		p.held = nil
	}
	if at := bytes.Index(data, p.mark); at >= 0 {
		p.seen = true
		rest := data[at+len(p.mark):]
		p.held = append(p.held, rest[:min(len(rest), maxPlainExit)]...)
		data = data[:at]
	} else {
		begun := p.begun(data)
		p.held = append(p.held, data[len(data)-begun:]...)
		data = data[:len(data)-begun]
	}
	if len(data) > 0 {
		emit(Stdout, data)
	}
}

// begun is how many bytes at data's end may begin the mark.
func (p *plainShell) begun(data []byte) int {
	for n := min(len(data), len(p.mark)-1); n > 0; n-- {
		if bytes.HasSuffix(data, p.mark[:n]) {
			return n
		}
	}
	return 0
}

// end gives what was held back, or the exit code: it says whether there is one.
func (p *plainShell) end(emit func(Packet, []byte)) bool {
	digits, _, whole := bytes.Cut(p.held, []byte("\n"))
	code, fine := smallNumber(string(bytes.TrimRight(digits, "\r")))
	switch {
	case !p.seen && len(p.held) > 0:
		emit(Stdout, p.held)
	case p.seen && whole && fine && code <= 255 && !p.wrote.Load():
		emit(Exit, []byte{byte(code)})
		p.held = nil
		return true
	}
	p.held = nil
	return false
}

// write types into a terminal. A command without one reads nothing.
func (p *plainShell) write(conn net.Conn, data []byte, pty bool) error {
	if !pty {
		p.wrote.Store(true)
		return &Error{
			Op: "writing to the command's stdin", Code: wire.Unavailable, Message: "a device from before Android 7 takes no input for a command",
			Hint: "Push it as a file and let the command read that",
		}
	}
	_, err := conn.Write(data)
	return err
}
