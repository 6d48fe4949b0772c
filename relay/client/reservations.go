package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/farbench/farbench/relay/api"
)

// Reservations are those of all benches where somebody holds or waits.
func (c *Client) Reservations(ctx context.Context) (api.AllReservations, error) {
	var all api.AllReservations
	return all, c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/reservations", nil, nil, &all)
}

// Reserve asks something of a place: reserve, extend, release, take, … An
// answer that was lost may be asked for again.
func (c *Client) Reserve(ctx context.Context, bench, verb string, q api.ReservationRequest) (api.Reserved, error) {
	var place api.Reserved
	path := "/api/v1/benches/" + url.PathEscape(bench) + "/reservations/" + url.PathEscape(verb)
	return place, c.ask(ctx, answerWithin, http.MethodPost, path, nil, q, &place)
}

// Me says who the relay takes this client for.
func (c *Client) Me(ctx context.Context) (api.User, error) {
	var signed api.SignedIn
	err := c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/session", nil, nil, &signed)
	return signed.User, err
}
