package reservation

import (
	"fmt"
	"slices"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// ask asks the holder for control. Where nobody else holds the place there is
// nobody to ask, and the answer shows it.
func (b *Book) ask(by api.User, q api.ReservationRequest) error {
	h, place := b.Driver(q.Device)
	if h == nil || h.Who.ID == by.ID || slices.ContainsFunc(h.Asks, func(a api.Asking) bool { return a.Who.ID == by.ID }) {
		return nil
	}
	if len(h.Asks) >= MaxAsks {
		return &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("%d ask %s already", len(h.Asks), h.Who.Name), Hint: "wait in the queue", Retry: true}
	}
	h.Asks = append(h.Asks, api.Asking{Who: by, Since: b.At, Note: q.Note})
	b.tell(h.Who.ID, place, api.Notice{
		Kind: api.NoticeAsked, Text: fmt.Sprintf("%s asks for control of %s", by.Name, b.called(place)), Who: &by, Note: q.Note,
	})
	return nil
}

// hand offers the place to somebody, who has a minute to answer. It stays the
// holder's until they accept.
func (b *Book) hand(by api.User, q api.ReservationRequest, to api.User) error {
	h := b.Held[q.Device]
	switch {
	case h != nil && h.Who.ID == q.To:
		return nil // they have accepted
	case h == nil || h.Who.ID != by.ID:
		return b.notYours(q.Device, "only who holds it can hand it over")
	case by.ID == q.To:
		return &wire.Fault{Code: wire.Invalid, Message: "to is yourself: it is yours already", Hint: "name somebody else"}
	case q.Device != Whole && b.Held[Whole] != nil:
		return &wire.Fault{Code: wire.Invalid, Message: "you hold the whole bench " + b.Bench + " as well", Hint: "hand over the bench, or release it first"}
	case h.Offer != nil && h.Offer.To.ID == q.To:
		return nil
	}
	h.Offer = &api.Offer{To: to, Note: q.Note, Until: b.At.Add(OfferFor)}
	b.tell(to.ID, q.Device, api.Notice{
		Kind: api.NoticeOffered, Text: fmt.Sprintf("%s hands over %s to you: accept within a minute", by.Name, b.called(q.Device)),
		Who: &by, Note: q.Note, Until: &h.Offer.Until,
	})
	return nil
}

// answer accepts or declines an offer. With the whole bench go the devices that
// its holder has beside it.
func (b *Book) answer(by api.User, q api.ReservationRequest) error {
	h := b.Held[q.Device]
	switch {
	case h != nil && h.Who.ID == by.ID:
		return nil // accepted already
	case h == nil || h.Offer == nil || h.Offer.To.ID != by.ID:
		if !*q.Accept {
			return nil // declined already
		}
		return b.notYours(q.Device, "the offer is over: ask for control, or wait in the queue")
	case !*q.Accept:
		b.giveBack(q.Device, h, "did not take it")
		return nil
	}
	from, until, note := h.Who, h.Until, h.Offer.Note
	for _, place := range b.places() {
		held := b.Held[place]
		switch {
		case !touch(place, q.Device) || held.Who.ID == by.ID:
		case held.Who.ID == from.ID && (place == q.Device || q.Device == Whole):
			b.end(place, "handed", nil, note)
		default:
			return b.busy(by.ID, q.Device)
		}
	}
	b.grant(q.Device, Hold{Who: by, Since: b.At, Until: until}, "handed", &from, note, 0)
	return nil
}

// refuse lets an ask go.
func (b *Book) refuse(by api.User, q api.ReservationRequest) error {
	h, place := b.holds(by.ID, q.Device)
	if h == nil {
		return b.notYours(q.Device, "only who holds it is asked for it")
	}
	i := slices.IndexFunc(h.Asks, func(a api.Asking) bool { return a.Who.ID == q.Who })
	if i < 0 {
		return nil
	}
	h.Asks = slices.Delete(h.Asks, i, i+1)
	b.tell(q.Who, place, api.Notice{
		Kind: api.NoticeRefused, Text: fmt.Sprintf("%s keeps %s for now", by.Name, b.called(place)), Who: &by, Until: &h.Until,
	})
	return nil
}
