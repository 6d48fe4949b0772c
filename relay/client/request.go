package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Request asks m of the relay and reads its answer into answer. Who asks again
// after an answer that was lost makes the ids in d.
func (c *Client) Request(ctx context.Context, m string, d, answer any) error {
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	body, err = c.once(ctx, api.Frame{T: "req", M: m, D: body})
	if fault := unanswered(err); fault != nil {
		fault.Retry = true
		return fault
	} else if err != nil {
		return err
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("reading the relay's answer: %w", err)
	}
	return nil
}

// lostAnswer is that a question was on its way and no answer came.
type lostAnswer struct{ fault *wire.Fault }

func (l *lostAnswer) Error() string { return l.fault.Error() }
func (l *lostAnswer) Unwrap() error { return l.fault }

// unanswered is what to say of a question whose answer was lost; nil: it was
// answered, or never asked.
func unanswered(err error) *wire.Fault {
	var lost *lostAnswer
	if !errors.As(err, &lost) {
		return nil
	}
	fault := *lost.fault // of the connection: others may read it
	return &fault
}

// once asks one question on a connection of its own.
func (c *Client) once(ctx context.Context, question api.Frame) (json.RawMessage, error) {
	b, err := c.dial(ctx, "/ws", nil)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	b.mu.Lock()
	b.last++
	i := b.last
	answer := make(chan api.Frame, 1) // answered once
	b.asked[i] = answer
	b.mu.Unlock()
	question.I = &i
	return b.await(ctx, question, answer)
}
