package booking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/documents"
	"github.com/farbench/farbench/relay/reservation"
)

// lookEvery is how often the books are looked at for what is due.
const lookEvery = 250 * time.Millisecond

// Run follows the books until ctx ends, and lets time pass in them.
func (b *Books) Run(ctx context.Context) error {
	defer b.jobs.End()
	if err := b.cfg.Bridge.Await(ctx); err != nil {
		return err
	}
	return b.cfg.Bridge.Follow(ctx, nil, b.session, func(err error) {
		b.log.Warn("reading the reservations, trying again", "err", err)
	})
}

// session reads every book that is stored and the lab's setting, then follows
// both and looks at what is due.
func (b *Books) session(ctx context.Context) error {
	books, err := b.cfg.Bridge.Reservations().WatchAll(ctx)
	if err != nil {
		return fmt.Errorf("watching reservations: %w", err)
	}
	defer books.Stop()
	settings, err := b.cfg.Bridge.Documents().Watch(ctx, documents.KeyLab)
	if err != nil {
		return fmt.Errorf("watching the lab's settings: %w", err)
	}
	defer settings.Stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	found := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case entry, ok := <-settings.Updates():
			if !ok {
				return errors.New("the watch of the lab's settings ended")
			}
			b.setting(entry)
		case entry, ok := <-books.Updates():
			switch {
			case !ok:
				return errors.New("the watch of reservations ended")
			case entry != nil:
				if found != nil {
					found[entry.Key()] = true
				}
				if err := b.stored(entry, false); err != nil {
					b.log.Error("passed over a book of reservations", "bench", entry.Key(), "err", err)
				}
			default: // all that is stored was read
				if err := b.restore(ctx, found); err != nil {
					return err
				}
				found = nil
				if !b.Loaded() {
					close(b.loaded)
				}
			}
		case p := <-b.changed:
			b.tellAgent(ctx, p)
			b.passOn(ctx, p)
		case <-tick.C:
			if found == nil && b.cfg.Bridge.Ready() == nil {
				b.look(ctx)
			}
		}
	}
}

func (b *Books) setting(entry jetstream.KeyValueEntry) {
	if entry == nil {
		return
	}
	var lab api.Lab
	if entry.Operation() == jetstream.KeyValuePut {
		if err := json.Unmarshal(entry.Value(), &lab); err != nil {
			b.log.Error("passed over the lab's settings", "err", err)
			return
		}
	}
	if lab.Unreserved == "" {
		lab.Unreserved = api.UnreservedAnyone
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unreserved = lab.Unreserved
}

// stored takes a book as the store holds it. Asked says that it was read just
// now.
func (b *Books) stored(entry jetstream.KeyValueEntry, asked bool) error {
	if entry.Operation() != jetstream.KeyValuePut {
		return nil
	}
	book, err := reservation.Read(entry.Key(), entry.Value())
	if err != nil {
		return err
	}
	b.took(b.page(entry.Key()), book, entry.Revision(), asked)
	return nil
}

// took replaces what is known of a bench, unless it is older. Where the store
// itself has an older one than was known, it was put back to an older copy or
// made anew: what is known here is to be stored over it, or it would grant again
// what is held, and count epochs anew.
func (b *Books) took(p *page, book *reservation.Book, rev uint64, asked bool) {
	b.mu.Lock()
	switch {
	case rev <= p.rev && !asked:
	case book.Changes < p.book.Changes:
		p.rev, p.lost, p.passed = rev, true, passed{} // the history may have lost as much
		p.told, p.toldOf = nil, nil
	default:
		p.book, p.rev, p.seen, p.lost = book, rev, time.Now(), false
	}
	b.mu.Unlock()
	b.show(p)
}

// restore stores the books that the store lost.
func (b *Books) restore(ctx context.Context, found map[string]bool) error {
	stream, err := b.cfg.Bridge.JetStream().Stream(ctx, "KV_"+wire.BucketReservations)
	if err != nil {
		return fmt.Errorf("opening the reservations: %w", err)
	}
	last := stream.CachedInfo().State.LastSeq
	var lost []*page
	b.mu.Lock()
	for bench, p := range b.pages {
		if p.lost || p.rev > last || p.rev > 0 && !found[bench] {
			lost = append(lost, p)
		}
	}
	b.mu.Unlock()
	for _, p := range lost {
		if err := b.fetch(ctx, p); err != nil {
			return err
		}
		b.log.Warn("the store lost reservations, storing them again", "bench", p.bench)
		if _, _, err := b.change(ctx, p, func(*reservation.Book, time.Time) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// look does what is due in each book, and passes on what waits in it.
func (b *Books) look(ctx context.Context) {
	now := b.cfg.Bridge.Now()
	b.mu.Lock()
	pages := make([]*page, 0, len(b.pages))
	for _, p := range b.pages {
		pages = append(pages, p)
	}
	b.mu.Unlock()
	for _, p := range pages {
		if book, _ := b.read(p); len(book.Held) > 0 {
			b.show(p) // somebody may be idle by now, or no longer
		}
		b.tellAgent(ctx, p)
		b.due(ctx, p, now)
		b.mu.Lock()
		rested := time.Since(p.seen) > restFor // else who stored it is at it
		b.mu.Unlock()
		if rested {
			b.passOn(ctx, p)
		}
	}
}

// due lets time pass in a book where something is due.
func (b *Books) due(ctx context.Context, p *page, now time.Time) {
	b.mu.Lock()
	next := p.book.Next()
	begin := !next.IsZero() && !next.After(now) && !p.trying
	if begin {
		p.trying = true
	}
	b.mu.Unlock()
	if !begin {
		return
	}
	b.jobs.Go(func() {
		defer func() {
			b.mu.Lock()
			p.trying = false
			b.mu.Unlock()
		}()
		_, _, err := b.change(ctx, p, func(book *reservation.Book, now time.Time) error { book.Pass(now); return nil })
		if err != nil && ctx.Err() == nil {
			b.log.Warn("ending what is over, trying again", "bench", p.bench, "err", err)
		}
	})
}
