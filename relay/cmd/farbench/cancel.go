package main

import (
	"fmt"

	"github.com/farbench/farbench/relay/client"
)

type cancelCommand struct {
	Run_ string `arg:"" name:"run" help:"The run's id."`
}

func (c cancelCommand) Run(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	if err := relay.Cancel(around.ctx, c.Run_); err != nil {
		return fmt.Errorf("cancelling run %s: %w", c.Run_, err)
	}
	return nil
}
