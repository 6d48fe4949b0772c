// Package booking keeps the benches' books of reservations in the store, one
// document a bench, and lets every relay change them: a change is made over the
// revision that was read, so of two relays which grant at once exactly one does.
// What is over ends, and who waits is served, by whichever relay notices first.
//
// A book's records and notices are stored with it and passed on afterwards, by
// any relay: one that dies between leaves them to the others. It knows the
// broker, and neither rooms nor Fiber.
package booking

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/reservation"
)

// Notifier tells a person something, under a key by which it is told once
// though it be asked for again by this relay or another.
type Notifier interface {
	Notify(ctx context.Context, key, person string, n api.Notice) error
}

// Config is what the books need.
type Config struct {
	Bridge *bridge.Bridge
	Logger *slog.Logger
	// Bench finds a bench; a device that it does not have cannot be reserved.
	Bench func(ctx context.Context, id string) (api.Bench, bool)
	// Person finds a person by their id; nil: everybody is called by it.
	Person func(id string) (api.User, bool)
}

// Books are what this relay knows of all benches' books.
type Books struct {
	cfg  Config
	log  *slog.Logger
	jobs bridge.Jobs

	mu         sync.Mutex // guards what follows
	pages      map[string]*page
	loaded     chan struct{} // closed once every stored book was read
	unreserved api.Unreserved
	notifier   Notifier
	onChange   func(api.Reservations)
	work       map[string]map[string]*work // by bench and device

	changed chan *page // 64: what this relay stored; full: the next look finds it

	telling sync.Mutex // orders calls of OnChange
}

// page is one bench's book as it was last seen in the store. Books in it are
// never changed, only replaced.
type page struct {
	bench string
	turn  chan struct{} // 1: who changes the book; the others of this relay wait

	// Guarded by Books.mu.
	book      *reservation.Book
	rev       uint64 // 0: nothing is stored
	shown     []api.Place
	seen      time.Time // when rev came, by this process's clock
	passed    passed    // what of its outbox is known to have been passed on
	passing   bool      // somebody of this relay does that
	trying    bool      // somebody of this relay ends what is over
	lost      bool      // the store has an older one
	online    bool
	told      map[string]wire.Drive // what the agent confirmed
	toldOf    *reservation.Book     // the book that was compared with it
	tellAfter time.Time
	advising  bool // it is being told
	raised    int  // how often in a row it knew more than the book
}

type passed struct{ record, telling uint64 }

// New makes the books; Run keeps them.
func New(cfg Config) *Books {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Books{
		cfg: cfg, log: cfg.Logger, pages: map[string]*page{}, loaded: make(chan struct{}), work: map[string]map[string]*work{},
		unreserved: api.UnreservedAnyone, changed: make(chan *page, 64),
	}
}

// Tell sets who tells people; until then what is to be told waits in the books.
func (b *Books) Tell(n Notifier) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notifier = n
}

// OnChange sets who is told of each bench whose reservations people see changed,
// one call at a time; it must not block.
func (b *Books) OnChange(told func(api.Reservations)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onChange = told
}

// Loaded says whether every stored book was read.
func (b *Books) Loaded() bool {
	select {
	case <-b.loaded:
		return true
	default:
		return false
	}
}

func (b *Books) page(bench string) *page {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.pages[bench]; p != nil {
		return p
	}
	return b.newPage(bench)
}

func (b *Books) newPage(bench string) *page {
	p := &page{bench: bench, turn: make(chan struct{}, 1), book: reservation.New(bench)}
	b.pages[bench] = p
	return p
}

func (b *Books) read(p *page) (*reservation.Book, uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return p.book, p.rev
}

// Do does what a person asks. Errors are *wire.Fault where expected.
func (b *Books) Do(ctx context.Context, bench string, by api.User, verb reservation.Verb, q api.ReservationRequest) (api.Reserved, error) {
	if err := reservation.Check(verb, q); err != nil {
		return api.Reserved{}, err
	}
	if err := b.known(ctx, bench, verb, q.Device); err != nil {
		return api.Reserved{}, err
	}
	to := api.User{ID: q.To, Name: q.To}
	if verb == reservation.Hand && b.cfg.Person != nil {
		found, ok := b.cfg.Person(q.To)
		if !ok {
			return api.Reserved{}, &wire.Fault{Code: wire.NotFound, Message: fmt.Sprintf("there is nobody with the id %.40q", q.To), Hint: "people in the room lab have ids"}
		}
		to = found
	}
	p := b.page(bench)
	b.settle(ctx, p) // no epoch is given that the agent knows as somebody else's
	var answer api.Reserved
	book, _, err := b.change(ctx, p, func(book *reservation.Book, now time.Time) (err error) {
		answer, err = book.Do(now, by, verb, q, to)
		return err
	})
	if err != nil {
		return answer, err
	}
	b.settle(ctx, p)
	b.nameAll(&answer.Place)
	answer.IdleSince = b.idle(book, answer.Device, b.cfg.Bridge.Now())
	return answer, nil
}

