package api

import "github.com/farbench/farbench/agent/wire"

// SessionRequest is the body of req session.open on /ws/bulk. Stream is the
// number that the session's binary frames carry, chosen by the asker, who may
// use it again when the session has ended; the answer is a Session.
type SessionRequest struct {
	Bench  string `json:"bench"`
	Device string `json:"device"`
	Stream uint64 `json:"stream"`
	// Confirmed says that a person was asked whether to do it, although somebody is
	// at the bench; without it an install, and a push outside of scratch, is
	// refused with confirm_needed then.
	Confirmed bool `json:"confirmed,omitempty"`
	wire.SessionSpec
}

// Session answers session.open: it has begun.
type Session struct {
	ID     string `json:"id"`
	Stream uint64 `json:"stream"`
}
