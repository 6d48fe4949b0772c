package api

import (
	"encoding/json"
	"time"
)

// Sender is whose connection sent an event; Conn is empty where it came over
// HTTP.
type Sender struct {
	Conn string `json:"conn,omitempty"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// UnmarshalJSON passes over a text: the from of a gap is an offset, in the same
// place of a Frame.
func (s *Sender) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return nil
	}
	type plain Sender
	return json.Unmarshal(data, (*plain)(s))
}

// Event is what somebody, or the relay itself (no From), said in a room. At is
// the store's clock. As a frame it is a pub with the same fields.
//
// A message to a person is kept in the sender's own room too, so that all of the
// sender's tabs and devices have it: there To is whom it was said to, user:<id>,
// and ToName how they were called.
type Event struct {
	O      string          `json:"o"`
	Room   string          `json:"room"`
	Ev     string          `json:"ev"`
	From   *Sender         `json:"from,omitempty"`
	To     string          `json:"to,omitempty"`
	ToName string          `json:"to_name,omitempty"`
	At     time.Time       `json:"at"`
	D      json.RawMessage `json:"d"`
}
