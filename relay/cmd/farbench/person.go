package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
	"github.com/farbench/farbench/relay/legible"
)

// maxListed is how many people a refusal lists.
const maxListed = 20

// person finds whom a word means among those who are here and those who hold,
// wait or ask somewhere: who works at a terminal alone is not here.
func (around *surroundings) person(ctx context.Context, relay *client.Client, word string) (api.User, error) {
	here, err := relay.People(ctx, "")
	if err != nil {
		return api.User{}, fmt.Errorf("looking who is here: %w", err)
	}
	all, err := relay.Reservations(ctx)
	if err != nil {
		return api.User{}, fmt.Errorf("looking who reserved something: %w", err)
	}
	var known []api.User
	for _, p := range here.People {
		known = append(known, api.User{ID: p.ID, Name: p.Name})
	}
	for _, doc := range all.Reservations {
		for _, p := range doc.Places {
			known = append(known, involved(p)...)
		}
	}
	who, err := among(known, word)
	var fault *wire.Fault
	if errors.As(err, &fault) && fault.Code == wire.NotFound && isPersonID(word) {
		return api.User{ID: word, Name: word}, nil // who is away: the relay knows them
	}
	return who, err
}

// isPersonID says whether a word is an id as relays make them.
func isPersonID(word string) bool {
	return wire.ValidID(word) && word[0] == 'p' && len(word) == len(wire.NewID("p"))
}

// involved are those who have to do with a place.
func involved(p api.Place) (list []api.User) {
	if p.Holder != nil {
		list = append(list, *p.Holder)
	}
	if p.Offer != nil {
		list = append(list, p.Offer.To)
	}
	for _, a := range p.Asks {
		list = append(list, a.Who)
	}
	for _, w := range p.Queue {
		list = append(list, w.Who)
	}
	return list
}

// among finds one of several people by name or id. A name is compared as the
// relay does; an id is nobody's but its person's, whatever others call themselves.
func among(known []api.User, word string) (api.User, error) {
	known = slices.Clone(known)
	slices.SortStableFunc(known, func(a, b api.User) int { return strings.Compare(a.ID, b.ID) })
	known = slices.CompactFunc(known, func(a, b api.User) bool { return a.ID == b.ID })
	var found []api.User
	for _, u := range known {
		if u.ID == word {
			return u, nil
		}
		if legible.Fold(u.Name) == legible.Fold(strings.Join(strings.Fields(word), " ")) {
			found = append(found, u)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		hint := "nobody else is either; farbench who lists who is, later"
		if len(known) > 0 {
			hint = "there is " + listed(known, func(u api.User) string { return u.Name }) + "; farbench who lists who is here"
		}
		return api.User{}, &wire.Fault{Code: wire.NotFound, Message: "nobody called " + word + " is here", Hint: hint}
	}
	return api.User{}, &wire.Fault{
		Code: wire.Invalid, Message: fmt.Sprintf("%d people are called %s", len(found), word),
		Hint: "name one by their id: " + listed(found, func(u api.User) string { return u.ID + " (" + u.Name + ")" }),
	}
}

func listed(people []api.User, how func(api.User) string) string {
	words := make([]string, 0, len(people))
	for _, u := range people {
		words = append(words, how(u))
	}
	slices.SortFunc(words, func(a, b string) int { return strings.Compare(legible.Fold(a), legible.Fold(b)) })
	if more := len(words) - maxListed; more > 0 {
		words = append(words[:maxListed], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, ", ")
}
