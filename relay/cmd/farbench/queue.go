package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type queueCommand struct {
	Bench string `arg:"" optional:"" help:"One bench alone."`
	JSON  bool   `help:"Print the API's document."`
}

// Run lists who holds what until when, who waits and asks for it, and to whom it
// is offered.
func (c queueCommand) Run(around *surroundings) error {
	return refusing(around, c.JSON, c.list(around))
}

func (c queueCommand) list(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	chosen, err := around.reservations(relay, c.Bench)
	if err != nil {
		return err
	}
	if c.Bench != "" && len(chosen.Reservations) == 0 {
		benches, err := relay.Benches(around.ctx)
		if err != nil {
			return fmt.Errorf("looking for %s: %w", c.Bench, err)
		}
		if find(benches.Benches, c.Bench) == nil {
			return noBench(benches.Benches, c.Bench)
		}
	}
	if c.JSON {
		return printJSON(around.out, chosen)
	}
	var rows [][]string
	for _, doc := range chosen.Reservations {
		for _, p := range doc.Places {
			rows = append(rows, placeRows(doc, p)...)
		}
	}
	if rows == nil {
		fmt.Fprintln(around.out, "nobody has reserved anything")
	}
	table(around.out, "", rows, nil)
	return around.offered(relay, chosen)
}

// reservations are those of a bench, or of all.
func (around *surroundings) reservations(relay *client.Client, bench string) (api.AllReservations, error) {
	all, err := relay.Reservations(around.ctx)
	if err != nil {
		return all, fmt.Errorf("listing reservations: %w", err)
	}
	chosen := api.AllReservations{Reservations: []api.Reservations{}}
	for _, doc := range all.Reservations {
		if bench == "" || doc.Bench == bench {
			chosen.Reservations = append(chosen.Reservations, doc)
		}
	}
	return chosen, nil
}

// offered says what waits for this person's answer, and how to give it.
func (around *surroundings) offered(relay *client.Client, all api.AllReservations) error {
	var me api.User // asked where somebody is offered something
	for _, doc := range all.Reservations {
		for _, p := range doc.Places {
			if p.Offer == nil {
				continue
			}
			if me.ID == "" {
				var err error
				if me, err = relay.Me(around.ctx); err != nil {
					return fmt.Errorf("asking who you are: %w", err)
				}
			}
			if p.Offer.To.ID == me.ID {
				place := placeName(doc.Bench, p.Device)
				fmt.Fprintf(around.out, "%s is offered to you, %s left: farbench answer %s yes|no\n", place, short(p.Offer.Until.Sub(doc.At)), place)
			}
		}
	}
	return nil
}

func placeName(bench, device string) string { return clean(strings.TrimSuffix(bench+"/"+device, "/")) }

// placeRows are a place's holder, and below who has to do with it.
func placeRows(doc api.Reservations, p api.Place) [][]string {
	rows := [][]string{held(doc, p)}
	if o := p.Offer; o != nil {
		rows = append(rows, []string{"", "offered to " + clean(o.To.Name), short(o.Until.Sub(doc.At)) + " left", clean(o.Note)})
	}
	for _, a := range p.Asks {
		rows = append(rows, []string{"", clean(a.Who.Name) + " asks", short(doc.At.Sub(a.Since)) + " ago", clean(a.Note)})
	}
	for _, w := range p.Queue {
		rows = append(rows, []string{"", fmt.Sprintf("%d. %s", w.Position, clean(w.Who.Name)), "for " + short(time.Duration(w.ForS)*time.Second), clean(w.Note)})
	}
	return rows
}

func held(doc api.Reservations, p api.Place) []string {
	name := placeName(doc.Bench, p.Device)
	if p.Holder == nil {
		return []string{name, "nobody", "", ""}
	}
	more := clean(p.Reason)
	if p.IdleSince != nil {
		more = strings.TrimPrefix(more+", idle for "+short(doc.At.Sub(*p.IdleSince)), ", ")
	}
	return []string{name, clean(p.Holder.Name), "until " + until(*p.Until), more}
}
