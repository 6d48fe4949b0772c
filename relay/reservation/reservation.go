// Package reservation is the book of one bench's reservations: who holds which
// place until when, who waits, asks or is offered it. What people ask and the
// moments that pass go in; a new book, records of every grant and end, and
// notices for people come out.
//
// A place is a device, or the whole bench, which covers all of its devices.
// Who comes first is served first over all places of the bench: somebody who
// waits for the whole bench is not passed by those who come later for one of
// its devices, so nobody starves.
//
// It is pure: it knows no clock, no store and no other bench. Moments are the
// caller's, and never run backwards inside a book.
package reservation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Whole is the place that is the whole bench.
const Whole = ""

// Bounds. A book with all of them filled stays far below what the store takes
// in one document.
const (
	MinFor     = time.Minute
	MaxFor     = 24 * time.Hour
	DefaultFor = time.Hour
	OfferFor   = 60 * time.Second // an offer that nobody answers goes back then
	MaxNote    = 200              // characters of a note or reason
	MaxQueue   = 64               // who wait at a bench
	MaxAsks    = 16               // who ask one holder
	MaxPlaces  = 300              // places of a bench that were ever held
	MaxOutbox  = 256              // records that wait to be passed on
	MaxTelling = 128              // notices that do; beyond them the oldest go
)

// warnings are how long before the end the holder is told of it.
var warnings = []time.Duration{10 * time.Minute, 2 * time.Minute}

// Book is what is stored of a bench. Every change is made on a Clone and stored
// over the revision that was read, so of two who change it at once one wins.
type Book struct {
	Bench   string            `json:"bench"`
	Changes uint64            `json:"changes"`       // how often it was stored
	At      time.Time         `json:"at"`            // the latest moment that went in
	Tickets uint64            `json:"tickets"`       // the last one drawn
	Epochs  map[string]uint64 `json:"epochs"`        // place → how often it was given, for ever
	Raised  map[string]uint64 `json:"raised"`        // place → by how much an agent was ahead of it
	Held    map[string]*Hold  `json:"held"`          // place → its holder
	Queue   []Waiter          `json:"queue"`         // by ticket
	Records uint64            `json:"records"`       // number of the last record
	Gap     uint64            `json:"gap,omitempty"` // of the last one that says that some are missing
	Told    uint64            `json:"told"`          // number of the last telling
	Outbox  Outbox            `json:"outbox"`
}

// Hold is a reservation that goes on.
type Hold struct {
	Who    api.User     `json:"who"`
	Since  time.Time    `json:"since"`
	Until  time.Time    `json:"until"`
	Reason string       `json:"reason,omitempty"`
	Warned int          `json:"warned,omitempty"` // how many of the warnings are behind it
	Asks   []api.Asking `json:"asks,omitempty"`
	Offer  *api.Offer   `json:"offer,omitempty"`
}

// Waiter waits for a place.
type Waiter struct {
	Device string    `json:"device"`
	Who    api.User  `json:"who"`
	Since  time.Time `json:"since"`
	ForS   int       `json:"for_s"`
	Note   string    `json:"note,omitempty"`
	Ticket uint64    `json:"ticket"`
}

// Outbox holds what was decided and is still to be passed on: it is stored with
// the decision, so that whoever decides may die at once. Records and tellings
// are numbered, so passing one on twice can be seen.
type Outbox struct {
	Records []api.ReservationRecord `json:"records,omitempty"`
	Notices []Telling               `json:"notices,omitempty"`
}

// Telling is a notice for a person.
type Telling struct {
	N      uint64     `json:"n"`
	To     string     `json:"to"` // a person's id
	Notice api.Notice `json:"notice"`
}

// New is the book of a bench where nobody has reserved anything.
func New(bench string) *Book {
	return &Book{Bench: bench, Epochs: map[string]uint64{}, Raised: map[string]uint64{}, Held: map[string]*Hold{}}
}

// Read reads a stored book.
func Read(bench string, stored []byte) (*Book, error) {
	b := New(bench)
	if err := json.Unmarshal(stored, b); err != nil {
		return nil, fmt.Errorf("reading the reservations of bench %s: %w", bench, err)
	}
	if b.Bench != bench || b.Epochs == nil || b.Raised == nil || b.Held == nil {
		return nil, fmt.Errorf("reading the reservations of bench %s: it is a document of %.40q", bench, b.Bench)
	}
	return b, nil
}

