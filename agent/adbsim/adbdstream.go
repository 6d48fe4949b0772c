package adbsim

import (
	"io"
	"sync"
)

// adbStream is one stream of a connection: an OPEN that was accepted.
type adbStream struct {
	link  *adbd
	local uint32

	writing sync.Mutex // held by the one who writes: Write is one packet after another

	mu     sync.Mutex // guards what is below
	change *sync.Cond
	remote uint32 // the server's end; 0 until it has taken a stream that we opened
	in     []byte // what arrived and is not read; its packet is acknowledged when it has been
	unread bool   // a packet is in in, not yet acknowledged
	room   bool   // the server has taken our last packet
	closed bool   // by either side
}

func newADBStream(link *adbd, local, remote uint32) *adbStream {
	s := &adbStream{link: link, local: local, remote: remote, room: true}
	s.change = sync.NewCond(&s.mu)
	return s
}

// arrived takes a packet from the server. A server that sends a second one
// before the first was acknowledged breaks the rules: the stream ends.
func (s *adbStream) arrived(data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unread {
		s.closed = true
	} else if len(data) > 0 {
		s.in = append(s.in[:0], data...)
		s.unread = true
	}
	s.change.Broadcast()
}

// Read reads what has arrived, also when the stream was closed since; once a
// packet is used up the server may send the next.
func (s *adbStream) Read(b []byte) (int, error) {
	s.mu.Lock()
	for len(s.in) == 0 && !s.closed {
		s.change.Wait()
	}
	if len(s.in) == 0 {
		s.mu.Unlock()
		return 0, io.EOF
	}
	n := copy(b, s.in)
	s.in = s.in[n:]
	done := len(s.in) == 0 && !s.closed
	if done {
		s.unread = false
	}
	s.mu.Unlock()
	if done {
		if err := s.link.send(wirePacket{command: cmdOKAY, arg0: s.local, arg1: s.remote}); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Write sends data in packets, each after the one before was taken.
func (s *adbStream) Write(b []byte) (int, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	done := 0
	for len(b) > 0 {
		if !s.takeRoom() {
			return done, io.ErrClosedPipe
		}
		n := min(len(b), s.link.limit)
		if err := s.link.send(wirePacket{command: cmdWRTE, arg0: s.local, arg1: s.remote, data: b[:n]}); err != nil {
			return done, err
		}
		b = b[n:]
		done += n
	}
	return done, nil
}

// takeRoom waits until a packet may be sent; false when the stream is closed.
func (s *adbStream) takeRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.room && !s.closed {
		s.change.Wait()
	}
	if s.closed {
		return false
	}
	s.room = false
	return true
}

func (s *adbStream) acknowledged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room = true
	s.change.Broadcast()
}

// Close ends the stream; the server is told once, after all that was written.
func (s *adbStream) Close() error {
	if s.drop() {
		return s.link.send(wirePacket{command: cmdCLSE, arg0: s.local, arg1: s.remote})
	}
	return nil
}

// drop ends the stream without a word; false when it had ended before.
func (s *adbStream) drop() bool {
	s.mu.Lock()
	was := s.closed
	s.closed = true
	s.change.Broadcast()
	s.mu.Unlock()
	s.link.forget(s)
	return !was
}
