package main

import (
	"fmt"

	"github.com/farbench/farbench/relay/client"
)

type linkCommand struct {
	JSON bool `help:"Print {\"url\":…}."`
}

func (c linkCommand) Run(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	link, err := relay.Link(around.ctx)
	if err != nil {
		return fmt.Errorf("making a link: %w", err)
	}
	if c.JSON {
		return printJSON(around.out, map[string]string{"url": link})
	}
	_, err = fmt.Fprintln(around.out, link)
	return err
}
