package reservation

import (
	"slices"

	"github.com/farbench/farbench/relay/api"
)

// View is the book as people see it; revision and moment are the caller's.
func (b *Book) View() api.Reservations {
	doc := api.Reservations{Bench: b.Bench, At: b.At, Places: []api.Place{}}
	places := b.places()
	for _, w := range b.Queue {
		places = append(places, w.Device)
	}
	slices.Sort(places)
	for _, place := range slices.Compact(places) {
		doc.Places = append(doc.Places, b.Place(place))
	}
	return doc
}

// Place is one place as people see it.
func (b *Book) Place(place string) api.Place {
	p := api.Place{Device: place, Epoch: b.Epochs[place], Queue: []api.Waiting{}, Asks: []api.Asking{}}
	if h := b.Held[place]; h != nil {
		holder, since, until := h.Who, h.Since, h.Until
		p.Holder, p.Since, p.Until, p.Reason = &holder, &since, &until, h.Reason
		p.Asks = append(p.Asks, h.Asks...)
		p.Offer = h.Offer
		if w := b.next(place); w != nil {
			who := w.Who
			p.Next = &who
		}
	}
	for i, w := range b.Queue {
		if w.Device == place {
			p.Queue = append(p.Queue, api.Waiting{
				Who: w.Who, Since: w.Since, ForS: w.ForS, Note: w.Note, Ticket: w.Ticket, Position: b.position(i),
			})
		}
	}
	return p
}

// position is 1 for who is next.
func (b *Book) position(i int) int {
	n := 1
	for _, w := range b.Queue[:i] {
		if w.Who.ID != b.Queue[i].Who.ID && touch(w.Device, b.Queue[i].Device) {
			n++
		}
	}
	return n
}

// reserved is a place as the answer to who asked.
func (b *Book) reserved(place, who string) api.Reserved {
	if h := b.Held[Whole]; h != nil && h.Who.ID == who && b.Held[place] == nil {
		place = Whole // they hold it with the whole bench
	}
	r := api.Reserved{Place: b.Place(place)}
	r.Granted = r.Holder != nil && r.Holder.ID == who
	for _, w := range r.Queue {
		if w.Who.ID == who {
			r.Position = w.Position
		}
	}
	return r
}
