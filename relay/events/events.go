package events

import "context"

// Port is what the gateway asks of the events.
type Port interface {
	// Publish says an event, in the order of the calls. done is called once, by
	// another goroutine, with the event's offset once the store has it, or with
	// a *wire.Fault: then nobody may have got it, or everybody.
	Publish(d Draft, done func(offset string, err error))
	// Snapshot is of a room as it stands.
	Snapshot(ctx context.Context, room string) (Snapshot, error)
	// Join follows a room behind an offset ("": from now on). Nothing is handed
	// over after Leave has returned.
	Join(room, from string, f Follower) Member
}

// Member is a follower in a room.
type Member interface{ Leave() }

// Tell is called with every event that is new at this relay, in order, by one
// goroutine, whether somebody follows its room or not; it must not block.
type Tell func(*Event)

