package booking

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reservation"
)

// idleAfter is from when on a holder who does nothing counts as idle. It is
// shown, and ends nothing.
const idleAfter = 5 * time.Minute

// work is what goes on on a device.
type work struct {
	open map[string]bool // runs and sessions that go on
	last time.Time       // the end of the last one, by the broker's clock
}

// Of is a bench's reservations as people see them.
func (b *Books) Of(bench string) api.Reservations {
	b.mu.Lock()
	book, rev := reservation.New(bench), uint64(0)
	if p := b.pages[bench]; p != nil {
		book, rev = p.book, p.rev
	}
	b.mu.Unlock()
	return b.view(book, rev)
}

// All are the benches where somebody holds or waits.
func (b *Books) All() []api.Reservations {
	b.mu.Lock()
	pages := make([]*page, 0, len(b.pages))
	for _, p := range b.pages {
		pages = append(pages, p)
	}
	b.mu.Unlock()
	list := []api.Reservations{}
	for _, p := range pages {
		book, rev := b.read(p)
		if doc := b.view(book, rev); len(doc.Places) > 0 {
			list = append(list, doc)
		}
	}
	slices.SortFunc(list, func(x, y api.Reservations) int { return cmp.Compare(x.Bench, y.Bench) })
	return list
}

func (b *Books) view(book *reservation.Book, rev uint64) api.Reservations {
	doc := book.View()
	doc.Rev = rev
	if doc.At = b.cfg.Bridge.Now(); doc.At.Before(book.At) {
		doc.At = book.At
	}
	for i := range doc.Places {
		doc.Places[i].IdleSince = b.idle(book, doc.Places[i].Device, doc.At)
		b.nameAll(&doc.Places[i])
	}
	return doc
}

// nameAll calls people as they are called now; the book has their names of then.
func (b *Books) nameAll(p *api.Place) {
	if b.cfg.Person == nil {
		return
	}
	now := func(u api.User) api.User {
		if found, ok := b.cfg.Person(u.ID); ok {
			u.Name = found.Name
		}
		return u
	}
	if p.Holder != nil {
		*p.Holder = now(*p.Holder)
	}
	if p.Next != nil {
		*p.Next = now(*p.Next)
	}
	for i := range p.Queue {
		p.Queue[i].Who = now(p.Queue[i].Who)
	}
	for i := range p.Asks {
		p.Asks[i].Who = now(p.Asks[i].Who)
	}
	if p.Offer != nil {
		offer := *p.Offer
		offer.To = now(offer.To)
		p.Offer = &offer
	}
}

// idle is since when nothing was done at a place; nil while something is.
func (b *Books) idle(book *reservation.Book, place string, now time.Time) *time.Time {
	h := book.Held[place]
	if h == nil {
		return nil
	}
	since := h.Since
	b.mu.Lock()
	defer b.mu.Unlock()
	for device, w := range b.work[book.Bench] {
		if place != reservation.Whole && device != place {
			continue
		}
		if len(w.open) > 0 {
			return nil
		}
		if w.last.After(since) {
			since = w.last
		}
	}
	if now.Sub(since) < idleAfter {
		return nil
	}
	return &since
}

// RunChanged is told of every run, so that idle holders are seen.
func (b *Books) RunChanged(r api.Run) {
	if r.State == wire.Claimed { // it may be withdrawn, and nobody says so
		return
	}
	ended := b.cfg.Bridge.Now()
	if r.EndedAt != nil && r.EndedAt.Before(ended) && !b.goes(r.Bench, r.Device, r.ID) {
		ended = *r.EndedAt // long ago: by its bench's clock
	}
	b.working(r.Bench, r.Device, r.ID, r.State != wire.Ended, ended)
}

// Working is told of other work than runs; the relays that do not carry it do
// not hear of it.
func (b *Books) Working(bench, device, id string, goes bool) {
	b.working(bench, device, id, goes, b.cfg.Bridge.Now())
}

func (b *Books) goes(bench, device, id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.work[bench][device]
	return w != nil && w.open[id]
}

func (b *Books) working(bench, device, id string, goes bool, ended time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	devices := b.work[bench]
	if devices == nil {
		devices = map[string]*work{}
		b.work[bench] = devices
	}
	w := devices[device]
	if w == nil {
		w = &work{open: map[string]bool{}}
		devices[device] = w
	}
	if goes {
		w.open[id] = true
		return
	}
	delete(w.open, id)
	if ended.After(w.last) {
		w.last = ended
	}
}

// show tells of a bench whose reservations look different.
func (b *Books) show(p *page) {
	b.telling.Lock()
	defer b.telling.Unlock()
	book, rev := b.read(p) // read here: the last call always tells the present state
	doc := b.view(book, rev)
	b.mu.Lock()
	changed := !reflect.DeepEqual(p.shown, doc.Places) && (len(p.shown) > 0 || len(doc.Places) > 0)
	p.shown = doc.Places
	tell := b.onChange
	b.mu.Unlock()
	if changed && tell != nil {
		tell(doc)
	}
}
