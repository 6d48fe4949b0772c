package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/farbench/farbench/agent/wire"
)

// readSize is the most that one read takes: as much as adbd sends at once.
const readSize = 64 << 10

// Shell is one command that runs on a device: its stdout and stderr apart, or a
// terminal's one output.
//
// One goroutine reads; others may write and close at the same time. The end of
// the stream without an Exit packet means that the command was lost: nobody
// knows how it ended, least of all well.
type Shell struct {
	conn    net.Conn
	hurry   func() // acknowledges at once; nil where the system has no such thing
	lost    func() // the stream ended before its time
	pty     bool
	plain   *plainShell // of a device without shell_v2, else nil
	closing sync.Once
	shut    error

	// Of the reading goroutine alone.
	buf     []byte
	packets packets

	writing sync.Mutex // one packet at a time goes out; guards out
	out     []byte
}

// ShellOptions say how a command is run. The zero ShellOptions give it no
// terminal.
type ShellOptions struct {
	// Pty runs it in a terminal: one output, echo, \n shown as \r\n, ^C. No
	// command then means the device's interactive shell.
	Pty bool
	// Term names the kind of terminal; "" with Pty means xterm-256color.
	Term string
	// Rows and Cols are the window's size, 0 for one that nobody knows.
	Rows, Cols int
}

// Shell starts a command on the device that the server knows by transportID,
// through shell,v2,raw: no terminal, stdout and stderr apart, an exit code.
// The context governs the opening only, as does the client's OpenTimeout;
// afterwards Close ends it, which sends SIGHUP to the command.
func (c *Client) Shell(ctx context.Context, transportID int64, command string) (*Shell, error) {
	return c.OpenShell(ctx, transportID, command, ShellOptions{})
}

// OpenShell is Shell with a choice of how. A device from before Android 7 knows
// no shell_v2: it is asked again in the old way, where stdout and stderr are
// one, the command reads nothing from stdin, and a terminal tells neither its
// size nor an exit code.
func (c *Client) OpenShell(ctx context.Context, transportID int64, command string, o ShellOptions) (*Shell, error) {
	const op = "opening shell"
	how, err := o.service(op)
	if err != nil {
		return nil, err
	}
	conn, err := c.openDevice(ctx, op, transportID, how+command)
	if no, ok := errors.AsType[*Error](err); ok && no.closed && !c.speaksPackets(ctx, transportID) {
		return c.openPlain(ctx, op, transportID, command, o)
	}
	if err != nil {
		return nil, err
	}
	s := &Shell{conn: conn, hurry: quickAck(conn), lost: func() { c.streamLost(transportID) }, pty: o.Pty}
	if o.Pty && o.Rows > 0 && o.Cols > 0 {
		if err := s.Resize(o.Rows, o.Cols); err != nil {
			s.Close()
			return nil, c.explain(op, err)
		}
	}
	return s, nil
}

// service is the service's name up to the command.
func (o ShellOptions) service(op string) (string, error) {
	if o.Pty && o.Term == "" {
		o.Term = "xterm-256color"
	}
	for _, r := range o.Term {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("-._+", r) {
			return "", &Error{Op: op, Code: wire.Invalid, Message: fmt.Sprintf("%q names no kind of terminal", cut(o.Term, 64)), Hint: "Use xterm-256color"}
		}
	}
	how := "shell,v2"
	if o.Term != "" {
		how += ",TERM=" + cut(o.Term, 64)
	}
	if o.Pty {
		return how + ",pty:", nil
	}
	return how + ",raw:", nil
}

// Read makes one read of up to 64 KiB and calls emit for each packet in it, or
// piece of one: Stdout and Stderr with at least one byte, Exit with exactly
// one. The data is valid during the call only. It returns io.EOF at the end.
func (s *Shell) Read(emit func(id Packet, data []byte)) error {
	if s.buf == nil {
		s.buf = make([]byte, readSize)
	}
	n, err := s.conn.Read(s.buf)
	if n > 0 {
		if s.hurry != nil && n < readSize/2 {
			s.hurry() // a flood needs no hurry: its windows are acknowledged anyway
		}
		if s.plain != nil {
			s.plain.feed(s.buf[:n], emit)
		} else if bad := s.packets.feed(s.buf[:n], emit); bad != nil {
			return bad
		}
	}
	if err == nil {
		return nil
	}
	if s.plain != nil {
		s.packets.exited = s.plain.end(emit)
	}
	if !s.packets.exited && !errors.Is(err, net.ErrClosed) {
		s.lost()
	}
	if err == io.EOF {
		return io.EOF
	}
	return fmt.Errorf("reading shell: %w", err)
}

// WriteStdin sends p to the command's stdin; it blocks while the device does
// not take it, until Close.
func (s *Shell) WriteStdin(p []byte) error {
	const op = "writing to the command's stdin"
	for len(p) > 0 {
		n := min(len(p), readSize-packetHeader)
		if err := s.send(Stdin, p[:n]); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		p = p[n:]
	}
	return nil
}

// CloseStdin tells the command that its stdin is at an end. In a terminal, where
// nothing ends it, ^D is typed, which a shell that waits for a line understands.
func (s *Shell) CloseStdin() error {
	id, data := CloseStdin, []byte(nil)
	switch {
	case s.pty:
		id, data = Stdin, []byte{0x04}
	case s.plain != nil:
		return nil // it has none
	}
	if err := s.send(id, data); err != nil {
		return fmt.Errorf("closing the command's stdin: %w", err)
	}
	return nil
}

// Interrupt types ^C: SIGINT to what stands in the terminal's foreground.
// Without a terminal there is none: kill the command's process group.
func (s *Shell) Interrupt() error {
	if !s.pty {
		return &Error{Op: "interrupting the command", Code: wire.Invalid, Message: "it has no terminal", Hint: "Open it with one, or kill its process group"}
	}
	return s.WriteStdin([]byte{0x03})
}

// Resize tells the terminal its window's size.
func (s *Shell) Resize(rows, cols int) error {
	const op = "telling the window's size"
	if rows < 0 || rows > 0xffff || cols < 0 || cols > 0xffff {
		return &Error{Op: op, Code: wire.Invalid, Message: fmt.Sprintf("a window of %d by %d", rows, cols), Hint: "Give its rows and columns in characters"}
	}
	if !s.pty || s.plain != nil {
		return nil
	}
	if err := s.send(WindowSize, fmt.Appendf(nil, "%dx%d,0x0\x00", rows, cols)); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func (s *Shell) send(id Packet, data []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.plain != nil {
		return s.plain.write(s.conn, data, s.pty)
	}
	s.out = appendPacket(s.out[:0], id, data)
	_, err := s.conn.Write(s.out)
	return err
}

// Close ends the stream and unblocks Read and WriteStdin. The device sends
// SIGHUP to the command; one that ignores it goes on.
func (s *Shell) Close() error {
	s.closing.Do(func() { s.shut = s.conn.Close() })
	return s.shut
}
