package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

// where is the place that a command is about.
type where struct {
	Target string `arg:"" name:"bench[/device]" help:"The device, or the whole bench."`
	JSON   bool   `help:"Print the API's document."`
}

// do asks a verb of the place and prints the answer, in words where --json does
// not want the document.
func (w where) do(around *surroundings, verb string, ask func(ctx context.Context, relay *client.Client, bench string, q *api.ReservationRequest) error, words func(api.Reserved) (string, error)) error {
	return refusing(around, w.JSON, func() error {
		relay, bench, device, err := around.place(around.ctx, w.Target)
		if err != nil {
			return err
		}
		q := api.ReservationRequest{Device: device}
		if err := ask(around.ctx, relay, bench, &q); err != nil {
			return err
		}
		place, err := relay.Reserve(around.ctx, bench, verb, q)
		if err != nil {
			return w.hint(fmt.Errorf("%s of %s: %w", verb, w.Target, err))
		}
		said, err := words(place)
		switch {
		case err != nil:
			return err
		case w.JSON:
			return printJSON(around.out, place)
		}
		fmt.Fprintln(around.out, clean(said))
		return nil
	}())
}

// hint says what a refusal leaves to do on the command line.
func (w where) hint(err error) error {
	var fault *wire.Fault
	if errors.As(err, &fault) && fault.Code == wire.NotYours {
		fault.Hint += "; farbench queue lists who holds what, farbench ask " + w.Target + " asks for it"
	}
	return err
}

func (w where) yours(place api.Reserved) string {
	return w.Target + " is yours until " + until(*place.Until)
}

type askCommand struct {
	where `embed:""`
	Note  string `help:"What for; its holder sees it."`
}

// Run asks whoever holds a place to hand it over.
func (c askCommand) Run(around *surroundings) error {
	return c.do(around, "ask", func(_ context.Context, relay *client.Client, bench string, q *api.ReservationRequest) error {
		q.Note = c.Note
		return around.exists(relay, bench, q.Device)
	}, func(place api.Reserved) (string, error) {
		switch {
		case place.Granted:
			return c.yours(place), nil
		case place.Holder == nil:
			return "", &wire.Fault{Code: wire.NotYours, Message: "nobody holds " + c.Target + ": there is nobody to ask", Hint: "farbench reserve " + c.Target}
		}
		return place.Holder.Name + " is asked for " + c.Target + "; farbench notices --follow tells you the answer", nil
	})
}

type handCommand struct {
	where  `embed:""`
	Person string `arg:"" help:"Who is to have it: a name, or an id."`
	Note   string `help:"What they should know."`
}

// Run offers a place to somebody, who has a minute to answer.
func (c handCommand) Run(around *surroundings) error {
	var to api.User
	return c.do(around, "hand", func(ctx context.Context, relay *client.Client, _ string, q *api.ReservationRequest) (err error) {
		to, err = around.person(ctx, relay, c.Person)
		q.To, q.Note = to.ID, c.Note
		return err
	}, func(place api.Reserved) (string, error) {
		switch {
		case place.Granted && place.Holder.ID == to.ID:
			return "", &wire.Fault{Code: wire.Invalid, Message: c.Target + " is yours already", Hint: "name somebody else: farbench who lists who is here"}
		case place.Holder != nil && place.Holder.ID == to.ID:
			return fmt.Sprintf("%s has %s until %s; farbench ask %s asks for it back", to.Name, c.Target, until(*place.Until), c.Target), nil
		}
		words := fmt.Sprintf("%s is offered to %s", c.Target, to.Name)
		if place.Offer != nil {
			words += ", who has until " + until(place.Offer.Until) + " to accept; it is yours till then"
		}
		return words + "; farbench notices --follow tells you the answer", nil
	})
}

type answerCommand struct {
	where  `embed:""`
	Accept string `arg:"" name:"yes|no" enum:"yes,no" help:"yes takes it over, no leaves it with its holder."`
}

// Run answers an offer.
func (c answerCommand) Run(around *surroundings) error {
	accept := c.Accept == "yes"
	return c.do(around, "answer", func(_ context.Context, _ *client.Client, _ string, q *api.ReservationRequest) error {
		q.Accept = &accept
		return nil
	}, func(place api.Reserved) (string, error) {
		switch {
		case place.Granted && !accept:
			return c.yours(place) + " already; farbench release " + c.Target + " gives it back", nil
		case place.Granted:
			return c.yours(place), nil
		case place.Holder == nil:
			return c.Target + " is free", nil
		}
		return place.Holder.Name + " keeps " + c.Target, nil
	})
}

type refuseCommand struct {
	where  `embed:""`
	Person string `arg:"" help:"Who asks: a name, or an id."`
}

// Run refuses an ask.
func (c refuseCommand) Run(around *surroundings) error {
	var who api.User
	return c.do(around, "refuse", func(ctx context.Context, relay *client.Client, bench string, q *api.ReservationRequest) (err error) {
		who, err = c.asking(ctx, around, relay, bench, q.Device)
		q.Who = who.ID
		return err
	}, func(api.Reserved) (string, error) {
		return who.Name + " is told that you keep " + c.Target + " for now", nil
	})
}

// asking finds who is meant among those who ask. Who asks for a device of a bench
// that is held as a whole asks its holder.
func (c refuseCommand) asking(ctx context.Context, around *surroundings, relay *client.Client, bench, device string) (api.User, error) {
	all, err := relay.Reservations(ctx)
	if err != nil {
		return api.User{}, fmt.Errorf("looking who asks: %w", err)
	}
	var ask []api.User
	for _, doc := range all.Reservations {
		for _, p := range doc.Places {
			if doc.Bench == bench && (p.Device == device || p.Device == "") {
				for _, a := range p.Asks {
					ask = append(ask, a.Who)
				}
			}
		}
	}
	who, err := among(ask, c.Person)
	var fault *wire.Fault
	if errors.As(err, &fault) && fault.Code == wire.NotFound {
		fault.Message, fault.Hint = c.Person+" does not ask for "+c.Target, "nobody does"
		if len(ask) > 0 {
			fault.Hint = "there asks " + listed(slices.Clone(ask), func(u api.User) string { return u.Name })
		}
	}
	return who, err
}
