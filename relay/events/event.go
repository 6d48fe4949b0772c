// Package events carries what is said in the rooms lab, bench:<id> and
// user:<id>, over all relays: an event counts as said once the store has it
// (stream EVENTS, 24 h), every follower of a room gets it in the store's order,
// each once, and who was away goes on behind the last one that it got.
//
// One consumer a relay reads the stream for everybody. It knows the store and
// who follows which room; it knows nothing of sockets, of who may say what, or
// of what an event means.
package events

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/farbench/farbench/relay/api"
)

// The events that a room's snapshot shows the last of; they are kept apart from
// the others, so that no flood of those pushes them out.
const (
	Message = "message"
	Notice  = "notice"
)

// Event is a stored event on its way to followers. It is shared: nobody changes
// it.
type Event struct {
	api.Event
	// Ask is the id under which a recipient may acknowledge; empty: nobody waits.
	Ask string
	// Except is the connection that does not want it, since it sent it.
	Except string

	seq   uint64 // its place in the stream
	once  sync.Once
	frame []byte
}

// Frame returns the bytes that every browser gets for this event, made once.
func (e *Event) Frame(build func(*Event) []byte) []byte {
	e.once.Do(func() { e.frame = build(e) })
	return e.frame
}

// Draft is an event that is to be said.
type Draft struct {
	Room   string // lab, bench:<id>, user:<id>
	Ev     string
	From   *api.Sender // nil: the relay itself
	D      json.RawMessage
	Ask    string
	Except string
	To     string // of a copy in the sender's own room: whom it was said to
	ToName string
	// Key makes what several relays say at once, or one says again, be stored
	// once: of drafts with the same key within ten minutes the first counts.
	Key string
}

// Snapshot is what a room's newcomer sees: the last events Message and Notice,
// oldest first, at most 50 of each, and the offset behind which Join goes on
// without a hole.
type Snapshot struct {
	Offset   string
	Messages []api.Event
	Notices  []api.Event
}

// Member is a follower in a room. Nothing is handed over once Leave has returned.
type Member interface{ Leave() }

// Follower takes a room's events in order, each once. Its methods are called
// one at a time; none may block but Room.
type Follower interface {
	// Event hands over the next event. False means that there is no room for it:
	// it does not count as delivered, the follower lags, and goes on with it
	// once there is Room.
	Event(*Event) bool
	// Room waits until there is room again, or the follower is gone (an error).
	Room(done <-chan struct{}) error
	// Gap says that events between the offsets are missing and why; to is empty
	// where nobody can know.
	Gap(from, to, reason string)
	// Lag opens a pause, Live closes it and the first replay.
	Lag()
	Live()
}

// Port is what others ask of a relay's Events.
type Port interface {
	// Publish says an event, in the order of the calls. done is called once, by
	// another goroutine, with the event's offset once the store has it, or with
	// a *wire.Fault: then nobody may have got it, or everybody.
	Publish(d Draft, done func(offset string, err error))
	// Snapshot is of a room as it stands.
	Snapshot(ctx context.Context, room string) (Snapshot, error)
	// Join follows a room behind an offset ("": from now on).
	Join(room, from string, f Follower) Member
}

var _ Port = (*Events)(nil)
