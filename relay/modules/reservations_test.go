package modules

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/booking"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/jobs"
	"github.com/farbench/farbench/relay/reservation"
)

func roomOf(t *testing.T, name string) gateway.Room {
	t.Helper()
	room, ok := gateway.ParseRoom(name)
	if !ok {
		t.Fatalf("%s is no room", name)
	}
	return room
}

// expectInvalid wants each of the texts to be refused by every request as
// nothing that it takes, with a message that says what is wrong.
func expectInvalid(t *testing.T, requests map[string]gateway.Request, names []string, texts ...string) {
	t.Helper()
	for _, name := range names {
		ask := requests[name]
		if ask == nil {
			t.Errorf("there is no request %s", name)
			continue
		}
		for _, d := range texts {
			_, err := ask(context.Background(), gateway.Question{D: []byte(d)})
			var fault *wire.Fault
			if !errors.As(err, &fault) || fault.Code != wire.Invalid || fault.Message == "" {
				t.Errorf("%s %s is answered %v", name, d, err)
			}
		}
	}
}

func TestReservations_EveryVerbIsARequestAndLooksAtItsDocument(t *testing.T) {
	m := ofReservations(booking.New(booking.Config{}))(nil)
	names := []string{"reservations.get"}
	for _, verb := range reservation.Verbs {
		names = append(names, "reservation."+string(verb))
	}
	if len(m.Requests) != len(names) {
		t.Errorf("there are %d requests, expected %v", len(m.Requests), names)
	}
	expectInvalid(t, m.Requests, names, `[]`, `7`, `{"bench":7}`, ``)
	expectInvalid(t, m.Requests, names[:1], `{}`, `{"bench":"*"}`, `{"bench":"b.>"}`)
	if fmt.Sprint(m.Reads) != "[reservations.get]" {
		t.Errorf("what only reads is %v: who may only look could reserve", m.Reads)
	}
}

// A relay that has not read its books yet says so: what it would show is that
// nobody holds anything. The same for jobs.
func TestSnapshot_IsRefusedUntilAllWasRead(t *testing.T) {
	for name, m := range map[string]gateway.Module{
		"reservations": ofReservations(booking.New(booking.Config{}))(nil),
		"jobs":         ofJobs(jobs.New(jobs.Config{Bridge: bridge.New(bridge.Config{})}))(nil),
	} {
		for _, room := range []string{"lab", "bench:b1"} {
			var parts api.Parts
			if err := m.Snapshot(t.Context(), roomOf(t, room), &parts); !errors.Is(err, gateway.Loading) {
				t.Errorf("%s of %s: %v, showing %+v", name, room, err, parts)
			}
		}
	}
	var parts api.Parts
	if err := ofReservations(booking.New(booking.Config{}))(nil).Snapshot(t.Context(), roomOf(t, "user:p-ada"), &parts); err != nil || parts.Reservations != nil {
		t.Errorf("a person's own room waits for reservations, which it does not show: %v, %+v", err, parts)
	}
}

func TestJobs_RequestsLookAtTheirDocument(t *testing.T) {
	m := ofJobs(jobs.New(jobs.Config{Bridge: bridge.New(bridge.Config{})}))(nil)
	expectInvalid(t, m.Requests, []string{"job.start", "job.cancel"}, `[]`, `7`, `{"id":7}`, ``)
	if len(m.Reads) != 0 {
		t.Errorf("what only reads is %v: who may only look could begin or end jobs", m.Reads)
	}
}
