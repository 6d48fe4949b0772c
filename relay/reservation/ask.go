package reservation

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/legible"
)

// Verb is what is asked of a place.
type Verb string

const (
	Reserve Verb = "reserve"
	Extend  Verb = "extend"
	Release Verb = "release" // leaves the queue, too
	Take    Verb = "take"
	Ask     Verb = "ask"
	Hand    Verb = "hand"
	Answer  Verb = "answer"
	Refuse  Verb = "refuse"
)

// Verbs are all of them.
var Verbs = []Verb{Reserve, Extend, Release, Take, Ask, Hand, Answer, Refuse}

// Check lists every mistake of a request at once.
func Check(verb Verb, q api.ReservationRequest) error {
	var wrong []string
	if !slices.Contains(Verbs, verb) {
		return &wire.Fault{Code: wire.NotFound, Message: fmt.Sprintf("there is no request reservation.%.20s", verb), Hint: fmt.Sprint("there are ", Verbs)}
	}
	if q.Device != Whole && !wire.ValidDeviceID(q.Device) {
		wrong = append(wrong, "device must be a device's id, or missing for the whole bench")
	}
	if q.ForS != nil && (*q.ForS < int(MinFor.Seconds()) || *q.ForS > int(MaxFor.Seconds())) {
		wrong = append(wrong, fmt.Sprintf("for_s must be %d to %d: a minute to a day from now", int(MinFor.Seconds()), int(MaxFor.Seconds())))
	}
	if bad := badText(q.Note); bad != "" {
		wrong = append(wrong, "note "+bad)
	}
	if bad := badText(q.Reason); bad != "" {
		wrong = append(wrong, "reason "+bad)
	}
	switch verb {
	case Take:
		if strings.TrimSpace(q.Reason) == "" {
			wrong = append(wrong, "reason is missing: whoever loses the place is told why")
		}
	case Hand:
		if !wire.ValidID(q.To) {
			wrong = append(wrong, "to must be the id of the person who is to have it")
		}
	case Refuse:
		if !wire.ValidID(q.Who) {
			wrong = append(wrong, "who must be the id of the person who asks")
		}
	case Answer:
		if q.Accept == nil {
			wrong = append(wrong, "accept must be true or false")
		}
	}
	if wrong != nil {
		return &wire.Fault{Code: wire.Invalid, Message: strings.Join(wrong, "; "), Hint: "correct this and ask again"}
	}
	return nil
}

func badText(text string) string {
	switch {
	case strings.ContainsAny(text, "\r\n"):
		return "must be one line of text"
	case utf8.RuneCountInString(text) > MaxNote:
		return fmt.Sprintf("has at most %d characters", MaxNote)
	}
	return legible.Bad(text, "")
}

// Do does what a person asks at a moment, after time has passed up to it. to is
// the person that Hand names. After an error the book is not to be stored.
func (b *Book) Do(now time.Time, by api.User, verb Verb, q api.ReservationRequest, to api.User) (api.Reserved, error) {
	if err := Check(verb, q); err != nil {
		return api.Reserved{}, err
	}
	b.Pass(now)
	var err error
	switch verb {
	case Reserve:
		err = b.reserve(by, q)
	case Extend:
		err = b.extend(by, q)
	case Release:
		b.release(by, q.Device)
	case Take:
		err = b.take(by, q)
	case Ask:
		err = b.ask(by, q)
	case Hand:
		err = b.hand(by, q, to)
	case Answer:
		err = b.answer(by, q)
	case Refuse:
		err = b.refuse(by, q)
	}
	if err != nil {
		return api.Reserved{}, err
	}
	b.serve()
	return b.reserved(q.Device, by.ID), nil
}

// until is when a reservation for as long as asked ends.
func (b *Book) until(q api.ReservationRequest) time.Time {
	if q.ForS == nil {
		return b.At.Add(DefaultFor)
	}
	return b.At.Add(seconds(*q.ForS))
}

// holds is the place by which a person holds what is asked for: itself, or the
// whole bench.
func (b *Book) holds(who, place string) (*Hold, string) {
	for _, p := range []string{place, Whole} {
		if h := b.Held[p]; h != nil && h.Who.ID == who {
			return h, p
		}
	}
	return nil, ""
}

func (b *Book) reserve(by api.User, q api.ReservationRequest) error {
	if h, _ := b.holds(by.ID, q.Device); h != nil {
		return nil
	}
	if slices.ContainsFunc(b.Queue, func(w Waiter) bool { return w.Device == q.Device && w.Who.ID == by.ID }) {
		return nil
	}
	if err := b.another(q.Device); err != nil {
		return err
	}
	until := b.until(q)
	if b.free(q.Device, by.ID, b.Queue) {
		b.Tickets++
		b.grant(q.Device, Hold{Who: by, Since: b.At, Until: until}, "reserved", nil, q.Note, b.Tickets)
		return nil
	}
	if q.Queue != nil && !*q.Queue {
		return b.busy(by.ID, q.Device)
	}
	if len(b.Queue) >= MaxQueue {
		return &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("%d wait at bench %s", len(b.Queue), b.Bench), Hint: "ask again when some of them were served", Retry: true}
	}
	b.Tickets++
	b.Queue = append(b.Queue, Waiter{
		Device: q.Device, Who: by, Since: b.At, ForS: int(until.Sub(b.At) / time.Second), Note: q.Note, Ticket: b.Tickets,
	})
	return nil
}