// Clone is a copy to change.
func (b *Book) Clone() *Book {
	c := *b
	c.Epochs, c.Raised = maps.Clone(b.Epochs), maps.Clone(b.Raised)
	c.Held = make(map[string]*Hold, len(b.Held))
	for place, h := range b.Held {
		held := *h
		held.Asks = slices.Clone(h.Asks)
		c.Held[place] = &held // an offer is replaced and never changed
	}
	c.Queue = slices.Clone(b.Queue)
	c.Outbox = Outbox{slices.Clone(b.Outbox.Records), slices.Clone(b.Outbox.Notices)}
	return &c
}

// Stored is the book as it is stored.
func (b *Book) Stored() ([]byte, error) {
	data, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("writing the reservations of bench %s: %w", b.Bench, err)
	}
	return data, nil
}

// Same says whether another book differs in nothing but the moment it was
// looked at.
func (b *Book) Same(other *Book) bool {
	x, y := *b, *other
	x.At, y.At = time.Time{}, time.Time{}
	one, err := x.Stored()
	two, wrong := y.Stored()
	return err == nil && wrong == nil && bytes.Equal(one, two)
}

// Bound keeps the notices that wait within their bound, or drops them where
// nobody is there to tell them: they are news, and hold up no reservation.
func (b *Book) Bound(untold bool) {
	if untold {
		b.Outbox.Notices = nil
	}
	if over := len(b.Outbox.Notices) - MaxTelling; over > 0 {
		b.Outbox.Notices = b.Outbox.Notices[over:]
	}
}

// PassedOn takes out of the outbox what was passed on: records up to record and
// tellings up to telling.
func (b *Book) PassedOn(record, telling uint64) {
	b.Outbox.Records = slices.DeleteFunc(b.Outbox.Records, func(r api.ReservationRecord) bool { return r.N <= record })
	b.Outbox.Notices = slices.DeleteFunc(b.Outbox.Notices, func(t Telling) bool { return t.N <= telling })
}

// Driver is who holds a device, by itself or with its whole bench, and the place
// that they hold it by.
func (b *Book) Driver(device string) (h *Hold, place string) {
	if h := b.Held[Whole]; h != nil {
		return h, Whole
	}
	return b.Held[device], device
}

// Epoch is a device's, as commands carry it: it grows with every grant of the
// device and of its whole bench.
func (b *Book) Epoch(device string) uint64 {
	whole := b.Epochs[Whole] + b.Raised[Whole]
	if device == Whole {
		return whole
	}
	return b.Epochs[device] + b.Raised[device] + whole
}

// Raise lifts a device's epoch over what an agent knows of it: the agent was told
// by a book that is lost. Whoever holds the device now has not held it under that
// one: theirs is the next.
func (b *Book) Raise(device string, known uint64) {
	epoch := b.Epoch(device)
	if known <= epoch || device != Whole && len(b.Raised) >= MaxPlaces && b.Raised[device] == 0 {
		return
	}
	if h, _ := b.Driver(device); h != nil {
		known++
	}
	b.Raised[device] += known - epoch
	b.Lost("its agent was told of later reservations")
}

// Lost writes down that the store has lost some of the history, once for all that
// is found out at a time.
func (b *Book) Lost(why string) {
	if b.Gap != b.Records || b.Records == 0 {
		b.record(api.ReservationRecord{Kind: api.RecordGap, How: "restored", Text: "records before this one are missing: " + why})
		b.Gap = b.Records
	}
}

// Renumber puts what waits in the outbox behind the last record that the history
// has: the book was put back to an older copy, and the history was not.
func (b *Book) Renumber(last uint64) {
	waiting := b.Outbox.Records
	if len(waiting) == 0 || waiting[0].N > last {
		return
	}
	b.Records, b.Outbox.Records = last, nil
	b.Lost("the books were put back to an older copy")
	for _, r := range waiting {
		b.Records++
		r.N = b.Records
		if r.Kind == api.RecordGap {
			b.Gap = r.N
		}
		b.Outbox.Records = append(b.Outbox.Records, r)
	}
}

// Drives are who drives the bench's devices, as its agent is told: those that
// are not named go with the whole bench.
func (b *Book) Drives() map[string]wire.Drive {
	all := map[string]wire.Drive{}
	for _, places := range []map[string]uint64{b.Epochs, b.Raised} {
		for place := range places {
			h, _ := b.Driver(place)
			all[place] = wire.Drive{Epoch: int64(b.Epoch(place)), Held: h != nil}
		}
	}
	if whole := b.Epoch(Whole); whole > 0 {
		all[Whole] = wire.Drive{Epoch: int64(whole), Held: b.Held[Whole] != nil}
	}
	return all
}

// touch says whether holding the one place is in the way of holding the other.
func touch(one, other string) bool { return one == other || one == Whole || other == Whole }

// places are the held ones, in order.
func (b *Book) places() []string { return slices.Sorted(maps.Keys(b.Held)) }
