package api

import (
	"encoding/json"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Frame is a message of farbench.v1 in either direction: an object with its
// kind in T. Fields that a kind does not use are absent.
type Frame struct {
	T      string          `json:"t"`
	V      int             `json:"v,omitempty"`
	I      *int64          `json:"i,omitempty"` // the asker's number, repeated in the answer
	Token  string          `json:"token,omitempty"`
	Name   string          `json:"name,omitempty"` // of hello with a token: who speaks
	Conn   string          `json:"conn,omitempty"`
	User   *User           `json:"user,omitempty"`
	Who    *Person         `json:"who,omitempty"` // of join and leave
	Room   string          `json:"room,omitempty"`
	To     string          `json:"to,omitempty"` // of evt, in place of room: user:<id> or conn:<id>; of pub: as in Event; of gap: an offset
	ToName string          `json:"to_name,omitempty"`
	O      string          `json:"o,omitempty"`    // opaque offset
	Ev     string          `json:"ev,omitempty"`   // of evt: "message" where it is missing
	Self   *bool           `json:"self,omitempty"` // of evt: false leaves the sender's connection out
	From   *Sender         `json:"from,omitempty"` // of pub, and of res to an evt with ack: who says it
	At     time.Time       `json:"at,omitzero"`    // of pub: when it was said, by the store's clock
	Ack    bool            `json:"ack,omitempty"`  // of evt: wait for a recipient's ack
	Ask    string          `json:"ask,omitempty"`  // of pub: the id that an ack repeats
	D      json.RawMessage `json:"d,omitempty"`
	M      string          `json:"m,omitempty"`
	TTL    int             `json:"ttl,omitempty"` // ms
	Error  *wire.Fault     `json:"error,omitempty"`
	Code   int             `json:"code,omitempty"` // of bye
	Reason string          `json:"reason,omitempty"`
	Retry  int             `json:"retry_ms,omitempty"`
}

// User is who sits behind a connection.
type User struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// LabSnapshot answers a sub to room lab; its events are "bench" (d: Bench, the
// whole of one) and "run" (d: Run, as in lists), and what tells of its parts.
type LabSnapshot struct {
	Benches []Bench `json:"benches"`
	Runs    []Run   `json:"runs"` // the newest 200 that go on, and the newest 50
	Parts
}

// BenchSnapshot answers a sub to room bench:<id>; events as in lab, of this
// bench alone.
type BenchSnapshot struct {
	Bench Bench `json:"bench"`
	Runs  []Run `json:"runs"` // the newest 200 that go on, and the newest 50
	Parts
}

// UserSnapshot answers a sub to a person's own room user:<id>.
type UserSnapshot struct{ Parts }

// Parts are what snapshots of all rooms have, each list empty where it has
// nothing to say of the room.
type Parts struct {
	// O is where the snapshot stands: a sub with it goes on without a hole.
	O string `json:"o,omitempty"`
	// People are those who are here, each once; "join" and "leave" tell of changes.
	People       []Person       `json:"people"`
	Reservations []Reservations `json:"reservations"` // event "reservations", one bench each
	Messages     []Event        `json:"messages"`     // the last 50 events "message", oldest first; fewer where these are large
	Notices      []Event        `json:"notices"`      // of a person's room, the last 50 events "notice"
	Jobs         []Job          `json:"jobs"`         // event "job", one job each, newest first; without their results
	Notes        []Notes        `json:"notes"`        // event "note", one bench each
	More         *More          `json:"more,omitempty"`
}

// More says how much a snapshot leaves out where a lab is large; what changes is
// told of all.
type More struct {
	People       int `json:"people,omitempty"`       // who are here: GET /api/v1/people
	Runs         int `json:"runs,omitempty"`         // that go on, older ones: GET /api/v1/runs?state=…
	Reservations int `json:"reservations,omitempty"` // benches: GET /api/v1/reservations
	Notes        int `json:"notes,omitempty"`        // benches: in the snapshots of their own rooms
}

// NewParts is one with empty lists: they are never null.
func NewParts() Parts {
	return Parts{
		People: []Person{}, Reservations: []Reservations{}, Messages: []Event{}, Notices: []Event{}, Jobs: []Job{}, Notes: []Notes{},
	}
}
