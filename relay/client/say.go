package client

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/farbench/farbench/relay/api"
)

// Said is where a message stands in its room.
type Said struct {
	Offset string `json:"o"`
}

// Say tells a text to the room lab or bench:<id>, or to user:<id>, as event
// message. It returns once the relay has stored it; without an answer nobody
// knows whether it has.
func (c *Client) Say(ctx context.Context, to, text string) (Said, error) {
	d, err := json.Marshal(text)
	if err != nil {
		return Said{}, err
	}
	event := api.Frame{T: "evt", Room: to, D: d}
	if strings.HasPrefix(to, "user:") {
		event.Room, event.To = "", to
	}
	body, err := c.once(ctx, event)
	if fault := unanswered(err); fault != nil {
		// A message has no id that would tell it from the same one said again.
		fault.Retry, fault.Hint = false, "it may have been said: look there before you say it again"
		return Said{}, fault
	} else if err != nil {
		return Said{}, err
	}
	var said Said
	if err := json.Unmarshal(body, &said); err != nil {
		return Said{}, fmt.Errorf("reading the relay's answer: %w", err)
	}
	return said, nil
}
