package reservation

import (
	"fmt"
	"slices"
	"time"

	"github.com/farbench/farbench/relay/api"
)

// Pass lets time pass: what is over ends, offers that nobody answered go back,
// holders are warned, and who waits is given what is free.
func (b *Book) Pass(now time.Time) {
	if now = moment(now); now.After(b.At) {
		b.At = now
	}
	for _, place := range b.places() {
		h := b.Held[place]
		if h.Offer != nil && !b.At.Before(h.Offer.Until) {
			b.giveBack(place, h, "did not answer")
		}
		if !b.At.Before(h.Until) {
			b.end(place, "over", nil, "")
			continue
		}
		b.warn(place, h)
	}
	b.serve()
}

// Next is when Pass has something to do again; zero: never.
func (b *Book) Next() time.Time {
	var next time.Time
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, h := range b.Held {
		sooner(h.Until)
		if h.Warned < len(warnings) {
			sooner(h.Until.Add(-warnings[h.Warned]))
		}
		if h.Offer != nil {
			sooner(h.Offer.Until)
		}
	}
	return next
}

// serve gives what is free to those who wait, first come first: nobody is given
// a place that somebody before them waits for, be it as a part of the whole.
func (b *Book) serve() {
	for served := true; served; {
		served = false
		for i, w := range b.Queue {
			if b.free(w.Device, w.Who.ID, b.Queue[:i]) {
				b.grant(w.Device, Hold{Who: w.Who, Since: b.At, Until: b.At.Add(seconds(w.ForS))}, "queue", nil, w.Note, w.Ticket)
				b.tell(w.Who.ID, w.Device, api.Notice{
					Kind: api.NoticeYours, Text: fmt.Sprintf("%s is yours now, for %s", b.called(w.Device), span(seconds(w.ForS))),
					Until: &b.Held[w.Device].Until,
				})
				served = true // the queue has changed
				break
			}
		}
	}
}

// free says whether a person may be given a place behind those who came before.
func (b *Book) free(place, who string, before []Waiter) bool {
	for held, h := range b.Held {
		if touch(place, held) && (h.Who.ID != who || held == place) {
			return false
		}
	}
	return !slices.ContainsFunc(before, func(w Waiter) bool { return w.Who.ID != who && touch(place, w.Device) })
}

func (b *Book) grant(place string, h Hold, how string, by *api.User, text string, ticket uint64) {
	b.Epochs[place]++
	h.Warned = warnedAt(h.Until.Sub(b.At))
	b.Held[place] = &h
	b.Queue = slices.DeleteFunc(b.Queue, func(w Waiter) bool {
		return w.Who.ID == h.Who.ID && (w.Device == place || place == Whole) // the whole covers the rest
	})
	until := h.Until
	b.record(api.ReservationRecord{
		Kind: api.RecordGrant, Device: place, Epoch: b.Epochs[place], Who: h.Who, By: by, Until: &until, Ticket: ticket, How: how, Text: text,
	})
}

func (b *Book) end(place, how string, by *api.User, text string) {
	h := b.Held[place]
	delete(b.Held, place)
	b.record(api.ReservationRecord{
		Kind: api.RecordEnd, Device: place, Epoch: b.Epochs[place], Who: h.Who, By: by, How: how, Text: text,
	})
	switch how {
	case "over":
		b.tell(h.Who.ID, place, api.Notice{Kind: api.NoticeOver, Text: fmt.Sprintf("your reservation of %s is over", b.called(place))})
	case "taken":
		b.tell(h.Who.ID, place, api.Notice{Kind: api.NoticeTaken, Text: fmt.Sprintf("%s took over %s: %s", by.Name, b.called(place), text), Who: by, Note: text})
	}
}

// giveBack ends an offer that was not taken; had they asked for the place, that
// is answered by it.
func (b *Book) giveBack(place string, h *Hold, why string) {
	to := h.Offer.To
	h.Offer = nil
	h.Asks = slices.DeleteFunc(h.Asks, func(a api.Asking) bool { return a.Who.ID == to.ID })
	b.tell(h.Who.ID, place, api.Notice{
		Kind: api.NoticeBack, Text: fmt.Sprintf("%s %s: %s is still yours", to.Name, why, b.called(place)), Who: &to, Until: &h.Until,
	})
}

func (b *Book) warn(place string, h *Hold) {
	left := h.Until.Sub(b.At)
	if passed := warnedAt(left); passed > h.Warned {
		h.Warned = passed
		n := api.Notice{
			Kind: api.NoticeEnds, Text: fmt.Sprintf("your reservation of %s ends in %s", b.called(place), span(left)),
			Until: &h.Until, InS: int((left + time.Second - 1) / time.Second),
		}
		if w := b.next(place); w != nil {
			n.Text, n.Who = fmt.Sprintf("%s: %s waits for it", n.Text, w.Who.Name), &w.Who
		}
		b.tell(h.Who.ID, place, n)
	}
}

// warnedAt is how many warnings are due, or behind a reservation that is given
// for so short a time that they would come at once.
func warnedAt(left time.Duration) int {
	n := 0
	for n < len(warnings) && left <= warnings[n] {
		n++
	}
	return n
}

func (b *Book) record(r api.ReservationRecord) {
	b.Records++
	r.N, r.At, r.Bench = b.Records, b.At, b.Bench
	b.Outbox.Records = append(b.Outbox.Records, r)
}

func (b *Book) tell(person, place string, n api.Notice) {
	b.Told++
	n.Bench, n.Device = b.Bench, place
	if n.Who != nil {
		who := *n.Who
		n.Who = &who
	}
	if n.Until != nil {
		until := *n.Until
		n.Until = &until
	}
	b.Outbox.Notices = append(b.Outbox.Notices, Telling{N: b.Told, To: person, Notice: n})
}

// called names a place for people.
func (b *Book) called(place string) string {
	if place == Whole {
		return "bench " + b.Bench
	}
	return place + " on " + b.Bench
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// moment is a point in time as books hold it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// span writes a duration for people.
func span(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Round(time.Hour).Hours()))
}
