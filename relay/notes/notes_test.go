package notes

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
)

func TestPin_TextThatCannotBeSeen(t *testing.T) {
	for _, text := range []string{"a\u202eb", "a\u2028b", "\ufeffa b\ufeff", "a\U000E0041", "a\ab"} {
		d, _ := json.Marshal(api.NoteRequest{Bench: "b1", Text: text})
		_, err := (&notes{}).pin(t.Context(), gateway.Question{D: d})
		var fault *wire.Fault
		if !errors.As(err, &fault) || fault.Code != wire.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Who only looks at notes is not kept for it.
func TestModule_LookingAtNotesIsNoAct(t *testing.T) {
	m := Module(nil, nil, time.Now)(nil)
	if !slices.Equal(m.Reads, []string{"notes.get"}) {
		t.Errorf("what records nothing under the asker's id: %q", m.Reads)
	}
}
