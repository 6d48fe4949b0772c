package events

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// most is how many bytes a room's history of a kind may hold: one room's flood
// takes nothing from another's, and none of the room's own messages. What goes
// goes in pieces of a 16th of it.
func most(kind string) int64 {
	if kind == kindOther {
		return 24 << 20
	}
	return 4 << 20
}

const pieces = 16

// bounds counts what each subject of the stream holds.
type bounds struct {
	mu       sync.Mutex // guards subjects
	subjects map[string]*history
}

// history is the bytes of a subject in pieces, the oldest first.
type history struct {
	bytes  int64
	pieces []piece
}

type piece struct {
	last  uint64 // its last sequence
	bytes int64
}

// add counts a message and says up to which sequence the subject's oldest must
// go; 0: none.
func (b *bounds) add(s bridge.Stored) (cut uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, bound := b.note(s)
	return h.over(bound)
}

// note counts a message. mu is held, or nobody else knows of b.
func (b *bounds) note(s bridge.Stored) (*history, int64) {
	_, kind := wire.RoomOf(s.Subject)
	h, bound := b.of(s.Subject), most(kind)
	if n := len(h.pieces); n == 0 || h.pieces[n-1].bytes > bound/pieces {
		h.pieces = append(h.pieces, piece{})
	}
	p := &h.pieces[len(h.pieces)-1]
	p.last, p.bytes = s.Seq, p.bytes+s.Size
	h.bytes += s.Size
	return h, bound
}

// forget begins anew.
func (b *bounds) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subjects = nil
}

// of finds or makes a subject's history. mu is held.
func (b *bounds) of(subject string) *history {
	h := b.subjects[subject]
	if h == nil {
		if b.subjects == nil {
			b.subjects = make(map[string]*history)
		}
		h = &history{}
		b.subjects[subject] = h
	}
	return h
}

// over lets the oldest pieces go while there is too much, and says up to which
// sequence that is.
func (h *history) over(bound int64) (cut uint64) {
	for h.bytes > bound && len(h.pieces) > 1 {
		cut = h.pieces[0].last
		h.bytes -= h.pieces[0].bytes
		h.pieces = h.pieces[1:]
	}
	return cut
}

// before puts what was stored earlier in front, and says up to where each
// subject must be cut now.
func (b *bounds) before(older map[string]*history) map[string]uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	cuts := make(map[string]uint64)
	for subject, old := range older {
		_, kind := wire.RoomOf(subject)
		h := b.of(subject)
		h.pieces, h.bytes = append(old.pieces, h.pieces...), old.bytes+h.bytes
		if cut := h.over(most(kind)); cut > 0 {
			cuts[subject] = cut
		}
	}
	return cuts
}

// count notes a message that was taken, and cuts its room where it holds too
// much. Called by the one who reads the stream.
func (e *Events) count(s bridge.Stored) {
	if cut := e.bounds.add(s); cut > 0 {
		e.jobs.Go(func() { e.cut(e.end, s.Subject, cut) })
	}
}

// cut removes a subject's events up to a sequence. That it did is written down
// first, so that a follower who missed some of them is told of a gap. Several
// relays may do so at once: they say and do the same.
func (e *Events) cut(ctx context.Context, subject string, upTo uint64) {
	name, kind := wire.RoomOf(subject)
	was, err := e.cutOf(ctx, name)
	if err == nil && was < upTo {
		var data []byte
		if data, err = json.Marshal(document{Cut: upTo}); err == nil {
			var storing bridge.Storing
			if storing, err = e.bridge.Store(wire.HubEvents(name, kindCut), fmt.Sprintf("cut.%s.%s.%d", name, kind, upTo), data); err == nil {
				_, err = storing.Wait()
			}
		}
	}
	if err == nil {
		err = e.bridge.Purge(ctx, wire.StreamEvents, subject, upTo+1)
	}
	if err != nil && ctx.Err() == nil {
		e.log.Warn("cutting a room's history", "room", name, "err", err) // the next piece takes these with it
	}
}

// cutOf is the sequence up to which relays have removed events of a room; 0:
// none were.
func (e *Events) cutOf(ctx context.Context, name string) (uint64, error) {
	stored, ok, err := e.bridge.Last(ctx, wire.StreamEvents, wire.HubEvents(name, kindCut))
	if err != nil || !ok {
		return 0, err
	}
	var doc document
	if err := json.Unmarshal(stored.Data, &doc); err != nil {
		return 0, fmt.Errorf("reading up to where %s was cut: %w", name, err)
	}
	return doc.Cut, nil
}

// countOlder counts what was stored before this relay began to read, so that a
// relay which starts late bounds it too. Where all of it is less than one room
// may hold there is nothing to do.
func (e *Events) countOlder(ctx context.Context, state bridge.State, before uint64) {
	if state.Bytes < uint64(most(kindMessage)) || before <= state.First {
		return
	}
	var older bounds
	scan := bridge.Scan{Stream: wire.StreamEvents, Subject: wire.EventsAll, From: state.First, HeadersOnly: true}
	err := e.bridge.Each(ctx, scan, func(s bridge.Stored) bool {
		if s.Seq < before {
			older.note(s)
		}
		return s.Seq < before
	})
	if err != nil {
		e.log.Debug("counting older events", "err", err)
		return
	}
	for subject, cut := range e.bounds.before(older.subjects) {
		e.cut(ctx, subject, cut)
	}
}