// known refuses places that the bench does not have. What is held goes on
// without its bench and device, so only what begins is looked at closely.
func (b *Books) known(ctx context.Context, bench string, verb reservation.Verb, device string) error {
	if !wire.ValidID(bench) {
		return &wire.Fault{Code: wire.BenchUnknown, Message: fmt.Sprintf("there is no bench %.40q", bench), Hint: "GET /api/v1/benches lists them"}
	}
	begins := verb == reservation.Reserve || verb == reservation.Take
	b.mu.Lock()
	_, booked := b.pages[bench]
	b.mu.Unlock()
	if booked && !begins {
		return nil
	}
	found, ok := b.cfg.Bench(ctx, bench)
	if !ok {
		return &wire.Fault{Code: wire.BenchUnknown, Message: "there is no bench " + bench, Hint: "GET /api/v1/benches lists them"}
	}
	if device == reservation.Whole || !begins || slices.ContainsFunc(found.Devices, func(d wire.Device) bool { return d.ID == device }) {
		return nil
	}
	var ids []string
	for _, d := range found.Devices {
		ids = append(ids, d.ID)
	}
	hint := "the bench has no devices now; reserve the whole bench"
	if ids != nil {
		hint = "it has " + strings.Join(ids[:min(len(ids), 20)], ", ")
	}
	return &wire.Fault{Code: wire.DeviceUnknown, Message: fmt.Sprintf("bench %s has no device %s", bench, device), Hint: hint}
}

// changeWithin bounds how long a change may wait for its turn and the store.
const changeWithin = 10 * time.Second

// change makes one change of a book and stores it. step may be called several
// times, each time on a copy of a newer book; what it changed before is
// forgotten. A step that was refused, or had nothing to change, was looked at
// in the store's newest book.
func (b *Books) change(ctx context.Context, p *page, step func(*reservation.Book, time.Time) error) (*reservation.Book, uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, changeWithin)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, 0, unavailable("others are changing the reservations of bench " + p.bench)
	}
	for newest := false; ; newest = true {
		if newest {
			if err := b.fetch(ctx, p); err != nil {
				return nil, 0, err
			}
		}
		if err := b.cfg.Bridge.Ready(); err != nil {
			return nil, 0, unavailable(err.Error())
		}
		book, rev := b.read(p)
		next := book.Clone()
		b.mu.Lock()
		next.PassedOn(p.passed.record, p.passed.telling)
		untold, lost := b.notifier == nil, p.lost
		b.mu.Unlock()
		if lost {
			next.Lost("the store was put back to an older copy, or made anew")
		}
		refused := step(next, b.cfg.Bridge.Now())
		next.Bound(untold)
		if refused == nil && len(next.Outbox.Records) > reservation.MaxOutbox {
			refused = unavailable("the history of reservations cannot be written")
		}
		if refused != nil || !lost && next.Same(book) {
			if newest {
				return book, rev, refused
			}
			continue
		}
		next.Changes++
		stored, err := b.store(ctx, p.bench, next, rev)
		switch {
		case err == nil:
			b.took(p, next, stored, false)
			select {
			case b.changed <- p:
			default:
			}
			return next, stored, nil
		case errors.Is(err, errMoved):
		case ctx.Err() != nil:
			return nil, 0, unavailable("the reservations of bench " + p.bench + " were not stored in time")
		default: // it may be stored or not: the newest book says
			b.log.Warn("storing reservations, looking again", "bench", p.bench, "err", err)
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}
}

var errMoved = errors.New("somebody else has changed it")

func (b *Books) store(ctx context.Context, bench string, book *reservation.Book, rev uint64) (uint64, error) {
	value, err := book.Stored()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	kv := b.cfg.Bridge.Reservations()
	if rev == 0 {
		rev, err = kv.Create(ctx, bench, value)
	} else {
		rev, err = kv.Update(ctx, bench, value, rev)
	}
	if errors.Is(err, jetstream.ErrKeyExists) || errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return 0, errMoved
	}
	return rev, err
}

// fetch reads a bench's newest book from the store.
func (b *Books) fetch(ctx context.Context, p *page) error {
	kv := b.cfg.Bridge.Reservations()
	if err := b.cfg.Bridge.Ready(); err != nil {
		return unavailable(err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	entry, err := kv.Get(ctx, p.bench)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		b.mu.Lock()
		defer b.mu.Unlock()
		p.rev, p.lost, p.passed = 0, p.book.Changes > 0, passed{} // the store lost it, or never had it
		return nil
	} else if err != nil {
		return unavailable("reading the reservations of bench " + p.bench + ": " + err.Error())
	}
	return b.stored(entry, true)
}

func unavailable(why string) *wire.Fault {
	return &wire.Fault{Code: wire.Unavailable, Message: why, Hint: "ask again in a moment", Retry: true}
}
