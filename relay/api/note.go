package api

import "time"

// Notes are what people pinned to a bench, oldest first: d of the event note,
// which is state, and part of snapshots.
type Notes struct {
	Bench string `json:"bench"`
	Rev   uint64 `json:"rev"` // grows with every change
	Notes []Note `json:"notes"`
}

// Note is one of them. Text is never markup.
type Note struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	By   User      `json:"by"`
	At   time.Time `json:"at"`
}

// NoteRequest is d of req note.pin (bench, text, and an id of the asker's
// making where it may be asked again), of req note.unpin (bench, id) and of req
// notes.get (bench). All answer with the bench's Notes.
type NoteRequest struct {
	Bench string `json:"bench"`
	ID    string `json:"id,omitempty"`
	Text  string `json:"text,omitempty"`
}
