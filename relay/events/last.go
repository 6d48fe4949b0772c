package events

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// newest is how many messages, and notices, a snapshot shows.
const newest = 50

// lists are a room's last messages and notices. They are whole once what was
// stored before this relay listened has been read.
type lists struct {
	whole    bool
	reading  chan struct{} // closed when somebody's reading has ended; nil: nobody reads
	messages []*Event
	notices  []*Event
}

func (l *lists) add(e *Event) {
	switch kindOf(e.Ev) {
	case kindMessage:
		l.messages = push(l.messages, e)
	case kindNotice:
		l.notices = push(l.notices, e)
	}
}

// push keeps the newest of a list, each once, in order.
func push(list []*Event, e *Event) []*Event {
	at, known := slices.BinarySearchFunc(list, e.seq, func(have *Event, seq uint64) int { return cmp.Compare(have.seq, seq) })
	if known || at == 0 && len(list) == newest {
		return list
	}
	list = slices.Insert(list, at, e)
	if len(list) > newest {
		return slices.Delete(list, 0, 1)
	}
	return list
}

// shown is how many bytes of a list a snapshot shows: with all else it must stay
// below what may wait for a connection, or nobody could enter the room.
const shown = 128 << 10

// documents are the newest of a list that a snapshot shows.
func documents(list []*Event) []api.Event {
	from, bytes := len(list), 0
	for from > 0 && bytes+len(list[from-1].D)+overhead <= shown {
		from--
		bytes += len(list[from].D) + overhead
	}
	docs := make([]api.Event, 0, len(list)-from)
	for _, e := range list[from:] {
		docs = append(docs, e.Event)
	}
	return docs
}

// Snapshot implements Port. It waits until this relay has read what there is;
// where the store does not answer in time the error is a fault, or ctx's.
func (e *Events) Snapshot(ctx context.Context, name string) (Snapshot, error) {
	if err := e.await(ctx); err != nil {
		return Snapshot{}, err
	}
	for {
		e.mu.Lock()
		r := e.book.room(name)
		if r.last.whole {
			defer e.mu.Unlock()
			defer e.book.tidy(r)
			return Snapshot{Offset: e.book.here(r).String(), Messages: documents(r.last.messages), Notices: documents(r.last.notices)}, nil
		}
		if others := r.last.reading; others != nil {
			e.mu.Unlock()
			select {
			case <-others:
				continue
			case <-ctx.Done():
				return Snapshot{}, ctx.Err()
			}
		}
		r.last.reading = make(chan struct{})
		generation := e.book.generation
		e.mu.Unlock()
		found, err := e.lastOf(ctx, name, generation)
		e.mu.Lock()
		close(r.last.reading)
		r.last.reading = nil
		if err != nil {
			e.book.tidy(r)
			e.mu.Unlock()
			return Snapshot{}, away("reading the last messages of "+name, err)
		}
		if e.book.generation == generation {
			for _, event := range found {
				r.last.add(event)
			}
			r.last.whole = true
		}
		e.mu.Unlock()
	}
}

// lastOf reads a room's last messages and notices from the store.
func (e *Events) lastOf(ctx context.Context, name, generation string) ([]*Event, error) {
	free, err := e.slot(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	kinds := []string{kindMessage}
	if strings.HasPrefix(name, "user:") {
		kinds = append(kinds, kindNotice)
	}
	var found lists
	for _, kind := range kinds {
		scan := bridge.Scan{Stream: wire.StreamEvents, Subject: wire.HubEvents(name, kind)}
		err := e.bridge.Each(ctx, scan, func(s bridge.Stored) bool {
			if event, ok := eventOf(generation, s.Subject, s.Data, s.Seq, s.At); ok {
				found.add(event)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return append(found.messages, found.notices...), nil
}
