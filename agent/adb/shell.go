package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// readSize is the most that one read takes: as much as adbd sends at once.
const readSize = 64 << 10

// Shell is one command that runs on a device, its stdout and stderr apart.
//
// One goroutine reads; others may write and close at the same time. The end of
// the stream without an Exit packet means that the command was lost: nobody
// knows how it ended, least of all well.
type Shell struct {
	conn    net.Conn
	hurry   func() // acknowledges at once; nil where the system has no such thing
	lost    func() // the stream ended before its time
	closing sync.Once
	shut    error

	// Of the reading goroutine alone.
	buf     []byte
	packets packets

	writing sync.Mutex // one packet at a time goes out; guards out
	out     []byte
}

// Shell starts a command on the device that the server knows by transportID,
// through shell,v2,raw: no terminal, stdout and stderr apart, an exit code.
// The context governs the opening only, as does the client's OpenTimeout;
// afterwards Close ends it, which sends SIGHUP to the command.
func (c *Client) Shell(ctx context.Context, transportID int64, command string) (*Shell, error) {
	conn, err := c.openDevice(ctx, "opening shell", transportID, "shell,v2,raw:"+command)
	if err != nil {
		return nil, err
	}
	return &Shell{conn: conn, hurry: quickAck(conn), lost: func() { c.streamLost(transportID) }}, nil
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
		if bad := s.packets.feed(s.buf[:n], emit); bad != nil {
			return bad
		}
	}
	if err == nil {
		return nil
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
	for len(p) > 0 {
		n := min(len(p), readSize-packetHeader)
		if err := s.send(Stdin, p[:n]); err != nil {
			return fmt.Errorf("writing to the command's stdin: %w", err)
		}
		p = p[n:]
	}
	return nil
}

// CloseStdin tells the command that its stdin is at an end.
func (s *Shell) CloseStdin() error {
	if err := s.send(CloseStdin, nil); err != nil {
		return fmt.Errorf("closing the command's stdin: %w", err)
	}
	return nil
}

func (s *Shell) send(id Packet, data []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
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
