package events

import (
	"errors"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// maxEvent is what an event may hold, beside what its sender said.
const maxEvent = 80 << 10

// Publish implements Port.
func (e *Events) Publish(d Draft, done func(offset string, err error)) {
	refuse := func(err error) {
		if !e.jobs.Go(func() { done("", err) }) {
			done("", err) // this relay stops: who waits is told all the same
		}
	}
	data, err := encode(d)
	if err == nil && len(data) > maxEvent {
		err = &wire.Fault{Code: wire.TooLarge, Message: fmt.Sprintf("an event has at most %d bytes", maxEvent)}
	}
	if err != nil {
		refuse(err)
		return
	}
	storing, err := e.bridge.Store(wire.HubEvents(d.Room, kindOf(d.Ev)), d.Key, data)
	if err != nil {
		refuse(away("saying an event in "+d.Room, err))
		return
	}
	began := e.jobs.Go(func() {
		seq, err := storing.Wait()
		if err != nil {
			done("", away("saying an event in "+d.Room, err))
			return
		}
		done(e.offsetOf(d.Room, seq), nil)
	})
	if !began {
		refuse(away("saying an event in "+d.Room, bridge.ErrAway))
	}
}

// offsetOf is the offset of an event that was just stored; its moment is known
// once it has come back.
func (e *Events) offsetOf(room string, seq uint64) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := offset{generation: e.book.generation, seq: seq}
	if r := e.book.rooms[room]; r != nil {
		if event := r.at(seq); event != nil {
			return event.O
		}
	}
	return o.String()
}

func away(doing string, err error) error {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return err
	}
	if errors.Is(err, bridge.ErrAway) {
		err = errors.New("this relay has no connection to the broker")
	}
	return &wire.Fault{Code: wire.Unavailable, Message: doing + ": " + err.Error(), Hint: "try again in a moment", Retry: true}
}

// pause is how long somebody waits before the store is asked again.
const pause = 250 * time.Millisecond
