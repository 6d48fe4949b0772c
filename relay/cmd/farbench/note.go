package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type noteCommand struct {
	Bench string   `arg:"" help:"The bench."`
	Text  []string `arg:"" optional:"" help:"What to pin to it, or - to read it from stdin. Without it its notes are listed."`
	Unpin string   `placeholder:"ID" help:"Take this note away; anybody may."`
	JSON  bool     `help:"Print the API's document."`
}

// Run lists a bench's notes, pins one, or takes one away.
func (c noteCommand) Run(around *surroundings) error {
	if c.Unpin != "" && len(c.Text) > 0 {
		return &usageError{"--unpin and a text", "farbench note " + c.Bench + " TEXT pins one, --unpin ID takes one away"}
	}
	return refusing(around, c.JSON, c.do(around))
}

func (c noteCommand) do(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	pinned := api.NoteRequest{Bench: c.Bench, ID: wire.NewID("n")}
	var doc api.Notes
	switch {
	case c.Unpin != "":
		doc, err = c.unpin(around, relay)
	case len(c.Text) > 0:
		if pinned.Text, err = spoken(c.Text, os.Stdin); err == nil {
			err = again(around.ctx, func() error {
				doc, err = relay.Pin(around.ctx, pinned)
				return err
			})
		}
	default:
		doc, err = relay.Notes(around.ctx, c.Bench)
	}
	switch {
	case err != nil:
		return fmt.Errorf("notes of bench %s: %w", clean(c.Bench), err)
	case c.JSON:
		return printJSON(around.out, doc)
	case c.Unpin != "":
		fmt.Fprintf(around.out, "note %s is off bench %s\n", c.Unpin, clean(c.Bench))
		return nil
	case len(c.Text) > 0:
		fmt.Fprintf(around.out, "pinned: farbench note %s --unpin %s takes it away\n", clean(c.Bench), pinned.ID)
		return nil
	case len(doc.Notes) == 0:
		fmt.Fprintf(around.out, "nothing is pinned to bench %s\n", clean(c.Bench))
	}
	rows := make([][]string, 0, len(doc.Notes))
	for _, n := range doc.Notes {
		rows = append(rows, []string{n.ID, clean(n.By.Name), short(time.Since(n.At)) + " ago", clean(n.Text)})
	}
	table(around.out, "", rows, nil)
	return nil
}

// unpin takes a note away that is there: a mistyped id is told.
func (c noteCommand) unpin(around *surroundings, relay *client.Client) (api.Notes, error) {
	doc, err := relay.Notes(around.ctx, c.Bench)
	if err != nil {
		return doc, err
	}
	if !slices.ContainsFunc(doc.Notes, func(n api.Note) bool { return n.ID == c.Unpin }) {
		var ids []string
		for _, n := range doc.Notes {
			ids = append(ids, n.ID)
		}
		hint := "nothing is pinned to it"
		if ids != nil {
			hint = "there is " + strings.Join(ids, ", ")
		}
		return doc, &wire.Fault{Code: wire.NotFound, Message: "it has no note " + c.Unpin, Hint: hint}
	}
	return relay.Unpin(around.ctx, c.Bench, c.Unpin)
}
