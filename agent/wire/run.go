package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// RunState is where a run stands.
type RunState string

const (
	Claimed  RunState = "claimed"  // a relay holds the id; the agent has not answered
	Accepted RunState = "accepted" // the agent journalled it
	Running  RunState = "running"  // the device runs it
	Unknown  RunState = "unknown"  // no word from the bench; may still change
	Ended    RunState = "ended"
)

// Outcome is how a run ended.
type Outcome string

const (
	Exited         Outcome = "exited"
	TimedOut       Outcome = "timed_out"
	Cancelled      Outcome = "cancelled"
	Lost           Outcome = "lost"
	Refused        Outcome = "refused"
	OutcomeUnknown Outcome = "unknown"
)

// Start asks an agent to run a command, or to do an act where Act is set, at
// most once and never late.
type Start struct {
	Relay string `json:"relay"` // where the answer goes: UpReply(Relay, Req)
	Req   string `json:"req"`
	// Life names the agent process that may start it and VoidAt the moment, in
	// that life's clock (ms), from which on it must not.
	Life     string    `json:"life"`
	VoidAt   int64     `json:"void_at"`
	Run      string    `json:"run"`
	Device   string    `json:"device"`
	Command  string    `json:"command"` // empty with Act: an agent that knows no acts refuses it
	Act      *Act      `json:"act,omitempty"`
	TimeoutS int       `json:"timeout_s"`
	By       string    `json:"by,omitempty"`
	Created  time.Time `json:"created_at"` // the relay's clock; for people only
	// Confirmed says that a person was asked, while somebody is at the bench.
	Confirmed bool `json:"confirmed,omitempty"`
	Drive
}

// Cancel asks an agent to end a run on the device.
type Cancel struct {
	Relay string `json:"relay"`
	Req   string `json:"req"`
	Run   string `json:"run"`
	By    string `json:"by,omitempty"`
	Drive
}

// Request is a short question to an agent (VerbClock, VerbRun, VerbState).
type Request struct {
	Relay string `json:"relay"`
	Req   string `json:"req"`
	Run   string `json:"run,omitempty"` // VerbRun
	// Device, Command hash and times of the run, so that an agent which never
	// saw the id can write its refusal. VerbRun.
	Device string `json:"device,omitempty"`
}

// Answer is an agent's reply to a Start, Cancel or Request. Life and ClockMS
// are always set; at most one of Fault, Result, State and Epochs is.
type Answer struct {
	Life    string  `json:"life"`
	ClockMS int64   `json:"clock_ms"`
	Alive   *Alive  `json:"alive,omitempty"`
	Fault   *Fault  `json:"fault,omitempty"`
	Result  *Result `json:"result,omitempty"`
	State   *State  `json:"state,omitempty"`
	// Epochs is what the agent knows of each device's driver, after it took what
	// it was told: a relay that reads a higher epoch than its own is behind.
	Epochs map[string]Drive `json:"epochs,omitempty"`
}

// Result is what the agent says of a run. Rev grows with every change; of two
// results of one run the higher Rev holds. Lines and Bytes are final once
// State is Ended.
type Result struct {
	Run      string     `json:"run"`
	Rev      int        `json:"rev"`
	Device   string     `json:"device"`
	State    RunState   `json:"state"`
	Outcome  Outcome    `json:"outcome,omitempty"`
	ExitCode *int       `json:"exit_code,omitempty"` // where Exited
	Fault    *Fault     `json:"fault,omitempty"`
	Lines    int64      `json:"lines"` // numbered lines, sys lines and gaps included
	Bytes    int64      `json:"bytes"` // of out and err, line ends included
	Started  *time.Time `json:"started_at,omitempty"`
	EndedAt  *time.Time `json:"ended_at,omitempty"`
}

// Claim holds a run's id for one bench, device and command or act: the value in
// BucketRuns under the id.
type Claim struct {
	Run      string    `json:"run"`
	Bench    string    `json:"bench"`
	Device   string    `json:"device"`
	Command  string    `json:"command"` // of an act: its words, for people
	Act      *Act      `json:"act,omitempty"`
	Hash     string    `json:"hash"` // CommandHash, or ActHash
	TimeoutS int       `json:"timeout_s"`
	TTLMS    int       `json:"ttl_ms"`
	By       string    `json:"by,omitempty"`    // the person's name
	ByID     string    `json:"by_id,omitempty"` // the person
	Created  time.Time `json:"created_at"`
	Check    *RunCheck `json:"check,omitempty"` // where the run was started by one
	Epoch    int64     `json:"epoch,omitempty"` // of the device's reservation that the run was started under
	// KeptFrom is the first line that the keeper has left in the store: lines
	// before it were cut. 0 or 1: nothing was cut.
	KeptFrom int64 `json:"kept_from,omitempty"`
}

// CommandHash names a command for comparison.
func CommandHash(command string) string {
	sum := sha256.Sum256([]byte(command))
	return hex.EncodeToString(sum[:])
}

// ResumeAsk is the agent's question after every reconnect: of each run that it
// still holds blocks of, how far has the store got?
type ResumeAsk struct {
	Runs []string `json:"runs"`
}

// ResumeAnswer says, for each run asked, the last line stored in order (0:
// none). A run that is missing from it was not looked at: ask again.
type ResumeAnswer struct {
	Stored map[string]int64 `json:"stored"`
}
