package session

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Config is what a desk needs.
type Config struct {
	// Device finds a device that is ready, or says why it is not.
	Device func(id string) (wire.Device, *wire.Fault)
	// Pass lets a session pass that stands on its device's newest reservation, or
	// refuses it; nil: everything passes.
	Pass func(device string, d wire.Drive) *wire.Fault
	// Ask refuses what has to be confirmed first; nil: nothing has. begun is called
	// when what it let pass has begun, or will not.
	Ask func(o wire.SessionOpen) (begun func(), fault *wire.Fault)
	// Serve does what a session is for and says how that ended. ctx ends with
	// the session.
	Serve  func(ctx context.Context, device wire.Device, o wire.SessionOpen, s *Stream) wire.SessionEnd
	Max    int // sessions at a time; 0 means 32
	Logger *slog.Logger
}

// Desk keeps a bench's sessions.
type Desk struct {
	c Config

	mu       sync.Mutex // guards what follows
	draining bool
	open     map[string]*open
	wg       sync.WaitGroup // of the sessions
}

type open struct {
	stream *Stream
	heard  time.Time // guarded by the desk's mu
}

// NewDesk makes a desk. Run must run while there are sessions.
func NewDesk(c Config) *Desk {
	if c.Max == 0 {
		c.Max = 32
	}
	return &Desk{c: c, open: map[string]*open{}}
}

// Open begins a session whose frames go out by out; nil: it has begun.
func (d *Desk) Open(o wire.SessionOpen, out func(frame []byte) error) *wire.Fault {
	if !wire.ValidID(o.Session) || !wire.ValidDeviceID(o.Device) {
		return &wire.Fault{Code: wire.Invalid, Message: "session or device is no valid id"}
	}
	if d.c.Pass != nil {
		if fault := d.c.Pass(o.Device, o.Drive); fault != nil {
			return fault
		}
	}
	device, fault := d.c.Device(o.Device)
	if fault != nil {
		return fault
	}
	if d.c.Ask != nil {
		begun, fault := d.c.Ask(o)
		defer begun()
		if fault != nil {
			return fault
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.draining:
		return &wire.Fault{Code: wire.Draining, Message: "the agent is stopping", Retry: true}
	case d.open[o.Session] != nil:
		return &wire.Fault{Code: wire.IDConflict, Message: "the session is open already"}
	case len(d.open) >= d.c.Max:
		return &wire.Fault{
			Code: wire.TooMany, Message: fmt.Sprintf("%d sessions are open at this bench", len(d.open)), Hint: "wait until some have ended", Retry: true,
		}
	}
	one := &open{stream: New(o.Stream, out), heard: time.Now()}
	d.open[o.Session] = one
	d.wg.Go(func() { d.serve(device, o, one) })
	return nil
}

// serve is a session from its beginning to its end.
func (d *Desk) serve(device wire.Device, o wire.SessionOpen, one *open) {
	defer func() {
		d.mu.Lock()
		delete(d.open, o.Session)
		d.mu.Unlock()
	}()
	one.stream.Begin()
	end := d.c.Serve(one.stream.Context(), device, o, one.stream)
	end = one.stream.Because(end)
	one.stream.Close(end)
	code := wire.Code("")
	if end.Fault != nil {
		code = end.Fault.Code
	}
	d.c.Logger.Info("session ended", "session", o.Session, "kind", o.Kind, "device", o.Device, "by", o.By, "fault", code)
}

// Take takes a frame of a session, and keeps it. answer, unless nil, is what the
// sender has to hear: the session is not here (any more).
func (d *Desk) Take(sid string, frame []byte) (answer []byte) {
	f, err := wire.ParseFrame(frame)
	d.mu.Lock()
	one := d.open[sid]
	if one != nil {
		one.heard = time.Now()
	}
	d.mu.Unlock()
	switch {
	case one != nil && err != nil:
		one.stream.Abort(&wire.Fault{Code: wire.BadFrame, Message: "not a session's frame: " + err.Error()})
	case one != nil:
		_ = one.stream.Take(f) // the session has failed and says so
	case err == nil && (f.Type == wire.FrameData || f.Type == wire.FrameBeat):
		return wire.AppendFrame(nil, wire.Frame{Type: wire.FrameClose, Stream: f.Stream, Payload: lastWord(wire.SessionEnd{Fault: &wire.Fault{
			Code: wire.LinkLost, Message: "the bench no longer knows the session", Hint: "its agent was started anew: try again",
		}})})
	}
	return nil
}

// Unheard ends a session whose relay is gone.
func (d *Desk) Unheard(sid string) {
	d.mu.Lock()
	one := d.open[sid]
	d.mu.Unlock()
	if one != nil {
		one.stream.Abort(relayGone)
	}
}

// Cut ends all sessions: the link to the hub is cut, and what was on its way is
// lost.
func (d *Desk) Cut() { d.abort(func(*open) bool { return true }, linkCut) }

var (
	relayGone = &wire.Fault{Code: wire.LinkLost, Message: "the relay of the session is gone"}
	linkCut   = &wire.Fault{Code: wire.LinkLost, Message: "the bench lost its link to the hub", Hint: "try again once it is online"}
	stopped   = &wire.Fault{Code: wire.AgentStopped, Message: "the agent was stopped while the session went on", Hint: "try again when it is back"}
)

func (d *Desk) abort(which func(*open) bool, why *wire.Fault) {
	var streams []*Stream
	d.mu.Lock()
	for _, one := range d.open {
		if which(one) {
			streams = append(streams, one.stream)
		}
	}
	d.mu.Unlock()
	for _, s := range streams {
		s.Abort(why)
	}
}

// Run beats for the sessions and ends those that have gone silent.
func (d *Desk) Run(ctx context.Context) error {
	tick := time.NewTicker(wire.SessionBeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			d.look(now)
		}
	}
}

func (d *Desk) look(now time.Time) {
	d.abort(func(one *open) bool { return now.Sub(one.heard) > wire.SessionSilence }, relayGone)
	var streams []*Stream
	d.mu.Lock()
	for _, one := range d.open {
		streams = append(streams, one.stream)
	}
	d.mu.Unlock()
	for _, s := range streams {
		s.Beat()
	}
}

// Open sessions, for tests and the curious.
func (d *Desk) Going() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open)
}

// Stop refuses new sessions, ends those that go on and waits for them.
func (d *Desk) Stop() {
	d.mu.Lock()
	d.draining = true
	d.mu.Unlock()
	d.abort(func(*open) bool { return true }, stopped)
	d.wg.Wait()
}
