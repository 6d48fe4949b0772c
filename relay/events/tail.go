package events

import (
	"context"
	"errors"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// Run reads the stream for everybody until ctx ends.
func (e *Events) Run(ctx context.Context) error {
	defer e.jobs.End()
	defer e.stop()
	for ctx.Err() == nil {
		_, changed := e.bridge.Epoch()
		if e.bridge.Ready() == nil {
			if err := e.follow(ctx, changed); err != nil && ctx.Err() == nil {
				e.log.Debug("following the events, trying again", "err", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-time.After(pause):
		}
	}
	return ctx.Err()
}

// follow reads until something is wrong or the connection was another one.
func (e *Events) follow(ctx context.Context, changed <-chan struct{}) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	e.jobs.Go(func() {
		select {
		case <-changed:
			cancel()
		case <-stop:
		}
	})
	state, err := e.bridge.State(ctx, wire.StreamEvents)
	if err != nil {
		return err
	}
	if err := e.settle(ctx, state); err != nil {
		return err
	}
	e.mu.Lock()
	from := e.book.head + 1
	e.mu.Unlock()
	last := uint64(0)
	scan := bridge.Scan{Stream: wire.StreamEvents, From: from}
	return e.bridge.Tail(ctx, scan, func(pending uint64) {
		if pending == 0 {
			e.present(state.Last)
		}
	}, func(s bridge.Stored) {
		last = s.Seq
		e.take(s)
		if s.Pending == 0 {
			e.present(last)
		}
	})
}

// settle makes sure that the book is of this very stream: one that was deleted
// and made again, or put back to an older copy, holds other events than those
// that were taken.
func (e *Events) settle(ctx context.Context, state bridge.State) error {
	generation := generationOf(state.Created)
	e.mu.Lock()
	known, head := e.book.generation, e.book.head
	newest := e.book.newest()
	e.mu.Unlock()
	first, whole, reason := state.First, true, ""
	switch {
	case known == "":
		if state.Last >= first+e.warm {
			first = state.Last - e.warm + 1
		}
		e.mu.Lock()
		e.book.open(generation, first, first == state.First)
		e.mu.Unlock()
		e.jobs.Go(func() { e.countOlder(e.end, state, first) })
		return nil
	case known != generation:
		reason = "the store of events was made anew"
	case head > state.Last:
		reason, first, whole = otherCopy, state.Last+1, false
	case newest != nil && newest.seq >= state.First:
		stored, ok, err := e.bridge.At(ctx, wire.StreamEvents, wire.EventsAll, newest.seq)
		if err != nil {
			return err
		}
		if !ok || stored.Seq != newest.seq || stampOf(stored.At) != stampOf(newest.At) {
			reason, first, whole = otherCopy, state.Last+1, false
		}
	}
	if reason != "" {
		e.log.Warn("the events of rooms have a gap", "reason", reason)
		e.mu.Lock()
		e.book.reset(generation, first, whole, reason)
		e.mu.Unlock()
		e.bounds.forget() // its sequences are of what was lost: a cut up to one would take what came since
		e.jobs.Go(func() { e.countOlder(e.end, state, first) })
	}
	return nil
}

// take takes the stream's next message.
func (e *Events) take(s bridge.Stored) {
	e.mu.Lock()
	event, ok := eventOf(e.book.generation, s.Subject, s.Data, s.Seq, s.At)
	if ok {
		e.book.take(event)
	} else {
		e.book.head = max(e.book.head, s.Seq)
	}
	e.mu.Unlock()
	e.count(s)
	if ok && e.isLoaded() {
		e.tell(event)
	}
}

// present says that everything up to seq has been taken.
func (e *Events) present(seq uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.book.head = max(e.book.head, seq)
	if e.isLoaded() {
		return
	}
	close(e.loaded)
	for _, r := range e.book.rooms {
		for _, m := range keys(r.behind) {
			delete(r.behind, m)
			e.book.begin(m)
		}
	}
}

// errMoved ends a pass whose stream is another one now.
var errMoved = errors.New("the stream is another one now")
