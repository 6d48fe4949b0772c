// Package session is what both ends of a session do: a Stream gives bytes in
// order and takes them in order, no more of them at a time than the other side
// allows; a Desk keeps a bench's sessions. It knows frames and neither NATS nor
// WebSockets, neither files nor devices.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Stream is one end of a session. One goroutine reads and one writes; the
// others may call Take, Abort and Close.
type Stream struct {
	number uint64
	// out sends a frame. It may block while the link is slow; the frame's bytes
	// are the stream's again when it returns.
	out    func(frame []byte) error
	ctx    context.Context // ends with the session; its cause is a *wire.Fault
	cancel context.CancelCauseFunc

	outgoing // of the goroutine that writes

	mu      sync.Mutex // guards what follows
	changed sync.Cond  // of any of it
	window  window
	chunks  chunks // came and not read yet
	got     uint64 // how much came
	taken   uint64 // how much was read
	granted uint64 // how far the other may send
	ended   bool   // the other's stream, at got
	allowed uint64 // how far this side may send
	over    bool
	said    bool            // the last word to the other side
	end     wire.SessionEnd // the other's last word, or this side's own fault
}

// New makes an end of the session whose frames carry number. Begin begins it.
func New(number uint64, out func(frame []byte) error) *Stream {
	s := &Stream{number: number, out: out}
	s.changed.L = &s.mu
	s.window.size = firstWindow
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	return s
}

// Begin lets the other side send.
func (s *Stream) Begin() {
	s.mu.Lock()
	grant := s.grant()
	s.mu.Unlock()
	s.tell(grant)
}

// Context ends with the session, however it ends.
func (s *Stream) Context() context.Context { return s.ctx }

// Take takes a frame of the other side and keeps its payload. It never blocks:
// what may come is bounded by what was allowed. An error is a frame that may
// not be; the session has failed then.
func (s *Stream) Take(f wire.Frame) error { return s.TakeAndFree(f, nil) }

// TakeAndFree is Take, but gives the payload back by free as soon as it was
// read; what was not when the session ends is not given back. free must not
// block.
func (s *Stream) TakeAndFree(f wire.Frame, free func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil // it crossed the end on its way
	}
	err := s.take(f, free)
	if err != nil {
		s.finish(wire.SessionEnd{Fault: &wire.Fault{
			Code: wire.BadFrame, Message: "the other side of the session broke its rules: " + err.Error(), Hint: "update agent, relay and client to one version",
		}})
	}
	s.changed.Broadcast()
	return err
}

// take is Take with mu held.
func (s *Stream) take(f wire.Frame, free func()) error {
	n := uint64(len(f.Payload))
	switch {
	case f.Stream != s.number:
		return fmt.Errorf("a frame of stream %d on stream %d", f.Stream, s.number)
	case f.Type == wire.FrameCredit:
		s.allowed = max(s.allowed, f.Offset)
	case f.Type == wire.FrameClose:
		var end wire.SessionEnd
		if err := json.Unmarshal(f.Payload, &end); err != nil {
			return fmt.Errorf("its last word is none: %w", err)
		}
		s.finish(end)
	case f.Type == wire.FrameBeat:
	case s.ended:
		return fmt.Errorf("more after its end at %d", s.got)
	case f.Offset != s.got:
		return fmt.Errorf("bytes from %d on came where %d are next", f.Offset, s.got)
	case f.Type == wire.FrameEnd:
		s.ended = true
	case n > s.granted-s.got:
		return fmt.Errorf("%d bytes beyond what was allowed", n-(s.granted-s.got))
	case f.Type == wire.FrameData:
		s.chunks.put(f.Payload, free)
		s.got += n
	}
	return nil
}

// finish ends the session; mu is held.
func (s *Stream) finish(end wire.SessionEnd) {
	if s.over {
		return
	}
	s.over, s.end = true, end
	s.changed.Broadcast()
	var cause error = context.Canceled
	if end.Fault != nil {
		cause = end.Fault
	}
	s.cancel(cause)
}

