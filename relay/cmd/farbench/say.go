package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/client"
)

type sayCommand struct {
	To   string   `arg:"" help:"lab: everybody; BENCH: those at this bench; @NAME: a person."`
	Text []string `arg:"" help:"What to say, or - to read it from stdin."`
	JSON bool     `help:"Print the API's document."`
}

// maxSaid is what is read of stdin: more than a message holds, so that too much
// is refused and not cut.
const maxSaid = 1 << 20

// Run says something, and ends once the relay keeps it.
func (c sayCommand) Run(around *surroundings) error {
	return refusing(around, c.JSON, c.say(around, os.Stdin))
}

func (c sayCommand) say(around *surroundings, in io.Reader) error {
	text, err := spoken(c.Text, in)
	if err != nil {
		return err
	}
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	to, err := c.room(around, relay)
	if err != nil {
		return err
	}
	said, err := relay.Say(around.ctx, to, text)
	if err != nil {
		return fmt.Errorf("saying it to %s: %w", clean(c.To), err)
	}
	if c.JSON {
		return printJSON(around.out, said)
	}
	return nil
}

// spoken is what the words say, or stdin where they are -.
func spoken(words []string, in io.Reader) (string, error) {
	text := strings.Join(words, " ")
	if text == "-" {
		read, err := io.ReadAll(io.LimitReader(in, maxSaid))
		if err != nil {
			return "", fmt.Errorf("reading what to say: %w", err)
		}
		text = strings.TrimRight(string(read), "\r\n")
	}
	if strings.TrimSpace(text) == "" {
		return "", &wire.Fault{Code: wire.Invalid, Message: "there is nothing to say", Hint: "write it in quotes: \"the bench is free\""}
	}
	return text, nil
}

// room is where whoever is meant hears it.
func (c sayCommand) room(around *surroundings, relay *client.Client) (string, error) {
	name, isPerson := strings.CutPrefix(c.To, "@")
	switch {
	case c.To == "lab":
		return "lab", nil
	case !isPerson:
		return "bench:" + strings.TrimPrefix(c.To, "bench:"), nil
	}
	who, err := around.person(around.ctx, relay, name)
	return "user:" + who.ID, err
}
