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
	Bench string `arg:"" optional:"" help:"Only those who are at this bench."`
	JSON  bool   `help:"Print the API's document."`
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
	if c.JSON {
		return printJSON(around.out, people)
	}
	all, err := relay.Reservations(around.ctx)
	if err != nil {
		return fmt.Errorf("listing reservations: %w", err)
	}
	held := holdings(all)
	var rows [][]string
	for _, p := range people.People {
		rows = append(rows, []string{clean(p.Name), "here for " + short(time.Since(p.Since)), looks(p), holds(held[p.ID])})
		delete(held, p.ID)
	}
	for _, list := range held { // who is away, and holds something
		if c.Bench == "" {
			rows = append(rows, []string{clean(list[0].name), "away", "", holds(list)})
		}
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(strings.ToLower(a[0]), strings.ToLower(b[0])) })
	if rows == nil {
		fmt.Fprintln(around.out, "nobody is here")
	}
	table(around.out, "", rows, nil)
	return nil
}

func looks(p api.Person) string {
	var list []string
	for _, at := range p.At {
		place := strings.TrimSuffix(at.Bench+"/"+at.Device, "/")
		if at.Run != "" {
			place = strings.TrimPrefix(place+" run "+at.Run, " ")
		}
		list = append(list, clean(place))
	}
	if len(list) == 0 {
		return ""
	}
	return "looks at " + strings.Join(list, ", ")
}

type holding struct {
	name, place string
	until       time.Time
}

// holdings are what each person holds, by id.
func holdings(all api.AllReservations) map[string][]holding {
	held := map[string][]holding{}
	for _, doc := range all.Reservations {
		for _, p := range doc.Places {
			if p.Holder != nil {
				place := strings.TrimSuffix(doc.Bench+"/"+p.Device, "/")
				held[p.Holder.ID] = append(held[p.Holder.ID], holding{p.Holder.Name, place, *p.Until})
			}
		}
	}
	return held
}

func holds(list []holding) string {
	words := make([]string, len(list))
	for i, h := range list {
		words[i] = clean(h.place) + " until " + until(h.until)
	}
	if len(words) == 0 {
		return ""
	}
	return "holds " + strings.Join(words, ", ")
}
