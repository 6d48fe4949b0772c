package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/runs"
)

const (
	roomLab    = "lab"
	prefixRoom = "bench:"
	prefixRun  = "run:"
	// newestRuns is how many ended runs a snapshot shows; listCommand how much of
	// a command a list does.
	newestRuns  = 50
	listCommand = 200
)

// sub joins a room. A room that is joined already is joined anew, with the new
// offset.
func (v *visit) sub(m api.Frame) {
	if len(m.O) > 512 {
		v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "no offset is that long"})
		return
	}
	v.end(m.Room)
	if !v.roomLeft(m.I) {
		return
	}
	if isRoom(m.Room) {
		v.vector.aim(m.Room, m.O)
	}
	switch bench, isBench := strings.CutPrefix(m.Room, prefixRoom); {
	case m.Room == roomLab:
		v.subState(m, "")
	case isBench && wire.ValidID(bench):
		v.subState(m, bench)
	case strings.HasPrefix(m.Room, prefixRun):
		sub := v.newRunSub(m.Room)
		begun := v.do(m.I, "sub "+prefixRun, answerLimit, func(ctx context.Context) error {
			run, err := v.s.run(ctx, strings.TrimPrefix(m.Room, prefixRun))
			if err != nil {
				v.giveUp(m.Room, sub)
				return err
			}
			v.follow(m.I, run, sub, m.O)
			return nil
		})
		if !begun {
			v.end(m.Room)
		}
	default:
		v.fail(m.I, noRoom)
	}
}

var noRoom = &wire.Fault{Code: wire.NotFound, Message: "there is no such room", Hint: "rooms are lab, bench:<id> and run:<id>"}

// roomLeft says whether one more room can be joined, and answers if not.
func (v *visit) roomLeft(i *int64) bool {
	v.mu.Lock()
	n := len(v.subs)
	v.mu.Unlock()
	if n < v.maxRooms {
		return true
	}
	v.fail(i, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("a connection joins at most %d rooms", v.maxRooms), Hint: "leave some"})
	if v.refusals++; v.refusals > maxRefusals {
		v.c.Close(hub.Malformed, "far too many subscriptions", 0)
	}
	return false
}

// keep notes a subscription, from the moment it is asked for: an unsub that
// follows at once finds it. One of the same room ends.
func (v *visit) keep(room string, sub subscription) {
	v.end(room)
	v.vector.join(room)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.subs[room] = sub
}

// giveUp forgets a subscription that never began.
func (v *visit) giveUp(room string, sub subscription) {
	v.vector.leave(room)
	v.forget(room, sub)
}

// forget frees the place of a subscription that ended by itself.
func (v *visit) forget(room string, sub subscription) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.subs[room] == sub {
		delete(v.subs, room)
	}
}

func (v *visit) end(room string) {
	v.mu.Lock()
	sub := v.subs[room]
	delete(v.subs, room)
	v.mu.Unlock()
	if sub != nil {
		sub.stop()
	}
}

func (v *visit) unsub(m api.Frame) {
	v.end(m.Room)
	v.vector.leave(m.Room)
	v.c.Send(answerFrame(m.I, struct{}{}))
}

// stateSub is a membership of a state room.
type stateSub struct{ *hub.Member }

func (s stateSub) stop() { s.Leave() }

// subState joins lab, or a bench's room: first the membership, then the
// snapshot, then what changed meanwhile.
func (v *visit) subState(m api.Frame, bench string) {
	member := v.s.hub.Join(m.Room, v.c)
	v.keep(m.Room, stateSub{member})
	begun := v.do(m.I, "sub "+m.Room, answerLimit, func(ctx context.Context) error {
		snapshot, err := v.s.snapshot(ctx, bench)
		if err != nil {
			member.Leave()
			v.giveUp(m.Room, stateSub{member})
			return err
		}
		frames := []hub.Frame{answerFrame(m.I, snapshot)}
		if m.O != "" {
			// These rooms keep no history yet: what happened since o is not told.
			null := json.RawMessage("null")
			body, _ := json.Marshal(struct {
				T      string          `json:"t"`
				Room   string          `json:"room"`
				From   string          `json:"from"`
				To     json.RawMessage `json:"to"`
				Reason string          `json:"reason"`
			}{"gap", m.Room, m.O, null, "this room keeps no history"})
			frames = append(frames, hub.Text(body))
		}
		member.Release(frames...)
		return nil
	})
	if !begun {
		v.end(m.Room)
	}
}

func (s *Server) snapshot(ctx context.Context, bench string) (any, error) {
	if !s.cfg.Benches.Loaded() || !s.cfg.Runs.Loaded() {
		if _, ok := s.cfg.Benches.Get(bench); bench == "" || !ok || !s.cfg.Runs.Loaded() {
			return nil, loading
		}
	}
	if bench == "" {
		list, err := s.recent(ctx, "")
		return api.LabSnapshot{Benches: s.benches(), Runs: list}, err
	}
	b, ok := s.cfg.Benches.Get(bench)
	if !ok {
		return nil, &wire.Fault{Code: wire.NotFound, Message: "there is no bench " + bench, Hint: "GET /api/v1/benches lists them"}
	}
	list, err := s.recent(ctx, bench)
	return api.BenchSnapshot{Bench: whole(b), Runs: list}, err
}

// recent lists the runs that go on and the newest, newest first, each once.
func (s *Server) recent(ctx context.Context, bench string) ([]api.Run, error) {
	list := []api.Run{}
	seen := make(map[string]bool)
	for _, state := range []wire.RunState{"", wire.Claimed, wire.Accepted, wire.Running, wire.Unknown} {
		limit := listMax
		if state == "" {
			limit = newestRuns
		}
		page, err := s.cfg.Runs.List(ctx, runs.Query{Bench: bench, State: string(state), Limit: limit})
		if err != nil {
			return nil, err
		}
		for _, r := range page.Runs {
			if !seen[r.ID] {
				seen[r.ID] = true
				list = append(list, asListed(r))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b api.Run) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list, nil
}

func asListed(r api.Run) api.Run {
	if len(r.Command) > listCommand {
		n := 0
		for at := range r.Command {
			if n++; n > listCommand {
				r.Command = r.Command[:at]
				break
			}
		}
	}
	return r
}

// BenchChanged tells the rooms of a bench that it changed.
func (s *Server) BenchChanged(b api.Bench) {
	s.publish("bench", "bench:"+b.ID, sync.OnceValue(func() []byte { d, _ := json.Marshal(whole(b)); return d }), b.ID)
}

// RunChanged tells the rooms of a run's bench that it changed.
func (s *Server) RunChanged(r api.Run) {
	s.publish("run", "run:"+r.ID, sync.OnceValue(func() []byte { d, _ := json.Marshal(asListed(r)); return d }), r.Bench)
}

func (s *Server) publish(ev, key string, d func() []byte, bench string) {
	for _, room := range []string{roomLab, prefixRoom + bench} {
		s.hub.Publish(room, key, func() hub.Frame {
			return frameOf(api.Frame{T: "pub", Room: room, Ev: ev, D: d()})
		})
	}
}

// sendable says whether a bench's JSON can stand in a text frame as it is: a
// browser closes the socket on invalid UTF-8, and a newline would end the
// message early.
func sendable(data []byte) bool {
	return len(data) > 1 && data[0] == '{' && data[len(data)-1] == '}' && bytes.IndexByte(data, '\n') < 0 && utf8.Valid(data)
}
