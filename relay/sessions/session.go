package sessions

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// Session is one that goes on.
type Session struct {
	ID     string
	s      *Sessions
	bench  string
	stream uint64
	link   *bridge.Session
	out    func(frame []byte, done <-chan struct{}) error
	done   chan struct{} // closed at the session's end
	work   sync.WaitGroup
	heard  atomic.Bool // the bench, since the last look

	mu   sync.Mutex // guards what follows
	over bool
	down way // asker to bench
	up   way // bench to asker
}

// way is one direction, as far as it can be seen from outside.
type way struct {
	next, allowed uint64
	ended         bool
}

// pass says whether a frame of this direction may go on; credit is for the other
// one.
func (w *way) pass(f wire.Frame) error {
	n := uint64(len(f.Payload))
	switch {
	case f.Type != wire.FrameData && f.Type != wire.FrameEnd:
		return nil
	case w.ended:
		return fmt.Errorf("more after its end at %d", w.next)
	case f.Offset != w.next:
		return fmt.Errorf("bytes from %d on where %d are next", f.Offset, w.next)
	case f.Type == wire.FrameEnd:
		w.ended = true
	case n > w.allowed-w.next:
		return fmt.Errorf("%d bytes beyond what was allowed", n-(w.allowed-w.next))
	default:
		w.next += n
	}
	return nil
}

// Stream is the asker's number of the session.
func (x *Session) Stream() uint64 { return x.stream }

// Done is closed at the session's end.
func (x *Session) Done() <-chan struct{} { return x.done }

// Take passes a frame of the asker on; frame is f as it came, and the caller's
// again afterwards.
func (x *Session) Take(f wire.Frame, frame []byte) {
	x.mu.Lock()
	over := x.over
	err := x.down.pass(f)
	if f.Type == wire.FrameCredit {
		x.up.allowed = max(x.up.allowed, f.Offset)
	}
	x.mu.Unlock()
	switch {
	case over, f.Type == wire.FrameBeat:
		return
	case err != nil:
		x.fail(&wire.Fault{Code: wire.BadFrame, Message: "the session's frames break its rules: " + err.Error(), Hint: "update the client"}, true)
		return
	}
	if err := x.link.Send(frame); err != nil {
		x.lost(err)
	}
}

// fromBench passes a frame of the bench on.
func (x *Session) fromBench(frame []byte) {
	f, err := wire.ParseFrame(frame)
	if err == nil && f.Stream != x.stream {
		err = fmt.Errorf("a frame of stream %d on stream %d", f.Stream, x.stream)
	}
	x.heard.Store(true)
	x.mu.Lock()
	over := x.over
	if err == nil {
		err = x.up.pass(f)
	}
	if err == nil && f.Type == wire.FrameCredit {
		x.down.allowed = max(x.down.allowed, f.Offset)
	}
	x.mu.Unlock()
	switch {
	case over, err == nil && f.Type == wire.FrameBeat:
	case err != nil:
		x.s.junk.Warn(x.s.cfg.Logger, x.bench, "a session of the bench broke the rules of frames", "err", err)
		x.fail(&wire.Fault{Code: wire.BadFrame, Message: "bench " + x.bench + " sent what a session may not: " + err.Error(), Hint: "update its agent"}, true)
	default:
		err := x.out(frame, x.done)
		if f.Type == wire.FrameClose || err != nil {
			x.finish()
		}
	}
}

// lost ends a session whose frames no longer reach the bench, or the relay.
func (x *Session) lost(err error) {
	fault := &wire.Fault{Code: wire.LinkLost, Message: err.Error(), Hint: "try again"}
	switch {
	case errors.Is(err, bridge.ErrNoResponders):
		fault.Message, fault.Hint = "bench "+x.bench+" lost its link, or its agent has gone", "try again once the bench is online"
	case errors.Is(err, bridge.ErrDropped):
		fault.Code = wire.BadFrame
	}
	// Not from here: the bridge waits, and out may wait for its reader.
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.over {
		x.work.Go(func() { x.fail(fault, true) })
	}
}

// fail ends the session with a fault, that both sides hear.
func (x *Session) fail(fault *wire.Fault, tellAsker bool) {
	if !x.finish() {
		return
	}
	word, err := json.Marshal(wire.SessionEnd{Fault: fault})
	if err != nil {
		return
	}
	last := wire.AppendFrame(nil, wire.Frame{Type: wire.FrameClose, Stream: x.stream, Payload: word})
	_ = x.link.Send(last) // who is gone finds out by itself
	if tellAsker {
		_ = x.out(last, nil)
	}
}

// finish ends the session once.
func (x *Session) finish() (first bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over {
		return false
	}
	x.over = true
	close(x.done)
	x.link.Close()
	return true
}

// Leave ends the session for an asker that has gone, and waits for what touches
// it.
func (x *Session) Leave() {
	x.fail(&wire.Fault{Code: wire.Cancelling, Message: "the asker ended the session, or lost its connection"}, false)
	x.work.Wait()
}

// beat shows the bench that its session is wanted, and looks whether the bench
// says so too.
func (x *Session) beat() {
	tick := time.NewTicker(wire.SessionBeatEvery)
	defer tick.Stop()
	frame := wire.AppendFrameHead(nil, wire.Frame{Type: wire.FrameBeat, Stream: x.stream})
	silent := time.Duration(0)
	for {
		select {
		case <-x.done:
			return
		case <-tick.C:
		}
		if silent += wire.SessionBeatEvery; x.heard.Swap(false) {
			silent = 0
		}
		if silent > wire.SessionSilence {
			x.fail(&wire.Fault{Code: wire.LinkLost, Message: "bench " + x.bench + " has gone silent", Hint: "try again once it is online"}, true)
			return
		}
		if err := x.link.Send(frame); err != nil {
			x.lost(err)
		}
	}
}