// Abort ends the session on this side alone: its link is lost, or who held it.
func (s *Stream) Abort(why *wire.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish(wire.SessionEnd{Fault: why})
}

// Because is an end with the fault that the session itself has, where that is
// why something failed.
func (s *Stream) Because(end wire.SessionEnd) wire.SessionEnd {
	if cause, ok := errors.AsType[*wire.Fault](context.Cause(s.ctx)); ok && end.Fault != nil {
		end.Fault = cause
	}
	return end
}

// Close says a last word to the other side and ends the session. Where it is
// over already, the other side still hears why. Only the first call counts.
func (s *Stream) Close(end wire.SessionEnd) {
	s.mu.Lock()
	said := s.said
	s.said = true
	s.finish(end)
	s.mu.Unlock()
	if said {
		return
	}
	// Who cannot be reached any more finds out by itself.
	_ = s.out(wire.AppendFrame(nil, wire.Frame{Type: wire.FrameClose, Stream: s.number, Payload: lastWord(end)}))
}

// lastWord fits an end into a frame.
func lastWord(end wire.SessionEnd) []byte {
	for {
		word, err := json.Marshal(end)
		switch {
		case err == nil && len(word) <= wire.MaxFramePayload:
			return word
		case end.Moved != nil && len(end.Moved.Skipped) > 0:
			fewer := *end.Moved
			fewer.Skipped = fewer.Skipped[:len(fewer.Skipped)/2]
			end.Moved = &fewer
		case end.Moved != nil:
			end.Moved = nil
		default:
			end.Fault = &wire.Fault{Code: wire.Internal, Message: "the session ended with a fault too long to be told"}
		}
	}
}

// Result waits for the session's end and gives the other side's last word; an
// error is a fault of this side.
func (s *Stream) Result() wire.SessionEnd {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.over {
		s.changed.Wait()
	}
	return s.end
}

// Read reads what the other side wrote, to its end.
func (s *Stream) Read(p []byte) (n int, err error) {
	s.mu.Lock()
	for len(p) > 0 && s.chunks.empty() {
		if s.ended && s.end.Fault == nil {
			s.mu.Unlock()
			return 0, io.EOF
		}
		if s.over {
			defer s.mu.Unlock()
			return 0, s.why()
		}
		s.changed.Wait()
	}
	n = s.chunks.take(p)
	s.taken += uint64(n)
	grant := s.grant()
	s.mu.Unlock()
	s.tell(grant)
	return n, nil
}

// why is the error of who goes on after the end; mu is held.
func (s *Stream) why() error {
	if s.end.Fault != nil {
		return s.end.Fault
	}
	return &wire.Fault{Code: wire.LinkLost, Message: "the other side ended the session before it was done", Hint: "try again"}
}

// grant is how far the other may send now, 0 where it knows; mu is held.
func (s *Stream) grant() uint64 {
	if s.over || s.ended || s.granted-s.taken > s.window.size/2 {
		return 0
	}
	s.window.fit(s.taken, time.Now())
	s.granted = s.taken + s.window.size
	return s.granted
}

func (s *Stream) tell(grant uint64) {
	if grant == 0 {
		return
	}
	var room [wire.MaxFrameHead]byte
	s.send(wire.AppendFrameHead(room[:0], wire.Frame{Type: wire.FrameCredit, Stream: s.number, Offset: grant}))
}

// Beat shows the other side that this one lives.
func (s *Stream) Beat() {
	s.send(wire.AppendFrameHead(nil, wire.Frame{Type: wire.FrameBeat, Stream: s.number}))
}

// send sends a frame; a link that does not take it ends the session.
func (s *Stream) send(frame []byte) bool {
	err := s.out(frame)
	if err != nil {
		s.Abort(&wire.Fault{Code: wire.LinkLost, Message: "the link of the session is lost: " + err.Error(), Hint: "try again once the bench is online"})
	}
	return err == nil
}
