package events

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/farbench/farbench/relay/api"
)

// Kinds of a room's events at the store, each with a history of its own bound.
const (
	kindMessage = "m"
	kindNotice  = "n"
	kindOther   = "e"
	kindCut     = "c" // says up to where the relays have removed events
)

func kindOf(ev string) string {
	switch ev {
	case Message:
		return kindMessage
	case Notice:
		return kindNotice
	}
	return kindOther
}

// document is an event as it lies in the store; room, offset and time are the
// message's own.
type document struct {
	Ev     string          `json:"ev,omitempty"`
	From   *api.Sender     `json:"from,omitempty"`
	D      json.RawMessage `json:"d,omitempty"`
	Ask    string          `json:"ask,omitempty"`
	Except string          `json:"except,omitempty"`
	To     string          `json:"to,omitempty"`
	ToName string          `json:"to_name,omitempty"`
	Cut    uint64          `json:"cut,omitempty"` // of kindCut
}

// encode keeps d as it is but for blanks between its tokens, so that it stands
// on one line in a frame.
func encode(d Draft) ([]byte, error) {
	doc := document{Ev: d.Ev, From: d.From, Ask: d.Ask, Except: d.Except, To: d.To, ToName: d.ToName}
	if len(d.D) > 0 {
		var line bytes.Buffer
		if err := json.Compact(&line, d.D); err != nil {
			return nil, fmt.Errorf("an event's d is no JSON: %w", err)
		}
		doc.D = line.Bytes()
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return nil, fmt.Errorf("writing an event: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func decode(room string, data []byte) (*Event, error) {
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("reading an event of %s: %w", room, err)
	}
	if doc.D == nil {
		doc.D = json.RawMessage("null")
	}
	return &Event{Event: api.Event{Room: room, Ev: doc.Ev, From: doc.From, To: doc.To, ToName: doc.ToName, D: doc.D}, Ask: doc.Ask, Except: doc.Except}, nil
}
