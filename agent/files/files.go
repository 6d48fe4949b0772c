// Package files does on a bench what sessions of files are for: what comes
// through a session goes to the device, and the other way round. It joins
// agent/session, agent/parcel and agent/adb, and knows no NATS.
package files

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/parcel"
	"github.com/farbench/farbench/agent/session"
	"github.com/farbench/farbench/agent/wire"
)

// Server serves sessions with one adb server.
type Server struct{ ADB *adb.Client }

// Serve does what a session is for.
func (s *Server) Serve(ctx context.Context, device wire.Device, o wire.SessionOpen, stream *session.Stream) wire.SessionEnd {
	switch o.Kind {
	case wire.SessionPush:
		return s.push(ctx, device, o, stream)
	case wire.SessionPull:
		return ended(s.pull(ctx, device, o, stream))
	case wire.SessionInstall:
		return s.install(ctx, device, o, stream)
	}
	return wire.SessionEnd{Fault: &wire.Fault{Code: wire.Invalid, Message: "the agent knows no such session", Hint: "update the agent"}}
}

func ended(moved adb.Moved, err error) wire.SessionEnd {
	return wire.SessionEnd{Fault: faultOf(err), Moved: told(moved)}
}

func (s *Server) push(ctx context.Context, device wire.Device, o wire.SessionOpen, stream *session.Stream) wire.SessionEnd {
	if why := badBase(o.Name); why != "" {
		return wire.SessionEnd{Fault: &wire.Fault{Code: wire.Invalid, Message: "the name " + why, Hint: "push it under another name"}}
	}
	in := parcel.NewReader(stream)
	tell := newTeller(stream)
	defer tell.stop()
	end := ended(s.ADB.PushFrom(ctx, device.TransportID, source{in}, o.Name, o.Folder, o.Path, adb.Transfer{
		Hash: o.SHA256, Progress: tell.progress, Finished: tell.done,
	}))
	if end.Fault != nil {
		end = hurry(stream, end)
	}
	return end
}

// hurry tells the asker of a failure at once, even one that does not listen to
// progress.
func hurry(stream *session.Stream, end wire.SessionEnd) wire.SessionEnd {
	end = stream.Because(end)
	stream.Close(end)
	return end
}

func (s *Server) pull(ctx context.Context, device wire.Device, o wire.SessionOpen, stream *session.Stream) (adb.Moved, error) {
	out := &sink{w: parcel.NewWriter(stream)}
	moved, err := s.ADB.PullTo(ctx, device.TransportID, o.Path, out, adb.Transfer{
		Hash: o.SHA256,
		Progress: func(p adb.Progress) {
			// An error of the stream ends the transfer at the next byte.
			if out.w.Progress(progressOf(p)) == nil {
				_ = stream.Flush()
			}
		},
	})
	if err == nil {
		err = stream.CloseWrite()
	}
	return moved, err
}

// source is a parcel as adb takes it.
type source struct{ *parcel.Reader }

func (s source) Next() (adb.Entry, error) {
	e, err := s.Reader.Next()
	return adb.Entry(e), err
}

// sink makes a parcel of what adb gives.
type sink struct{ w *parcel.Writer }

func (s *sink) Begin(e adb.Entry) error     { return s.w.Head(parcel.Entry(e)) }
func (s *sink) Write(p []byte) (int, error) { return s.w.Write(p) }
func (s *sink) End(sha256 string) error     { return s.w.Tail(sha256) }

// badBase says what is wrong with the name of what is pushed; "" is nothing.
func badBase(name string) string {
	switch {
	case name == "":
		return "is missing"
	case name == ".", name == "..", strings.ContainsAny(name, "/\x00"), len(name) > 255:
		return "is none of a file"
	}
	return ""
}

// teller tells the asker how far a push is, from a goroutine of its own: an
// asker that does not listen must not hold the device up. What was not told when
// the next news comes is replaced by it, but no file that is done is left out.
type teller struct {
	stream *session.Stream
	w      *parcel.Writer
	wg     sync.WaitGroup

	mu      sync.Mutex // guards what follows
	changed sync.Cond
	now     *parcel.Progress
	files   []parcel.Done // bounded by waiting for the asker
	ending  bool
}

// maxUntold is how many files may be done and untold.
const maxUntold = 1024

func newTeller(stream *session.Stream) *teller {
	t := &teller{stream: stream, w: parcel.NewWriter(stream)}
	t.changed.L = &t.mu
	t.wg.Go(t.tell)
	return t
}

func (t *teller) progress(p adb.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := progressOf(p)
	t.now = &now
	t.changed.Broadcast()
}

func (t *teller) done(f adb.Transferred) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.files) >= maxUntold && !t.ending {
		t.changed.Wait()
	}
	if !t.ending {
		t.files = append(t.files, parcel.Done{Path: shown(f.Remote), Bytes: f.Bytes, SHA256: f.SHA256})
	}
	t.changed.Broadcast()
}

func (t *teller) tell() {
	for {
		t.mu.Lock()
		for t.now == nil && len(t.files) == 0 && !t.ending {
			t.changed.Wait()
		}
		now, files, ending := t.now, t.files, t.ending
		t.now, t.files = nil, nil
		t.changed.Broadcast()
		t.mu.Unlock()
		err := error(nil)
		for _, f := range files {
			err = errors.Join(err, t.w.Done(f))
		}
		if now != nil {
			err = errors.Join(err, t.w.Progress(*now))
		}
		if err = errors.Join(err, t.stream.Flush()); err != nil || ending && now == nil && len(files) == 0 {
			t.mu.Lock()
			t.ending = true // nobody listens any more
			t.changed.Broadcast()
			t.mu.Unlock()
			return
		}
	}
}

// stop waits until all was told, or cannot be.
func (t *teller) stop() {
	t.mu.Lock()
	t.ending = true
	t.changed.Broadcast()
	t.mu.Unlock()
	t.wg.Wait()
}

func progressOf(p adb.Progress) parcel.Progress {
	return parcel.Progress{Bytes: p.Bytes, Total: p.Total, Files: p.Files, Of: p.Of, Path: shown(p.Path)}
}

// maxShown bounds a name that people read.
const maxShown = 1 << 10

func shown(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	if len(name) > maxShown {
		name = strings.ToValidUTF8(name[:maxShown], "") + "…"
	}
	return name
}

func told(m adb.Moved) *wire.Moved {
	out := &wire.Moved{To: shown(m.To), Files: m.Files, Bytes: m.Bytes, Left: m.Left}
	for _, s := range m.Skipped {
		out.Skipped = append(out.Skipped, wire.Skipped{Path: shown(s.Path), Reason: shown(s.Reason)})
	}
	return out
}

// faultOf is an error as it crosses to the asker.
func faultOf(err error) *wire.Fault {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*adb.Error](err); ok {
		return known.Fault()
	}
	if known, ok := errors.AsType[*wire.Fault](err); ok {
		return known
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &wire.Fault{Code: wire.Cancelling, Message: "the transfer was ended"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &wire.Fault{Code: wire.LinkLost, Message: "what was to be pushed ended in the middle", Hint: "push it again"}
	}
	return &wire.Fault{Code: wire.Invalid, Message: err.Error(), Hint: "update agent and client to one version"}
}
