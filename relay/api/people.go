package api

import "time"

// Person is somebody who is in a room, with all their tabs and devices: one
// person once. In a bench's room Since and At are of that bench alone.
type Person struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Since time.Time `json:"since,omitzero"` // missing in leave
	Tabs  int       `json:"tabs,omitempty"`
	At    []Look    `json:"at,omitempty"` // what they look at; at most 16
}

// Look is what a tab looks at: d of req look, all empty where it is nothing.
type Look struct {
	Bench  string    `json:"bench,omitempty"`
	Device string    `json:"device,omitempty"`
	Run    string    `json:"run,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

// People answers GET /api/v1/people: who is here, by name. Next is the cursor of
// the next page, empty on the last; Count is how many are here.
type People struct {
	People []Person `json:"people"`
	Count  int      `json:"count"`
	Next   string   `json:"next,omitempty"`
}

// SignedIn answers who one is. Choose says that a name is still to be chosen:
// PUT /api/v1/session.
type SignedIn struct {
	User    User       `json:"user"`
	Expires *time.Time `json:"expires_at,omitempty"` // missing with a token: it does not expire
	Choose  bool       `json:"choose,omitempty"`
}

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
