package modules

import (
	"context"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/booking"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/reservation"
)

// ofReservations lets people ask for reservations, a request for each verb, and
// tells of a bench's as state of its room and the lab's.
func ofReservations(books *booking.Books) gateway.Maker {
	const event = "reservations"
	return func(g *gateway.Gateway) gateway.Module {
		books.OnChange(func(doc api.Reservations) {
			for _, room := range []string{gateway.RoomLab, gateway.RoomBench + doc.Bench} {
				g.Tell(room, event+":"+doc.Bench, event, doc)
			}
		})
		requests := map[string]gateway.Request{
			"reservations.get": func(_ context.Context, q gateway.Question) (any, error) {
				var in struct {
					Bench string `json:"bench"`
				}
				if err := q.Read(&in); err != nil {
					return nil, err
				}
				if !wire.ValidID(in.Bench) {
					return nil, &wire.Fault{Code: wire.Invalid, Message: `d names the bench: {"bench":"…"}`}
				}
				return books.Of(in.Bench), nil
			},
		}
		for _, verb := range reservation.Verbs {
			requests["reservation."+string(verb)] = func(ctx context.Context, q gateway.Question) (any, error) {
				var in api.ReservationRequest
				if err := q.Read(&in); err != nil {
					return nil, err
				}
				return books.Do(ctx, in.Bench, q.By, verb, in)
			}
		}
		return gateway.Module{
			Requests: requests,
			Reads:    []string{"reservations.get"},
			Events:   []string{event},
			Snapshot: func(_ context.Context, r gateway.Room, parts *api.Parts) error {
				switch {
				case r.Prefix == gateway.RoomUser:
					return nil
				case !books.Loaded():
					return gateway.Loading
				case r.Prefix == gateway.RoomLab:
					parts.Reservations = books.All()
				case r.Prefix == gateway.RoomBench:
					parts.Reservations = []api.Reservations{books.Of(r.ID)}
				}
				return nil
			},
		}
	}
}
