// Package notes lets people pin notes to a bench. It is the example of a module
// of farbench.v1: two requests, one event that is state, a part of snapshots,
// and work beside the connections that hears what other relays changed. All of
// it is this file, and one line in relay/modules.
package notes

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/legible"
)

const (
	event    = "note"
	prefix   = "notes." // of documents: one a bench
	maxNotes = 20       // of a bench
	maxText  = 1000     // characters
)

// Store keeps a document a bench; relay/documents is one.
type Store interface {
	Change(ctx context.Context, key string, change func(old []byte) ([]byte, error)) error
	Watch(ctx context.Context, prefix string, tell func(key string, value []byte)) error
}

// Benches says which there are.
type Benches interface {
	Get(id string) (api.Bench, bool)
	Loaded() bool // before it, an unknown bench may yet turn up
}

// Module makes the module.
func Module(store Store, benches Benches, now func() time.Time) gateway.Maker {
	return func(g *gateway.Gateway) gateway.Module {
		n := &notes{gateway: g, store: store, benches: benches, now: now, known: map[string]api.Notes{}}
		return gateway.Module{
			Requests: map[string]gateway.Request{"note.pin": n.pin, "note.unpin": n.unpin, "notes.get": n.get},
			Reads:    []string{"notes.get"},
			Events:   []string{event},
			Snapshot: n.snapshot,
			Run:      func(ctx context.Context) error { return store.Watch(ctx, prefix, n.changed) },
		}
	}
}

type notes struct {
	gateway *gateway.Gateway
	store   Store
	benches Benches
	now     func() time.Time

	mu    sync.Mutex // guards known
	known map[string]api.Notes
}

// changed hears of a bench's notes, whichever relay changed them, and tells
// everybody who sees them.
func (n *notes) changed(bench string, value []byte) {
	var doc api.Notes
	if json.Unmarshal(value, &doc) != nil || doc.Bench != bench {
		return // not written by a relay
	}
	n.mu.Lock()
	n.known[bench] = doc
	n.mu.Unlock()
	for _, room := range []string{gateway.RoomLab, gateway.RoomBench + bench} {
		n.gateway.Tell(room, event+":"+bench, event, doc)
	}
}

func (n *notes) snapshot(_ context.Context, r gateway.Room, parts *api.Parts) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for bench, doc := range n.known {
		if len(doc.Notes) > 0 && (r.Prefix == gateway.RoomLab || r.Prefix == gateway.RoomBench && r.ID == bench) {
			parts.Notes = append(parts.Notes, doc)
		}
	}
	slices.SortFunc(parts.Notes, func(a, b api.Notes) int { return strings.Compare(a.Bench, b.Bench) })
	return nil
}

// pin adds a note; the same id again changes nothing.
func (n *notes) pin(ctx context.Context, q gateway.Question) (any, error) {
	var in api.NoteRequest
	if err := q.Read(&in); err != nil {
		return nil, err
	}
	in.Text = strings.TrimSpace(in.Text)
	switch {
	case in.Text == "" || utf8.RuneCountInString(in.Text) > maxText:
		return nil, &wire.Fault{Code: wire.Invalid, Message: fmt.Sprintf("a note has 1 to %d characters", maxText)}
	case legible.Bad(in.Text, "\n\t") != "":
		return nil, &wire.Fault{Code: wire.Invalid, Message: "the note " + legible.Bad(in.Text, "\n\t"), Hint: "take it out, then pin the note again"}
	case in.ID == "":
		in.ID = wire.NewID("n")
	case !wire.ValidID(in.ID):
		return nil, &wire.Fault{Code: wire.Invalid, Message: "this is no id", Hint: "1 to 32 of a-z, 0-9 and -, or leave it out"}
	}
	return n.change(ctx, in.Bench, func(doc *api.Notes) (bool, error) {
		switch {
		case slices.ContainsFunc(doc.Notes, func(old api.Note) bool { return old.ID == in.ID }):
			return false, nil
		case len(doc.Notes) >= maxNotes:
			return false, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("a bench has at most %d notes", maxNotes), Hint: "unpin one first"}
		}
		doc.Notes = append(doc.Notes, api.Note{ID: in.ID, Text: in.Text, By: q.By, At: n.now()})
		return true, nil
	})
}

// unpin takes a note away; anybody may, and one that is gone is no error.
func (n *notes) unpin(ctx context.Context, q gateway.Question) (any, error) {
	var in api.NoteRequest
	if err := q.Read(&in); err != nil {
		return nil, err
	}
	return n.change(ctx, in.Bench, func(doc *api.Notes) (bool, error) {
		before := len(doc.Notes)
		doc.Notes = slices.DeleteFunc(doc.Notes, func(note api.Note) bool { return note.ID == in.ID })
		return len(doc.Notes) < before, nil
	})
}

// get gives a bench's notes.
func (n *notes) get(ctx context.Context, q gateway.Question) (any, error) {
	var in api.NoteRequest
	if err := q.Read(&in); err != nil {
		return nil, err
	}
	return n.change(ctx, in.Bench, func(*api.Notes) (bool, error) { return false, nil })
}

func (n *notes) change(ctx context.Context, bench string, edit func(*api.Notes) (bool, error)) (doc api.Notes, err error) {
	if _, ok := n.benches.Get(bench); !ok && !n.benches.Loaded() {
		return doc, gateway.Loading
	} else if !ok || !wire.ValidID(bench) {
		return doc, &wire.Fault{Code: wire.BenchUnknown, Message: "there is no such bench", Hint: "GET /api/v1/benches lists them"}
	}
	err = n.store.Change(ctx, prefix+bench, func(old []byte) ([]byte, error) {
		doc = api.Notes{}
		if old != nil {
			if err := json.Unmarshal(old, &doc); err != nil {
				return nil, fmt.Errorf("reading the notes of bench %s: %w", bench, err)
			}
		}
		if doc.Notes == nil {
			doc.Notes = []api.Note{}
		}
		changed, err := edit(&doc)
		if err != nil || !changed {
			return nil, err
		}
		doc.Bench = bench
		doc.Rev++
		return json.Marshal(doc)
	})
	doc.Bench = bench
	return doc, err
}
