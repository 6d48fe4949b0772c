package adb

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Sync is a session with the files of one device. Its requests go over one
// connection, which is opened at the first and again after one that failed;
// they are the protocol's own, Put, Push and Pull make them safe.
//
// A request fails when nothing has moved for the client's OpenTimeout, however
// long it takes in all. One goroutine uses a Sync at a time.
type Sync struct {
	client      *Client
	transportID int64
	features    Features

	conn  net.Conn // nil until the next request
	in    *bufio.Reader
	out   []byte // room for what is sent
	moved *motion
}

// Sync begins a session with the device that the server knows by transportID.
func (c *Client) Sync(ctx context.Context, transportID int64) (*Sync, error) {
	features, err := c.Features(ctx, transportID)
	if err != nil {
		return nil, err
	}
	c.clean(ctx, transportID)
	return &Sync{client: c, transportID: transportID, features: features, moved: &motion{}}, nil
}

// Close ends the session.
func (s *Sync) Close() error {
	if s.conn == nil {
		return nil
	}
	s.conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = s.conn.Write([]byte("QUIT\x00\x00\x00\x00"))
	err := s.conn.Close()
	s.conn = nil
	return err
}

// drop ends the connection alone: what was under way is given up on the device
// too.
func (s *Sync) drop() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// syncBuffer is how much is read at once: several of adbd's packets.
const syncBuffer = 256 << 10

// do makes one request, whose error ends the connection. look is asked how far
// the device is when nothing moves on this side.
func (s *Sync) do(ctx context.Context, op string, look func(context.Context) int64, request func() error) error {
	if s.conn == nil {
		conn, err := s.client.openDevice(ctx, op, s.transportID, "sync:")
		if err != nil {
			return err
		}
		s.conn = conn
		s.in = bufio.NewReaderSize(&moving{conn, quickAck(conn), s.moved}, syncBuffer)
	}
	end := s.moved.guard(ctx, s.conn, s.client.OpenTimeout, look)
	err := request()
	broke := end()
	if err == nil && broke == nil {
		return nil
	}
	s.drop()
	if broke != nil && (err == nil || errors.Is(err, os.ErrDeadlineExceeded)) {
		err = broke
	}
	return s.explain(op, err)
}

// outside is an error of the one who gives or takes the bytes.
type outside struct{ error }

// explain makes an *Error of what a request ran into, but for errors of the
// context and of those who give or take the bytes.
func (s *Sync) explain(op string, err error) error {
	if own, ok := errors.AsType[outside](err); ok {
		return own.error
	}
	if known, ok := errors.AsType[*Error](err); ok {
		named := *known
		named.Op = op
		return &named
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", op, err)
	}
	s.client.streamLost(s.transportID)
	return &Error{
		Op: op, Code: wire.StreamLost, Message: "the connection to the device was lost",
		Hint: "It may be rebooting or unplugged: try again once it is listed", Err: err,
	}
}

// smallRead is less than what content comes in.
const smallRead = 16 << 10

// moving is the reading side of a connection: it tells of each read.
type moving struct {
	conn  net.Conn
	hurry func()
	moved *motion
}

func (m *moving) Read(p []byte) (int, error) {
	n, err := m.conn.Read(p)
	if n > 0 {
		m.moved.steps.Add(1)
		if m.hurry != nil && n < smallRead {
			m.hurry() // or a small answer waits for our acknowledgement for 40 ms
		}
	}
	return n, err
}

func appendHead(b []byte, id string, n int) []byte {
	return binary.LittleEndian.AppendUint32(append(b, id...), uint32(n))
}

func (s *Sync) ask(id, p string) error {
	s.out = append(appendHead(s.out[:0], id, len(p)), p...)
	return s.write(s.out)
}

// write sends b; every part of it that goes is a step.
func (s *Sync) write(b []byte) error {
	_, err := s.conn.Write(b)
	s.moved.steps.Add(1)
	return err
}

// Stat describes the file at p, links followed.
func (s *Sync) Stat(ctx context.Context, p string) (FileInfo, error) {
	if s.features.Has("stat_v2") {
		return s.stat(ctx, "STA2", p)
	}
	info, err := s.stat(ctx, "STAT", p)
	if err == nil && info.Mode&fs.ModeSymlink != 0 {
		// The first version does not follow; behind a folder's name it has to.
		if folder, no := s.stat(ctx, "STAT", p+"/."); no == nil && folder.Mode.IsDir() {
			folder.Name = info.Name
			return folder, nil
		}
	}
	return info, err
}

