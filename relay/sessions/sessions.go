// Package sessions opens sessions at benches and passes their frames on, in both
// directions, as they are: it looks at a frame's head and holds either side to
// what the other has allowed, so a relay's memory stays bounded whatever a bench
// or a client does. It knows bridge and neither Fiber nor sockets.
package sessions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/danger"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Config is what sessions need.
type Config struct {
	Bridge *bridge.Bridge
	// Usable says what keeps work from beginning on a device.
	Usable func(ctx context.Context, bench, device string) error
	// Ask refuses what has to be confirmed first.
	Ask func(bench string, confirmed bool, does func() *danger.Danger) error
	// Allow says whether a person may begin something there, and under which
	// epoch of its reservation.
	Allow func(ctx context.Context, bench, device string, by api.User) (wire.Drive, error)
	// Working is told when a session begins and ends; nil: nobody is.
	Working func(bench, device, session string, goes bool)
	// SaidBy is a bench's fault as it may be passed on.
	SaidBy func(bench string, f *wire.Fault) *wire.Fault
	Logger *slog.Logger
}

// answerWithin bounds how long a bench may take to begin a session.
const answerWithin = 5 * time.Second

// Sessions opens sessions.
type Sessions struct {
	cfg  Config
	junk bridge.Junk
}

// New makes them.
func New(cfg Config) *Sessions { return &Sessions{cfg: cfg} }

// Open opens a session. Its frames from the bench go to out, which may wait for
// its reader until done is closed; its last one closes the session. The caller
// gives the asker's frames to Take, and calls Leave when the asker has gone.
func (s *Sessions) Open(ctx context.Context, q api.SessionRequest, by api.User, out func(frame []byte, done <-chan struct{}) error) (*Session, error) {
	if err := validate(q); err != nil {
		return nil, err
	}
	if err := s.cfg.Usable(ctx, q.Bench, q.Device); err != nil {
		return nil, err
	}
	if err := s.cfg.Ask(q.Bench, q.Confirmed, func() *danger.Danger { return danger.OfSession(q.SessionSpec) }); err != nil {
		return nil, err
	}
	drive, err := s.cfg.Allow(ctx, q.Bench, q.Device, by)
	if err != nil {
		return nil, err
	}
	x := &Session{s: s, ID: wire.NewID("s"), bench: q.Bench, stream: q.Stream, out: out, done: make(chan struct{})}
	if err := x.subscribe(); err != nil {
		return nil, unavailable(err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	answer, err := s.cfg.Bridge.AskOnce(ctx, q.Bench, wire.CmdRequest(wire.VerbSession), func(relay, req string) any {
		return wire.SessionOpen{Relay: relay, Req: req, Session: x.ID, Stream: q.Stream, Device: q.Device, By: by.Name, Confirmed: q.Confirmed, Drive: drive, SessionSpec: q.SessionSpec}
	})
	switch {
	case errors.Is(err, bridge.ErrNoResponders):
		err = &wire.Fault{Code: wire.BenchOffline, Message: "bench " + q.Bench + " is offline: its agent has just gone", Hint: "check that the bench PC is on and its agent runs; nothing was started", Retry: true}
	case errors.Is(err, bridge.ErrAway):
		err = unavailable(err)
	case err != nil:
		err = &wire.Fault{Code: wire.Unavailable, Message: "bench " + q.Bench + " did not answer in time", Hint: "try again", Retry: true}
	case answer.Fault != nil:
		err = s.cfg.SaidBy(q.Bench, answer.Fault)
	}
	if err != nil {
		x.Leave()
		return nil, err
	}
	x.work.Go(x.beat)
	if s.cfg.Working != nil {
		s.cfg.Working(q.Bench, q.Device, x.ID, true)
		x.work.Go(func() { <-x.done; s.cfg.Working(q.Bench, q.Device, x.ID, false) })
	}
	return x, nil
}

// subscribe comes before the bench is asked: it may send at once.
func (x *Session) subscribe() (err error) {
	x.mu.Lock() // the link may be lost before it is known here
	defer x.mu.Unlock()
	x.link, err = x.s.cfg.Bridge.Session(x.bench, x.ID, x.fromBench, x.lost)
	return err
}

func unavailable(err error) error {
	return &wire.Fault{Code: wire.Unavailable, Message: err.Error(), Hint: "try again in a moment", Retry: true}
}

// Bounds of a request.
const (
	maxPath = 1024
	maxName = 255
	maxUser = 16
)

// validate lists every mistake at once.
func validate(q api.SessionRequest) error {
	var wrong []string
	if q.Bench == "" {
		wrong = append(wrong, "bench is missing")
	}
	if q.Device == "" {
		wrong = append(wrong, "device is missing")
	}
	if q.Stream == 0 || q.Stream > 1<<32-1 {
		wrong = append(wrong, "stream must be 1 to 4294967295")
	}
	switch q.Kind {
	case wire.SessionPush, wire.SessionPull:
		if !strings.HasPrefix(q.Path, "/") || len(q.Path) > maxPath || strings.IndexByte(q.Path, 0) >= 0 {
			wrong = append(wrong, fmt.Sprintf("path must be an absolute path on the device, at most %d bytes", maxPath))
		}
	case wire.SessionInstall:
		wrong = append(wrong, badInstall(q.Install)...)
	default:
		wrong = append(wrong, fmt.Sprintf("kind %.20q must be push, pull or install", q.Kind))
	}
	if q.Kind == wire.SessionPush && !isName(q.Name) {
		wrong = append(wrong, "name must be the name of the file or folder that is pushed")
	}
	if wrong != nil {
		return &wire.Fault{Code: wire.Invalid, Message: strings.Join(wrong, "; "), Hint: "correct this and ask again"}
	}
	return nil
}

func isName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= maxName && !strings.ContainsAny(name, "/\x00")
}

func badInstall(in *wire.InstallSpec) (wrong []string) {
	if in == nil || len(in.APKs) == 0 || len(in.APKs) > wire.MaxAPKs {
		return []string{fmt.Sprintf("install must name 1 to %d apks", wire.MaxAPKs)}
	}
	for _, a := range in.APKs {
		if !isName(a.Name) || a.Size < 1 {
			wrong = append(wrong, fmt.Sprintf("the apk %.40q needs a file's name and a size", a.Name))
		}
	}
	if len(in.User) > maxUser {
		wrong = append(wrong, "user is too long")
	}
	return wrong
}