// another says whether a place fits into the book.
func (b *Book) another(place string) error {
	if _, known := b.Epochs[place]; place == Whole || known || len(b.Epochs) < MaxPlaces {
		return nil
	}
	return &wire.Fault{Code: wire.TooMany, Message: "bench " + b.Bench + " has had too many places", Hint: "reserve the whole bench"}
}

func (b *Book) extend(by api.User, q api.ReservationRequest) error {
	h, place := b.holds(by.ID, q.Device)
	if h == nil {
		return b.notYours(q.Device, "reserve it, or wait for it")
	}
	until := b.until(q)
	if !until.After(h.Until) {
		return nil
	}
	if w := b.next(place); w != nil {
		if until.Sub(h.Until) < askedAgain {
			return nil // granted before they came, and the answer was lost
		}
		return &wire.Fault{
			Code: wire.Reserved, Message: fmt.Sprintf("%s waits for %s, so it passes on at %s", w.Who.Name, b.called(w.Device), h.Until.Format("15:04:05 MST")),
			Hint: "ask them to leave the queue, or wait in it as well when your time is over",
		}
	}
	h.Until = until
	h.Warned = warnedAt(until.Sub(b.At))
	return nil
}

// askedAgain is how much later the same request may come once more.
const askedAgain = 10 * time.Second

// next is who has waited longest for a place, or for something that it is in the
// way of; nil: nobody but its holder does. While there is one, a reservation
// lasts for the time that was asked for before they came: else the first one to
// come would keep it for ever.
func (b *Book) next(place string) *Waiter {
	h := b.Held[place]
	for i, w := range b.Queue {
		if h != nil && touch(place, w.Device) && w.Who.ID != h.Who.ID {
			return &b.Queue[i]
		}
	}
	return nil
}

// release is done however often it is asked: what is somebody else's meanwhile
// stays theirs.
func (b *Book) release(by api.User, place string) {
	b.Queue = slices.DeleteFunc(b.Queue, func(w Waiter) bool { return w.Device == place && w.Who.ID == by.ID })
	if h := b.Held[place]; h != nil && h.Who.ID == by.ID {
		b.end(place, "released", nil, "")
	}
}

// take ends whatever reservations of others are in the way. Where there are none
// it would only pass the queue by: who holds a part takes the rest, and who waits
// for either is served first, as by extend.
func (b *Book) take(by api.User, q api.ReservationRequest) error {
	if h, _ := b.holds(by.ID, q.Device); h != nil {
		return nil
	}
	if h := b.Held[Whole]; h != nil && q.Device != Whole {
		return &wire.Fault{
			Code: wire.Reserved, Message: fmt.Sprintf("%s holds the whole bench %s", h.Who.Name, b.Bench),
			Hint: "take over the whole bench (leave out the device), or ask for control",
		}
	}
	if err := b.another(q.Device); err != nil {
		return err
	}
	reason := strings.TrimSpace(q.Reason)
	inTheWay := slices.DeleteFunc(b.places(), func(p string) bool { return !touch(p, q.Device) || b.Held[p].Who.ID == by.ID })
	if len(inTheWay) == 0 {
		if i := slices.IndexFunc(b.Queue, func(w Waiter) bool { return touch(w.Device, q.Device) }); i >= 0 && b.Queue[i].Who.ID != by.ID {
			w := b.Queue[i]
			return &wire.Fault{
				Code: wire.Reserved, Message: fmt.Sprintf("%s waits for %s, and nobody else is in the way", w.Who.Name, b.called(w.Device)),
				Hint: "wait in the queue as well, or ask them to leave it",
			}
		}
	}
	for _, place := range inTheWay {
		b.end(place, "taken", &by, reason)
	}
	b.grant(q.Device, Hold{Who: by, Since: b.At, Until: b.until(q), Reason: reason}, "taken", nil, reason, 0)
	return nil
}

// busy says who is in the way of a person.
func (b *Book) busy(who, place string) *wire.Fault {
	for _, held := range b.places() {
		if h := b.Held[held]; touch(place, held) && h.Who.ID != who {
			return ReservedBy(b.Bench, place, held, h)
		}
	}
	return &wire.Fault{
		Code: wire.Reserved, Message: fmt.Sprintf("others wait for %s", b.called(place)), Hint: "wait in the queue as well, or watch",
	}
}

// ReservedBy says who holds what is asked for.
func ReservedBy(bench, place, held string, h *Hold) *wire.Fault {
	what := place + " on " + bench
	if held == Whole {
		what = "the whole bench " + bench
	} else if place == Whole {
		what = held + " on " + bench
	}
	return &wire.Fault{
		Code: wire.Reserved, Message: fmt.Sprintf("%s holds %s until %s", h.Who.Name, what, h.Until.Format("15:04:05 MST")),
		Hint: "wait in the queue, ask for control, or watch what runs there",
	}
}

func (b *Book) notYours(place, hint string) *wire.Fault {
	message := "nobody holds " + b.called(place)
	if h, _ := b.Driver(place); h != nil {
		message = fmt.Sprintf("%s holds %s", h.Who.Name, b.called(place))
	}
	return &wire.Fault{Code: wire.NotYours, Message: message, Hint: hint}
}
