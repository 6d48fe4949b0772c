package events

import (
	"bytes"
	"testing"

	"github.com/farbench/farbench/relay/api"
)

// A room with fifty large messages can still be entered.
func TestSnapshot_IsBounded(t *testing.T) {
	for name, c := range map[string]struct{ size, is int }{
		"small": {100, newest}, "large": {10 << 10, 12}, "as large as they may be": {maxEvent, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var list []*Event
			for seq := range uint64(newest) {
				list = push(list, &Event{seq: seq, Event: api.Event{O: string(rune('A' + seq)), D: bytes.Repeat([]byte("1"), c.size)}})
			}
			docs := documents(list)
			if len(docs) != c.is || docs[len(docs)-1].O != list[newest-1].O {
				t.Errorf("it shows %d, expected %d", len(docs), c.is)
			}
		})
	}
}
