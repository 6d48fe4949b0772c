package wire

// Fault is what went wrong, as it crosses a process: Code for machines,
// Message for people, Hint what to do next. It is an error.
type Fault struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Retry   bool   `json:"retry,omitempty"` // asking again may help
	ID      string `json:"id,omitempty"`    // of an internal error: to find it in the log
}

// Error gives the message alone: codes are compared, texts are read.
func (f *Fault) Error() string { return f.Message }

// Code names a kind of fault.
type Code string

// The codes of the HTTP API and the browser protocol.
const (
	HostRefused        Code = "host_refused"
	OriginRefused      Code = "origin_refused"
	Forbidden          Code = "forbidden"
	Unauthorized       Code = "unauthorized"
	NotFound           Code = "not_found"
	BenchUnknown       Code = "bench_unknown"
	DeviceUnknown      Code = "device_unknown"
	MethodNotAllowed   Code = "method_not_allowed"
	MediaType          Code = "media_type"
	BenchOffline       Code = "bench_offline"
	DeviceOffline      Code = "device_offline"
	DeviceUnauthorized Code = "device_unauthorized"
	IDConflict         Code = "id_conflict"
	RunEnded           Code = "run_ended"
	Conflict           Code = "conflict"      // somebody else changed the document meanwhile
	NameTaken          Code = "name_taken"    // somebody else goes by that name
	Reserved           Code = "reserved"      // somebody else holds the device or its bench
	ReserveFirst       Code = "reserve_first" // the lab wants devices reserved before they are used
	NotYours           Code = "not_yours"     // only who holds the place, or is offered it, may do this
	NoAnswer           Code = "no_answer"     // nobody acknowledged an event in time
	TooLarge           Code = "too_large"
	Invalid            Code = "invalid"
	TooMany            Code = "too_many"
	Full               Code = "full" // no more of these are kept, and none may go
	Unavailable        Code = "unavailable"
	Internal           Code = "internal"
)

// The codes that the agent gives a run or an answer.
const (
	OtherLife     Code = "other_life"     // the start names another life of the agent: ask the clock, send again
	TooLate       Code = "too_late"       // the moment named in the start has passed
	NeverArrived  Code = "never_arrived"  // the journal never saw the id, and it can no longer start
	AgentStopped  Code = "agent_stopped"  // the agent was stopped while the run went on
	AgentDied     Code = "agent_died"     // the agent died while the run went on: nobody knows its end
	StreamLost    Code = "stream_lost"    // the device's stream ended without an exit packet
	OpenFailed    Code = "open_failed"    // adb did not start the command
	Draining      Code = "draining"       // the agent or relay is stopping
	StorageFull   Code = "storage_full"   // no space left on the device
	Stalled       Code = "stalled"        // a transfer stood still for too long
	BadReply      Code = "bad_reply"      // the device sent what its protocol does not allow
	ActFailed     Code = "act_failed"     // the device was asked, and it did not do what an act wants
	ConfirmNeeded Code = "confirm_needed" // somebody is at the bench, and the command looks destructive: it must be confirmed
	EpochOld      Code = "epoch_old"      // the reservation that a command stands on is an older one than the agent knows of
	LinkLost      Code = "link_lost"      // a link between asker and bench was cut, or one of them is gone: a session has failed
	BadFrame      Code = "bad_frame"      // a session's frame that the protocol does not allow
	Cancelling    Code = "cancelled"      // the asker ended the session
)
