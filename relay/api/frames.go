package api

import (
	"encoding/json"

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
	O      string          `json:"o,omitempty"` // opaque offset
	Ev     string          `json:"ev,omitempty"`
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
// whole of one) and "run" (d: Run, as in lists).
type LabSnapshot struct {
	Benches []Bench `json:"benches"`
	Runs    []Run   `json:"runs"` // those that go on, and the newest 50
	// People are those who are here, each once; "join" and "leave" tell of changes.
	People []Person `json:"people"`
}

// BenchSnapshot answers a sub to room bench:<id>; events as in lab, of this
// bench alone.
type BenchSnapshot struct {
	Bench  Bench    `json:"bench"`
	Runs   []Run    `json:"runs"` // those that go on, and the newest 50
	People []Person `json:"people"`
}
