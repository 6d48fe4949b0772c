package api

import "time"

// Settings is what a person's dashboard remembers of them, answer and body of
// /api/v1/settings: the dashboard's own words, at most 16 KiB of them.
type Settings struct {
	Revision uint64         `json:"revision"`
	Settings map[string]any `json:"settings"`
}

// History answers GET /api/v1/history: the person's own commands, each once,
// the newest first.
type History struct {
	Commands []PastCommand `json:"commands"`
}

// PastCommand is a command that somebody ran, with its last run. Commands
// beyond 4 KiB are cut, and Cut says so: the run itself has the whole.
type PastCommand struct {
	Command string    `json:"command"`
	Cut     bool      `json:"cut,omitempty"`
	Times   int       `json:"times"`
	LastAt  time.Time `json:"last_at"`
	LastRun string    `json:"last_run"`
	Bench   string    `json:"bench"`
	Device  string    `json:"device"`
}