// Lstat describes what is at p; of a link the link itself.
func (s *Sync) Lstat(ctx context.Context, p string) (FileInfo, error) {
	if s.features.Has("stat_v2") {
		return s.stat(ctx, "LST2", p)
	}
	return s.stat(ctx, "STAT", p)
}

func (s *Sync) stat(ctx context.Context, id, p string) (info FileInfo, err error) {
	const op = "looking at a file"
	if err := checkPath(op, p); err != nil {
		return info, err
	}
	var fault error
	err = s.do(ctx, op, nil, func() error {
		if err := s.ask(id, p); err != nil {
			return err
		}
		var err error
		info, fault, err = readStat(s.in, id, id != "STAT")
		return err
	})
	if err == nil && fault != nil {
		err = s.explain(op, fault)
	}
	info.Name = path.Base(p)
	return info, err
}

// maxEntries bounds what a folder may hold.
const maxEntries = 100_000

// List gives what is in the folder at p, in the order of names. Of a link it
// describes the link itself; what the device could not look at is of the mode
// fs.ModeIrregular.
func (s *Sync) List(ctx context.Context, p string) ([]FileInfo, error) {
	const op = "listing a folder"
	if err := checkPath(op, p); err != nil {
		return nil, err
	}
	id, v2 := "LIST", s.features.Has("ls_v2")
	if v2 {
		id = "LIS2"
	}
	var list []FileInfo
	answers := 0
	err := s.do(ctx, op, nil, func() error {
		if err := s.ask(id, p); err != nil {
			return err
		}
		for {
			info, err := readEntry(s.in, v2)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if answers++; answers > maxEntries {
				return &Error{Op: op, Code: wire.TooLarge, Message: fmt.Sprintf("the folder holds more than %d files", maxEntries), Hint: "Take a part of it"}
			}
			if info.Name != "." && info.Name != ".." {
				list = append(list, info)
			}
		}
	})
	if err == nil && answers == 0 {
		err = s.listable(ctx, op, p)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b FileInfo) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(list); i++ {
		if list[i].Name == list[i-1].Name {
			return nil, s.explain(op, badReply("the name %q twice", list[i].Name))
		}
	}
	return list, nil
}

// listable says why a list came without a single entry, not even ".": a folder
// that is not there or may not be read looks like one that holds nothing.
func (s *Sync) listable(ctx context.Context, op, p string) error {
	info, err := s.Stat(ctx, p)
	switch {
	case err != nil:
		return err
	case !info.Mode.IsDir():
		return s.explain(op, deviceRefused("Not a directory"))
	case !s.features.Has("shell_v2"):
		return nil
	}
	r, err := s.client.script(ctx, op, s.transportID, "test -r "+quoted(p), s.client.OpenTimeout, 1<<10)
	if err == nil && r.exit != 0 {
		err = s.explain(op, deviceRefused("Permission denied"))
	}
	return err
}

// Receive gives the content of the file at p to w, links followed, and says how
// much it was.
func (s *Sync) Receive(ctx context.Context, p string, w io.Writer) (n int64, err error) {
	const op = "pulling a file"
	if err := checkPath(op, p); err != nil {
		return 0, err
	}
	err = s.do(ctx, op, nil, func() error {
		if err := s.ask("RECV", p); err != nil {
			return err
		}
		n, err = s.receive(w)
		return err
	})
	return n, err
}

// receive gives DATA to w until DONE, straight out of the buffer.
func (s *Sync) receive(w io.Writer) (n int64, err error) {
	for {
		id, length, err := readHead(s.in)
		switch {
		case err != nil:
			return n, unexpected(err)
		case id == "DONE":
			return n, nil
		case id == "FAIL":
			return n, readFail(s.in, length)
		case id != "DATA":
			return n, badReply("%q in place of content", id)
		case length > maxSyncData:
			return n, badReply("a piece of %d bytes", length)
		}
		for left := int(length); left > 0; {
			piece, err := s.in.Peek(min(left, max(1, s.in.Buffered())))
			if err != nil {
				return n, unexpected(err)
			}
			s.moved.elsewhere(func() { _, err = w.Write(piece) })
			if err != nil {
				return n, outside{err}
			}
			_, _ = s.in.Discard(len(piece))
			left -= len(piece)
			n += int64(len(piece))
		}
	}
}
