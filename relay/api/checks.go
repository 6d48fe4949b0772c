package api

import (
	"github.com/farbench/farbench/agent/wire"
)

// Check is a question to a device that a lab asks again and again: a command,
// the place of the answer in its output, and what the answer should be.
type Check struct {
	ID       string      `json:"id"`
	Label    string      `json:"label"`
	Command  string      `json:"command"`
	Pattern  string      `json:"pattern"` // RE2; its first named group is the value; empty: exit code 0 decides
	Expect   wire.Expect `json:"expect"`
	Models   []string    `json:"models,omitempty"`    // globs on a device's model, without case; empty: all
	TimeoutS int         `json:"timeout_s,omitempty"` // 0: a run's default
}

// SavedCommand is a command that a lab keeps at hand.
type SavedCommand struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Command string `json:"command"`
}

// Checks is the lab's document of checks and saved commands, answer and body of
// /api/v1/checks. Revision is 0 until somebody saves it; a PUT names the
// revision that it was read at.
type Checks struct {
	Revision uint64         `json:"revision"`
	Checks   []Check        `json:"checks"`
	Commands []SavedCommand `json:"commands"`
}

// VerdictWord says how a check came out.
type VerdictWord string

const (
	Pass    VerdictWord = "pass"
	Fail    VerdictWord = "fail"
	NoMatch VerdictWord = "no_match" // the command ended, and its output holds no such value
	NotRun  VerdictWord = "not_run"  // the command did not come to its own end
	Pending VerdictWord = "pending"  // it goes on, or lines of it are still to come
)

// Verdict answers GET /api/v1/runs/{id}/verdict. Matched is what the pattern
// matched in line Line, and From and To the place of the value in it, counted
// in UTF-16 units; all of them are zero where nothing matched. Reason says in a
// sentence why.
type Verdict struct {
	Verdict  VerdictWord `json:"verdict"`
	Found    string      `json:"found"`
	Expected string      `json:"expected"`
	Line     int64       `json:"line,omitempty"`
	Matched  string      `json:"matched,omitempty"`
	From     int         `json:"from"`
	To       int         `json:"to"`
	Reason   string      `json:"reason"`
	// Partial says that not all of the output was looked at; Reason says why.
	Partial bool `json:"partial,omitempty"`
}

// Trial is the body of POST /api/v1/checks/try: a check, and a text as its
// command could print it with exit code 0. The answer is the Verdict.
type Trial struct {
	Pattern string      `json:"pattern"`
	Expect  wire.Expect `json:"expect"`
	Text    string      `json:"text"`
}

// Mistake is one mistake of a document, and where it stands: checks[2].pattern.
type Mistake struct {
	Place   string `json:"place"`
	Message string `json:"message"`
}
