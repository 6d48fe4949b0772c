package session

import "github.com/farbench/farbench/agent/wire"

// outgoing is what was written and not sent. Before it in the buffer is room
// for a frame's head, so that nothing is copied twice.
type outgoing struct {
	buf  []byte // [0, MaxFrame)
	from int    // where what waits begins
	upTo int    // and ends
	sent uint64
}

// Write sends p in frames that are full; what is left waits for more, or for
// Flush. It blocks while the other side allows no more.
func (s *Stream) Write(p []byte) (n int, err error) {
	if s.buf == nil {
		s.buf = make([]byte, wire.MaxFrame)
		s.from, s.upTo = wire.MaxFrameHead, wire.MaxFrameHead
	}
	for len(p) > 0 {
		k := copy(s.buf[s.upTo:], p)
		s.upTo += k
		n += k
		p = p[k:]
		if s.upTo == len(s.buf) {
			if err := s.Flush(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// Flush sends what waits.
func (s *Stream) Flush() error {
	for s.from < s.upTo {
		n, err := s.room(s.upTo - s.from)
		if err != nil {
			return err
		}
		var room [wire.MaxFrameHead]byte
		head := wire.AppendFrameHead(room[:0], wire.Frame{Type: wire.FrameData, Stream: s.number, Offset: s.sent})
		start := s.from - len(head)
		copy(s.buf[start:], head)
		s.from += n
		s.sent += uint64(n)
		if !s.send(s.buf[start:s.from]) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.why()
		}
	}
	s.from, s.upTo = wire.MaxFrameHead, wire.MaxFrameHead
	return nil
}

// room waits until some of n bytes may be sent.
func (s *Stream) room(n int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.over && s.allowed <= s.sent {
		s.changed.Wait()
	}
	if s.over {
		return 0, s.why()
	}
	return int(min(uint64(n), s.allowed-s.sent)), nil
}

// CloseWrite sends what waits and says that it was all.
func (s *Stream) CloseWrite() error {
	if err := s.Flush(); err != nil {
		return err
	}
	if !s.send(wire.AppendFrameHead(nil, wire.Frame{Type: wire.FrameEnd, Stream: s.number, Offset: s.sent})) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.why()
	}
	return nil
}
