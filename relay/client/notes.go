package client

import (
	"context"

	"github.com/farbench/farbench/relay/api"
)

// Notes are what people pinned to a bench.
func (c *Client) Notes(ctx context.Context, bench string) (api.Notes, error) {
	return c.note(ctx, "notes.get", api.NoteRequest{Bench: bench})
}

// Pin pins a note. With an id of the caller's it is safe to ask again.
func (c *Client) Pin(ctx context.Context, q api.NoteRequest) (api.Notes, error) {
	return c.note(ctx, "note.pin", q)
}

// Unpin takes a note away; one that is gone is no error.
func (c *Client) Unpin(ctx context.Context, bench, id string) (api.Notes, error) {
	return c.note(ctx, "note.unpin", api.NoteRequest{Bench: bench, ID: id})
}

func (c *Client) note(ctx context.Context, m string, q api.NoteRequest) (api.Notes, error) {
	var notes api.Notes
	return notes, c.Request(ctx, m, q, &notes)
}
