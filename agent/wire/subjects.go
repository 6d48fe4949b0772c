package wire

import (
	"strconv"
	"strings"
	"time"
)

// What a bench sees, in its own NATS account. It subscribes CmdAll and
// publishes below "up."; account imports map these to the hub's side.
const (
	CmdAll       = "cmd.>"
	CmdRunStart  = "cmd.run.start"  // Start, answered by Answer
	CmdRunCancel = "cmd.run.cancel" // Cancel, answered by Answer
	UpState      = "up.state"       // State; stream BENCHES keeps the last
	UpAlive      = "up.alive"       // Alive, every BeatEvery
	UpBye        = "up.bye"         // Bye, once, when the agent stops cleanly
	UpAskResume  = "up.ask.resume"  // ResumeAsk → ResumeAnswer, an ordinary NATS request
)

// Headers on a block's message, so that the hub can follow a run without
// reading its blocks.
const (
	HeaderFirst = "Fb-First" // number of the block's first line
	HeaderLast  = "Fb-Last"  // number of its last; empty where a gap's end is unknown
)

// Verbs of short requests to the agent.
const (
	VerbClock = "clock" // Request → Answer with Alive
	VerbRun   = "run"   // Request with Run → Answer with Result; settles an id the journal never saw
	VerbState = "state" // Request → Answer with State

	VerbEpochs = "epochs" // Epochs → Answer with Epochs

	VerbSession = "session" // SessionOpen → Answer, empty where the session has begun
)

// The bench's side.

func CmdRequest(verb string) string   { return "cmd.request." + verb }
func UpReply(relay, id string) string { return "up.reply." + relay + "." + id }
func UpRun(run string) string         { return "up.run." + run }
func UpResult(run string) string      { return "up.result." + run }

// CmdSession and UpSession carry a session's frames, to the bench and from it.

func CmdSession(sid string) string { return cmdSession + sid }
func UpSession(sid string) string  { return "up.session." + sid }

const cmdSession = "cmd.session."

// SessionOf returns the session whose frames come on a subject that the bench
// sees ("" for another subject).
func SessionOf(subject string) string {
	sid, ok := strings.CutPrefix(subject, cmdSession)
	if !ok || !ValidID(sid) {
		return ""
	}
	return sid
}

// The hub's side of the same subjects: the bench's account stands in them,
// written by the broker and not by the bench.

func HubCmd(bench, cmd string) string    { return "cmd." + bench + strings.TrimPrefix(cmd, "cmd") }
func HubUp(bench, up string) string      { return "hub." + bench + strings.TrimPrefix(up, "up") }
func HubRun(bench, run string) string    { return HubUp(bench, UpRun(run)) }
func HubResult(bench, run string) string { return HubUp(bench, UpResult(run)) }

// HubSession is where a session's frames from a bench arrive.
func HubSession(bench, sid string) string { return HubUp(bench, UpSession(sid)) }

// EventsAll is what stream EVENTS captures, and EventsFor how long it keeps it.
const (
	EventsAll = "events.>"
	EventsFor = 24 * time.Hour
)

// HubEvents is where an event of a room (lab, bench:<id>, user:<id>) is stored;
// kind keeps those apart that are kept for different reasons, "*" means all.
// No account of a bench reaches it.
func HubEvents(room, kind string) string {
	return "events." + strings.ReplaceAll(room, ":", ".") + "." + kind
}

// RoomOf returns the room and the kind of a subject of HubEvents ("" for
// another).
func RoomOf(subject string) (room, kind string) {
	parts := strings.Split(subject, ".")
	switch {
	case parts[0] != "events":
	case len(parts) == 3:
		return parts[1], parts[2]
	case len(parts) == 4:
		return parts[1] + ":" + parts[2], parts[3]
	}
	return "", ""
}

// HubReplies is what one relay subscribes for answers of all benches.
func HubReplies(relay string) string { return "hub.*.reply." + relay + ".*" }

// HubDown is where the broker's disconnect advisory of a bench arrives.
func HubDown(bench string) string { return "presence.down." + bench }

// HubReserved is where the n-th record of a bench's reservations is stored.
func HubReserved(bench string, n uint64) string {
	return "reserved." + bench + "." + strconv.FormatUint(n, 10)
}

// HubReservedAll is where all of a bench's are stored.
func HubReservedAll(bench string) string { return "reserved." + bench + ".*" }

// HubPeer is where one relay hears what another says to it alone. Like all that
// begins with relay it lies in the hub's own account: no bench's subject leads
// there.
func HubPeer(tag, what string) string { return "relay.peer." + tag + "." + what }

// RelayPresence is where relays tell each other who is in which room. It lies in
// the hub's own account: no bench's subject leads there.
const RelayPresence = "relay.presence"

// BenchOf returns the bench that a subject on the hub's side belongs to ("" for
// a subject that is none), and Leaf its last part: the run, request or relay's
// request id.
func BenchOf(subject string) string {
	parts := strings.Split(subject, ".")
	switch {
	case len(parts) >= 3 && (parts[0] == "hub" || parts[0] == "cmd"):
		return parts[1]
	case len(parts) == 3 && parts[0] == "presence":
		return parts[2]
	}
	return ""
}

// Leaf returns what stands behind a subject's last dot.
func Leaf(subject string) string { return subject[strings.LastIndexByte(subject, '.')+1:] }

// Streams and buckets of the cloud side, and what they capture.
const (
	StreamRuns    = "RUNS"    // hub.*.run.*: blocks; nothing evicted but by the keeper
	StreamResults = "RESULTS" // hub.*.result.*: last value a subject
	StreamBenches = "BENCHES" // hub.*.state: last value a subject
	StreamEvents  = "EVENTS"  // events.>: what was said in rooms; kept for EventsFor; no bench reaches it
	BucketRuns    = "runs"    // KV: Claim by run id
	BucketLeases  = "leases"  // KV: who is the keeper; entries live LeaseFor

	BucketDocuments = "documents" // KV: the lab's checks and settings, a person's settings
	BucketJobs      = "jobs"      // KV: long work of relays, a document each; a day
	BucketTold      = "told"      // KV: whose end people were told of, by run id; a day and more
	BucketPeople    = "sessions"  // KV: people and their sessions, links that sign in

	BucketReservations = "reservations" // KV: a bench's book by bench
	StreamReserved     = "RESERVED"     // reserved.<bench>.<n>: every grant and end of a reservation
)
