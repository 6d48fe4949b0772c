package api

import "time"

// NoticeKind says what a notice is about.
type NoticeKind string

const (
	NoticeBenchOffline NoticeKind = "bench_offline"
	NoticeBenchOnline  NoticeKind = "bench_online"
	NoticeYours        NoticeKind = "reservation_yours" // whose turn it is
	NoticeEnds         NoticeKind = "reservation_ends"  // in InS; Who waits for it, and it cannot be extended then
	NoticeOver         NoticeKind = "reservation_over"
	NoticeTaken        NoticeKind = "taken" // Who took it over, Note is why
	NoticeAsked        NoticeKind = "asked" // Who asks for control
	NoticeRefused      NoticeKind = "ask_refused"
	NoticeOffered      NoticeKind = "offered"    // Who hands it over; answer by Until
	NoticeBack         NoticeKind = "offer_back" // Who did not take it
	NoticeRunFinished  NoticeKind = "run_finished"
)

// Notice is d of the event notice: what concerns the person or the bench in
// whose room it is told. Text says it in a sentence.
type Notice struct {
	Kind   NoticeKind `json:"kind"`
	Text   string     `json:"text"`
	Bench  string     `json:"bench,omitempty"`
	Device string     `json:"device,omitempty"`
	Run    string     `json:"run,omitempty"`
	Who    *User      `json:"who,omitempty"`
	Note   string     `json:"note,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
	InS    int        `json:"in_s,omitempty"`
}
