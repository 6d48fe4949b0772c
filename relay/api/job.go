package api

import (
	"encoding/json"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// JobState is where a job stands.
type JobState string

const (
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed" // Fault says why
	JobCancelled JobState = "cancelled"
	JobLost      JobState = "lost" // the relay that worked on it is gone: start it again
)

// Job is long work of a relay: d of the event job, which is state. It goes on
// when who started it leaves, and is remembered for a day.
type Job struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"`
	Title     string          `json:"title"`
	Room      string          `json:"room"`            // where it is told of
	Asked     json.RawMessage `json:"asked,omitempty"` // d of what began it: of search, SearchRequest
	By        User            `json:"by"`
	State     JobState        `json:"state"`
	Done      int             `json:"done"`
	Of        int             `json:"of"` // 0: nobody knows yet
	StartedAt time.Time       `json:"started_at"`
	EndedAt   *time.Time      `json:"ended_at,omitempty"`
	EndedBy   *User           `json:"ended_by,omitempty"` // who cancelled it: anybody may
	Result    json.RawMessage `json:"result,omitempty"`   // of one that is done: SearchResult, …
	Fault     *wire.Fault     `json:"fault,omitempty"`
}

// Jobs answers GET /api/v1/jobs, newest first.
type Jobs struct {
	Jobs []Job `json:"jobs"`
}

// JobRequest is d of req job.start. D depends on the kind: of search, SearchRequest.
// Under an ID of the asker's making it may be asked again: the job that began is
// the answer.
type JobRequest struct {
	ID   string          `json:"id,omitempty"`
	Kind string          `json:"kind"`
	D    json.RawMessage `json:"d"`
}

// JobID is d of req job.cancel, and with ID alone the answer to job.start.
type JobID struct {
	ID string `json:"id"`
}

// SearchRequest says what is searched for: a text, without case, in the lines of
// all stored runs, of one bench where it is named.
type SearchRequest struct {
	Text  string `json:"text"`
	Bench string `json:"bench,omitempty"`
}

// SearchResult is what a search found, newest runs first.
type SearchResult struct {
	Hits []SearchHit `json:"hits"` // at most 100
	Runs int         `json:"runs"` // looked through
	Bad  int         `json:"bad"`  // whose lines could not be read
	More bool        `json:"more"` // there may be more hits
}

// SearchHit is a line that holds the text, cut around it.
type SearchHit struct {
	Run    string `json:"run"`
	Bench  string `json:"bench"`
	Device string `json:"device"`
	N      int64  `json:"n"`
	Text   string `json:"text"`
}
