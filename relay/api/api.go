// Package api holds the documents of the HTTP API and the browser protocol:
// what the relay answers and what browsers, the CLI and other people's clients
// read. It knows neither how they are made nor how they travel.
package api

import (
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// BenchState is online or offline.
type BenchState string

const (
	Online  BenchState = "online"
	Offline BenchState = "offline"
)

// Bench is a bench as people see it. Reason says why it is offline, or what is
// wrong with it as a whole; it names the remedy. SeenAt is the moment of its
// last word, by the relay's clock.
type Bench struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	State   BenchState     `json:"state"`
	Reason  string         `json:"reason"`
	SeenAt  time.Time      `json:"seen_at"`
	Agent   wire.AgentInfo `json:"agent"`
	Devices []wire.Device  `json:"devices"`
	Labels  []string       `json:"labels"`
	Flag    *wire.Flag     `json:"flag,omitempty"` // somebody is at the bench: what looks destructive must be confirmed
	RTTMS   *float64       `json:"rtt_ms"`         // relay to agent and back; null where nobody measured
}

// Benches answers GET /api/v1/benches.
type Benches struct {
	Benches []Bench `json:"benches"`
}

// RunRequest is the body of POST /api/v1/runs and the d of req run.start.
// TimeoutS 0 or missing means 600 s only where the field is missing: a pointer
// tells the two apart.
type RunRequest struct {
	ID      string `json:"id,omitempty"`
	Bench   string `json:"bench"`
	Device  string `json:"device"`
	Command string `json:"command,omitempty"`
	Check   string `json:"check,omitempty"` // a check's id, instead of Command
	// Act is what to do where that is no command of the device's shell, instead
	// of Command: {"kind":"reboot","mode":"recovery"}.
	Act      *wire.Act `json:"act,omitempty"`
	TimeoutS *int      `json:"timeout_s,omitempty"` // 1 to 86400, default 600, or the check's; of a logcat 86400
	TTLMS    *int      `json:"ttl_ms,omitempty"`    // 1 to 60000, default 5000
	// Confirmed says that a person was asked whether to do what looks destructive
	// although somebody is at the bench.
	Confirmed bool `json:"confirmed,omitempty"`
	Watch     bool `json:"watch,omitempty"` // req run.start only: subscribe in the same step
}

// Run is a run as people see it. Link is "up" or "down since …" while it goes
// on. Lists cut Command at 200 characters. Of an act Command is its words,
// "adb reboot recovery", which no shell of the device was given.
type Run struct {
	ID        string         `json:"id"`
	Bench     string         `json:"bench"`
	Device    string         `json:"device"`
	Command   string         `json:"command"`
	Check     *wire.RunCheck `json:"check,omitempty"`
	Act       *wire.Act      `json:"act,omitempty"`
	State     wire.RunState  `json:"state"`
	Outcome   wire.Outcome   `json:"outcome,omitempty"`
	ExitCode  *int           `json:"exit_code,omitempty"`
	Fault     *wire.Fault    `json:"fault,omitempty"`
	Lines     int64          `json:"lines"`
	Bytes     int64          `json:"bytes"`
	TimeoutS  int            `json:"timeout_s"`
	KeptFrom  int64          `json:"kept_from,omitempty"` // first line that the store still has, where some were cut
	Link      string         `json:"link,omitempty"`
	By        string         `json:"by"`              // the person's name
	ByID      string         `json:"by_id,omitempty"` // the person
	CreatedAt time.Time      `json:"created_at"`
	StartedAt *time.Time     `json:"started_at,omitempty"`
	EndedAt   *time.Time     `json:"ended_at,omitempty"`
	// UnknownSince says since when there is no word of a run whose State is unknown.
	UnknownSince *time.Time `json:"unknown_since,omitempty"`
}

// Runs answers GET /api/v1/runs, newest first.
type Runs struct {
	Runs []Run  `json:"runs"`
	Next string `json:"next"`
}

// LogLine is a line of GET /api/v1/runs/{id}/log: exactly one of Line's fields
// (N is set), Gap and End.
type LogLine struct {
	N      int64   `json:"n,omitempty"`
	T      string  `json:"t,omitempty"`      // RFC 3339, milliseconds
	Stream string  `json:"stream,omitempty"` // out, err, sys
	Level  string  `json:"level,omitempty"`  // plain, ok, debug, info, warn, error, fatal, system
	Text   *string `json:"text,omitempty"`
	B64    *string `json:"b64,omitempty"`
	Cont   bool    `json:"cont,omitempty"`
	Gap    *Gap    `json:"gap,omitempty"`
	End    *End    `json:"end,omitempty"`
}

// Gap says which lines are missing and why; To nil means that nobody can know.
type Gap struct {
	From   int64  `json:"from"`
	To     *int64 `json:"to"`
	Reason string `json:"reason"`
}

// End closes a followed log.
type End struct {
	Outcome  wire.Outcome `json:"outcome"`
	ExitCode *int         `json:"exit_code,omitempty"`
	Fault    *wire.Fault  `json:"fault,omitempty"`
}

// Problem is an error answer, application/problem+json (RFC 9457).
type Problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Code   wire.Code `json:"code"`
	Detail string    `json:"detail"`
	Hint   string    `json:"hint"`
	ID     string    `json:"id,omitempty"`
	// Mistakes are all that is wrong with a document (code invalid); Current is
	// the document as it is stored (code conflict).
	Mistakes []Mistake `json:"mistakes,omitempty"`
	Current  any       `json:"current,omitempty"`
}
