package people

import (
	"slices"
	"time"

	"github.com/farbench/farbench/relay/api"
)

// SessionFor is how long a session lasts.
const SessionFor = 7 * 24 * time.Hour

// maxSessions is how many of a person's devices are signed in: one more signs
// the oldest out.
const maxSessions = 32

// Session is a device that is signed in.
type Session struct {
	ID    string    `json:"id"`
	Until time.Time `json:"until"`
}

// record is a name and who goes by it, with all of their sessions: one value in
// the store, so that a name and a session change in one step or not at all. A
// record without a name (its key is of the person) is somebody who has not
// chosen one; the tester has a record a session.
type record struct {
	Person   string    `json:"person"`
	Name     string    `json:"name"`
	Since    time.Time `json:"since"`
	Used     time.Time `json:"used,omitzero"` // the last use, noted once a day
	Sessions []Session `json:"sessions,omitempty"`
}

const (
	// noteEvery is how coarsely it is kept when a name was used last.
	noteEvery = 24 * time.Hour
	// heldFor is how long a name stays its person's after the last noted use,
	// though nobody is signed in.
	heldFor = 7*24*time.Hour + noteEvery
)

// used is when the person was here last, as far as it was noted.
func (r record) used(now time.Time) time.Time {
	last := r.Since
	if r.Used.After(last) {
		last = r.Used
	}
	for _, s := range r.Sessions {
		if s.Until.After(last) {
			last = s.Until
		}
	}
	if last.After(now) {
		return now
	}
	return last
}

// held says whether the name is still its person's: signed in, or here of late.
func (r record) held(now time.Time) bool { return r.living(now) || now.Sub(r.used(now)) < heldFor }

// isWorthNoting says whether one more use is: the second act, by which somebody is
// told from those who came by once, and one a day.
func (r record) isWorthNoting(now time.Time, does does) bool {
	return does == acts && r.Used.IsZero() || now.Sub(r.used(now)) >= noteEvery
}

// standing is how much somebody is known who may be forgotten: the least first.
func (r record) standing(now time.Time) int {
	switch {
	case !r.held(now):
		return 0
	case r.Used.IsZero() && len(r.Sessions) == 0:
		return 1
	}
	return 2
}

func (r record) user() api.User {
	name := r.Name
	if name == "" {
		name = Unnamed
	}
	return api.User{ID: r.Person, Name: name}
}

// living says whether somebody is signed in.
func (r record) living(now time.Time) bool {
	return slices.ContainsFunc(r.Sessions, func(s Session) bool { return now.Before(s.Until) })
}

// with adds a session, and drops those that are over.
func (r record) with(s Session, now time.Time) record {
	r.Sessions = slices.DeleteFunc(slices.Clone(r.Sessions), func(old Session) bool {
		return old.ID == s.ID || !now.Before(old.Until)
	})
	r.Sessions = append(r.Sessions, s)
	if n := len(r.Sessions) - maxSessions; n > 0 {
		r.Sessions = r.Sessions[n:]
	}
	return r
}

func (r record) without(id string) record {
	r.Sessions = slices.DeleteFunc(slices.Clone(r.Sessions), func(s Session) bool { return s.ID == id })
	return r
}

func (r record) session(id string) (Session, bool) {
	at := slices.IndexFunc(r.Sessions, func(s Session) bool { return s.ID == id })
	if at < 0 {
		return Session{}, false
	}
	return r.Sessions[at], true
}
