package adbsim

import (
	"context"
	"errors"
	"io"
)

var errRefused = errors.New("the adb server refused the stream")

// dialHost opens a stream from the device to an address of the PC behind its
// connection, as adb reverse does.
func (s *adbStream) dialHost(ctx context.Context, addr string) (io.ReadWriteCloser, error) {
	a := s.link
	a.mu.Lock()
	if len(a.streams) >= maxStreams {
		a.mu.Unlock()
		return nil, errRefused
	}
	a.last++
	out := newADBStream(a, a.last, 0)
	out.room = false // until the server has taken the stream
	a.streams[out.local] = out
	a.mu.Unlock()
	defer context.AfterFunc(ctx, func() { out.drop() })()
	if err := a.send(wirePacket{command: cmdOPEN, arg0: out.local, data: []byte(addr + "\x00")}); err != nil {
		out.drop()
		return nil, err
	}
	if !out.taken() {
		return nil, errRefused
	}
	return out, nil
}

// taken waits until the server has taken a stream that we opened, or refused
// it.
func (s *adbStream) taken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.remote == 0 && !s.closed {
		s.change.Wait()
	}
	return s.remote != 0 // it may have said all and closed by now
}

// peer says whether a packet from the server's stream remote is for this one.
// Its first OKAY names the server's end of a stream that we opened.
func (s *adbStream) peer(remote uint32, okay bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.remote == 0 && okay {
		s.remote = remote
	}
	return s.remote != 0 && s.remote == remote
}
