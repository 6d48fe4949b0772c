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
		if line[0] != '{' {
			return errNotObject
		}
		var m Message
		if err := json.Unmarshal(line, &m.Frame); err != nil {
			var wrong *json.UnmarshalTypeError
			if !errors.As(err, &wrong) {
				return errNotObject
			}
			m.Bad = err
		}
		if !yield(m) {
			return nil
		}
	}
	return nil
}
