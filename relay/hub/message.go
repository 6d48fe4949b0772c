package hub

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/farbench/farbench/relay/api"
)

// What a text frame cannot be; the connection closes as malformed.
var (
	errNotObject = errors.New("every message is a JSON object")
	errNotUTF8   = errors.New("a text frame is valid UTF-8") // else the decoder would put U+FFFD and run another command
)

// Message is a client's message. Bad says what is wrong with its fields; its
// kind and number are read as far as they can be, so that it can be answered,
// or passed over where the kind is unknown.
type Message struct {
	api.Frame
	Bad error
}

// Decode yields the newline-joined messages of a text frame. It ends with an
// error at the first that is no JSON object; those before it were yielded.
func Decode(payload []byte, yield func(Message) bool) error {
	if !utf8.Valid(payload) {
		return errNotUTF8
	}
	for len(payload) > 0 {
		line := payload
		if at := bytes.IndexByte(payload, '\n'); at >= 0 {
			line, payload = payload[:at], payload[at+1:]
		} else {
			payload = nil
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		m, err := Parse(line)
		if err != nil {
			return err
		}
		if !yield(m) {
			return nil
		}
	}
	return nil
}

// Parse reads one message of valid UTF-8. An error says that it is no JSON
// object.
func Parse(text []byte) (Message, error) {
	var m Message
	if len(text) == 0 || text[0] != '{' {
		return m, errNotObject
	}
	if err := json.Unmarshal(text, &m.Frame); err != nil {
		var wrong *json.UnmarshalTypeError
		if !errors.As(err, &wrong) {
			return m, errNotObject
		}
		m.Bad = err
		var asked struct {
			I *int64 `json:"i"`
		}
		if json.Unmarshal(text, &asked) != nil {
			m.I = nil // else the decoder's 0 would answer a question that nobody asked
		}
	}
	return m, nil
}
