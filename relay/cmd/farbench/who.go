package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type whoCommand struct {
	Bench string `arg:"" optional:"" help:"Only who is at this bench, or holds something there."`
	JSON  bool   `help:"Print the API's documents of people and of reservations, in one."`
}

// Run lists who is here, what they look at and what they hold.
func (c whoCommand) Run(around *surroundings) error {
	return refusing(around, c.JSON, c.list(around))
}

func (c whoCommand) list(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	people, err := relay.People(around.ctx, c.Bench)
	if err != nil {
		return fmt.Errorf("listing who is here: %w", err)
	}
	all, err := around.reservations(relay, c.Bench)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(around.out, struct {
			api.People
			api.AllReservations
		}{people, all})
	}
	parts := partsOf(all)
	var rows [][]string
	for _, p := range people.People {
		rows = append(rows, []string{clean(p.Name), "here for " + short(time.Since(p.Since)), join(append(looks(p), parts[p.ID].words...))})
		delete(parts, p.ID)
	}
	for _, part := range parts { // who is away, and has something to do with a place
		rows = append(rows, []string{clean(part.name), "away", join(part.words)})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(strings.ToLower(a[0]), strings.ToLower(b[0])) })
	if rows == nil {
		fmt.Fprintln(around.out, "nobody is here")
	}
	table(around.out, "", rows, nil)
	return around.offered(relay, all)
}

func join(words []string) string { return strings.Join(words, "; ") }

func looks(p api.Person) []string {
	var list []string
	for _, at := range p.At {
		place := strings.TrimSuffix(at.Bench+"/"+at.Device, "/")
		if at.Run != "" {
			place = strings.TrimPrefix(place+" run "+at.Run, " ")
		}
		list = append(list, clean(place))
	}
	if len(list) == 0 {
		return nil
	}
	return []string{"looks at " + strings.Join(list, ", ")}
}

// part is what somebody has to do with places, in words.
type part struct {
	name  string
	words []string
}

// partsOf says of each person, by id, what they hold, are offered, ask for and
// wait for.
func partsOf(all api.AllReservations) map[string]part {
	parts := map[string]part{}
	add := func(who api.User, words string) {
		parts[who.ID] = part{who.Name, append(parts[who.ID].words, words)}
	}
	for _, doc := range all.Reservations {
		for _, p := range doc.Places {
			place := placeName(doc.Bench, p.Device)
			if p.Holder != nil {
				add(*p.Holder, "holds "+place+" until "+until(*p.Until))
			}
			if p.Offer != nil {
				add(p.Offer.To, "is offered "+place+", "+short(p.Offer.Until.Sub(doc.At))+" left")
			}
			for _, a := range p.Asks {
				add(a.Who, "asks for "+place)
			}
			for _, w := range p.Queue {
				add(w.Who, fmt.Sprintf("waits for %s, number %d", place, w.Position))
			}
		}
	}
	return parts
}
