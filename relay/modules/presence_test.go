package modules

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/presence"
)

// here is who is here, as a test says; nothing else is to be asked of it.
type here struct {
	Crowd
	people map[string][]api.Person
}

func (h here) In(room string) []api.Person { return h.people[room] }
func (h here) Watch(func(presence.Change)) {}

func TestPresence_ASnapshotShowsWhoIsInTheRoom(t *testing.T) {
	ada := []api.Person{{ID: "p-ada", Name: "Ada"}}
	m := ofPresence(here{people: map[string][]api.Person{"lab": ada, "bench:b1": ada, "user:p-ada": ada, "run:r1": ada}})(nil)
	for name, want := range map[string][]api.Person{"lab": ada, "bench:b1": ada, "bench:b2": nil, "user:p-ada": nil, "run:r1": nil} {
		room, ok := gateway.ParseRoom(name)
		if !ok {
			t.Fatalf("%s is no room", name)
		}
		var parts api.Parts
		if err := m.Snapshot(t.Context(), room, &parts); err != nil || !reflect.DeepEqual(parts.People, want) {
			t.Errorf("%s shows %+v, expected %+v (%v)", name, parts.People, want, err)
		}
	}
}

func TestPresence_LookNamesWhatThereMayBe(t *testing.T) {
	look := ofPresence(here{})(nil).Requests["look"]
	for _, d := range []string{`{"bench":"*"}`, `{"bench":"b.1"}`, `{"device":"d1"}`, `{"bench":"b1","device":">"}`, `{"run":"../x"}`, `[]`, ``} {
		_, err := look(context.Background(), gateway.Question{D: []byte(d)})
		var fault *wire.Fault
		if !errors.As(err, &fault) || fault.Code != wire.Invalid {
			t.Errorf("look %s is answered %v", d, err)
		}
	}
}
