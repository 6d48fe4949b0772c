package api

import "time"

// Reservations are those of one bench: answer of
// GET /api/v1/benches/{bench}/reservations and d of the event reservations,
// which is state: the newest holds. Rev grows with every change. At is the
// broker's clock as the relay made this answer: moments in it are by that
// clock, so a countdown is until - at and no PC's own clock matters.
type Reservations struct {
	Bench  string    `json:"bench"`
	Rev    uint64    `json:"rev"`
	At     time.Time `json:"at"`
	Places []Place   `json:"places"` // held ones and those that somebody waits for; the whole bench first
}

// AllReservations answers GET /api/v1/reservations: benches where somebody
// holds or waits.
type AllReservations struct {
	Reservations []Reservations `json:"reservations"`
}

// Place is what can be reserved: a device of a bench, or the whole bench where
// Device is empty. A whole bench's reservation covers its devices.
type Place struct {
	Device string `json:"device"`
	Epoch  uint64 `json:"epoch"` // counts who was given the place, 1, 2, 3…, for ever
	Holder *User  `json:"holder,omitempty"`
	// Since and Until are the holder's. IdleSince is set where nothing was done
	// there for five minutes; no reservation ends by that. Reason is why it was
	// taken over.
	Since     *time.Time `json:"since,omitempty"`
	Until     *time.Time `json:"until,omitempty"`
	IdleSince *time.Time `json:"idle_since,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Queue     []Waiting  `json:"queue"` // who waits for this place, first come first
	Asks      []Asking   `json:"asks"`  // who asks its holder for control
	Offer     *Offer     `json:"offer,omitempty"`
	// Next is who has waited longest for it, or for what it is in the way of: until
	// they were served or have left the queue, the reservation is not extended.
	Next *User `json:"next,omitempty"`
}

// Waiting is somebody who waits for a place. Ticket numbers all who ever came
// to reserve at the bench; Position is 1 for who is next, counting those who
// wait for other places of the bench that are in the way.
type Waiting struct {
	Who      User      `json:"who"`
	Since    time.Time `json:"since"`
	ForS     int       `json:"for_s"`
	Note     string    `json:"note"`
	Ticket   uint64    `json:"ticket"`
	Position int       `json:"position"`
}

// Asking is somebody who asks the holder for control.
type Asking struct {
	Who   User      `json:"who"`
	Since time.Time `json:"since"`
	Note  string    `json:"note"`
}

// Offer is the holder's, to hand the place over. Where it is not answered by
// Until, the place stays the holder's.
type Offer struct {
	To    User      `json:"to"`
	Note  string    `json:"note"`
	Until time.Time `json:"until"`
}

// ReservationRequest is the body of
// POST /api/v1/benches/{bench}/reservations/{verb}, and with Bench the d of req
// reservation.<verb>. Which fields count depends on the verb:
//
//	reserve  device, for_s, queue, note   extend  device, for_s
//	release  device                       take    device, reason, for_s
//	ask      device, note                 hand    device, to, note
//	answer   device, accept               refuse  device, who
//
// ForS is 60 to 86400, 3600 where it is missing, and counts from now; extend
// never shortens, and is refused with reserved while somebody waits for the place
// (Place.Next): the queue is served when the time is over that was asked for
// before they came. Without Queue, or with true, reserve waits where somebody else
// holds the place. Each may be asked again: the answer is the place as it stands.
type ReservationRequest struct {
	Bench  string `json:"bench,omitempty"`
	Device string `json:"device,omitempty"`
	ForS   *int   `json:"for_s,omitempty"`
	Queue  *bool  `json:"queue,omitempty"`
	Note   string `json:"note,omitempty"`
	Reason string `json:"reason,omitempty"`
	To     string `json:"to,omitempty"`     // a person's id
	Who    string `json:"who,omitempty"`    // a person's id
	Accept *bool  `json:"accept,omitempty"` // of answer
}

// Reserved answers a ReservationRequest: the place as it stands. Granted says
// that the asker holds it; Position is the asker's in the queue, 0 where they
// do not wait.
type Reserved struct {
	Place
	Granted  bool `json:"granted"`
	Position int  `json:"position"`
}

// RecordKind says what a record of the history tells.
type RecordKind string

const (
	RecordGrant RecordKind = "grant"
	RecordEnd   RecordKind = "end"
	// RecordGap stands where the store was seen to have lost some: it was put back
	// to an older copy, or made anew.
	RecordGap RecordKind = "gap"
)

// ReservationRecord is one grant of a place, or the end of one. N numbers a
// bench's records 1, 2, 3…; a grant and its end have the same device and epoch.
// A gap says that records before it are missing; it is nobody's.
type ReservationRecord struct {
	N      uint64     `json:"n"`
	Kind   RecordKind `json:"kind"`
	At     time.Time  `json:"at"`
	Bench  string     `json:"bench"`
	Device string     `json:"device"`
	Epoch  uint64     `json:"epoch"`
	Who    User       `json:"who"`              // who was given it, or held it
	By     *User      `json:"by,omitempty"`     // who caused it, where that is somebody else
	Until  *time.Time `json:"until,omitempty"`  // of a grant
	Ticket uint64     `json:"ticket,omitempty"` // of a grant to somebody who came to reserve
	// How: of a grant reserved, queue, taken, handed; of an end released, over,
	// taken, handed.
	How  string `json:"how"`
	Text string `json:"text,omitempty"` // the note or reason
}

// ReservationHistory answers
// GET /api/v1/benches/{bench}/reservations/history, newest first. Next is the
// before of the next page, 0 where there is none.
type ReservationHistory struct {
	Records []ReservationRecord `json:"records"`
	Next    uint64              `json:"next"`
}

// Unreserved says who may use a device that nobody has reserved.
type Unreserved string

const (
	UnreservedAnyone  Unreserved = "anyone"
	UnreservedReserve Unreserved = "reserve" // nobody: reserve it first
)

// Lab is the lab's settings, answer and body of /api/v1/lab; a PUT names the
// revision that was read.
type Lab struct {
	Revision   uint64     `json:"revision"`
	Unreserved Unreserved `json:"unreserved"`
}
