package gateway

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/hub"
)

// roomSub is a connection in a room of state and events. State comes by the
// hub's membership, the newest of each key; events come by the store's, in its
// order, each once.
type roomSub struct {
	v      *Visit
	room   Room
	state  *hub.Member
	cancel context.CancelFunc

	hooks sync.Mutex // orders the modules' Entered before their Left; taken before mu

	mu      sync.Mutex // guards what follows, and orders stop against what is queued
	gone    bool
	entered bool
	resumes bool          // the client waits for live
	asked   bool          // the store's membership brings the room's events from here on
	said    events.Member // nil until the snapshot was sent
}

// stop ends the subscription: nothing of the room is queued afterwards.
func (r *roomSub) stop() {
	r.state.Leave()
	r.mu.Lock()
	again := r.gone
	r.gone = true
	said, entered := r.said, r.entered
	r.mu.Unlock()
	r.cancel()
	if again {
		return
	}
	if said != nil {
		said.Leave() // without mu: whoever hands events over holds theirs, then wants ours
	}
	if entered {
		r.hooks.Lock() // its Entered has returned
		defer r.hooks.Unlock()
		r.v.g.left(r.v, r.room)
	}
}

// subRoom joins a room: first the membership, then the snapshot, then what
// changed meanwhile, then what is said behind the snapshot or the offset.
func (v *Visit) subRoom(m api.Frame, r Room) {
	sub := &roomSub{v: v, room: r, resumes: m.O != "", state: v.g.hub.Join(m.Room, v.c)}
	var ctx context.Context
	ctx, sub.cancel = context.WithTimeout(v.ctx, AnswerLimit)
	v.keep(m.Room, sub)
	begun := v.do(m.I, "sub "+r.Prefix, AnswerLimit, func(context.Context) error {
		defer sub.cancel() // what is idle afterwards holds no timer and no child of v.ctx
		err := v.g.mayEnter(ctx, v.User(), r)
		var snapshot any
		var here string
		if err == nil {
			var shown func()
			if shown, err = v.show(ctx); err == nil {
				defer shown()
				snapshot, here, err = v.g.snapshot(ctx, r)
			}
		}
		if err != nil {
			sub.stop()
			v.giveUp(m.Room, sub)
			return err
		}
		frames := []hub.Frame{answerFrame(m.I, snapshot)}
		if v.g.cfg.Events == nil && m.O != "" {
			frames = append(frames, gapFrame(m.Room, m.O, "", "this room keeps no history"))
		}
		sub.state.Release(frames...)
		sub.begin(m.O, here)
		return nil
	})
	if !begun {
		v.end(m.Room)
	}
}

// show waits until this connection may be shown one more snapshot.
func (v *Visit) show(ctx context.Context) (shown func(), err error) {
	busy := &wire.Fault{Code: wire.TooMany, Message: "the snapshots that were asked for before wait to be read", Hint: "read them, then ask again", Retry: true}
	select {
	case v.showing <- struct{}{}:
	case <-ctx.Done():
		return nil, busy
	}
	if v.c.Await(ctx.Done()) != nil {
		<-v.showing
		return nil, busy
	}
	return func() { <-v.showing }, nil
}

// begin follows what is said, and tells the modules who has come.
func (r *roomSub) begin(from, here string) {
	if from == "" {
		from = here
	}
	r.mu.Lock()
	r.asked = r.v.g.cfg.Events != nil
	r.mu.Unlock()
	var said events.Member
	if port := r.v.g.cfg.Events; port != nil {
		said = port.Join(r.room.Name(), from, r)
	}
	r.hooks.Lock()
	defer r.hooks.Unlock()
	r.mu.Lock()
	gone := r.gone
	if !gone {
		r.said, r.entered = said, true
	}
	r.mu.Unlock()
	switch {
	case !gone:
		r.v.g.entered(r.v, r.room)
	case said != nil:
		said.Leave()
	}
}

// Event implements events.Follower.
func (r *roomSub) Event(e *events.Event) bool {
	frame := hub.Frame(e.Frame(eventFrame))
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone || e.Except == r.v.c.ID || r.room.Prefix == RoomUser && r.v.told.has(e.O) {
		return true
	}
	if e.Ask != "" {
		r.v.asked.note(e.Ask)
	}
	return r.v.c.Offer(frame)
}

func eventFrame(e *events.Event) []byte {
	return frameOf(api.Frame{T: "pub", Room: e.Room, O: e.O, Ev: e.Ev, From: e.From, To: e.To, ToName: e.ToName, At: e.At, Ask: e.Ask, D: e.D})
}

// Room implements events.Follower.
func (r *roomSub) Room(done <-chan struct{}) error { return r.v.c.Await(done) }

// Gap implements events.Follower.
func (r *roomSub) Gap(from, to, reason string) { r.say(gapFrame(r.room.Name(), from, to, reason)) }

// Lag implements events.Follower.
func (r *roomSub) Lag() {
	r.mu.Lock()
	r.resumes = true
	r.mu.Unlock()
	r.v.g.metrics.recoveries.WithLabelValues("lag").Inc()
	r.say(frameOf(api.Frame{T: "lag", Room: r.room.Name()}))
}

// Live implements events.Follower. Who asked for no history and never fell
// behind has not waited for it.
func (r *roomSub) Live() {
	r.mu.Lock()
	resumes := r.resumes
	r.resumes = false
	r.mu.Unlock()
	if resumes {
		r.say(frameOf(api.Frame{T: "live", Room: r.room.Name()}))
	}
}

func (r *roomSub) say(f hub.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.gone {
		r.v.c.Send(f)
	}
}

// gapFrame says that events are missing; to is empty where nobody can know.
func gapFrame(room, from, to, reason string) hub.Frame {
	var until *string
	if to != "" {
		until = &to
	}
	body, _ := json.Marshal(struct {
		T      string  `json:"t"`
		Room   string  `json:"room"`
		From   string  `json:"from"`
		To     *string `json:"to"`
		Reason string  `json:"reason"`
	}{"gap", room, from, until, reason})
	return hub.Text(body)
}
