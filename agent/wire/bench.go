package wire

import "time"

// Beats. A bench without a beat for OfflineAfter is offline.
const (
	BeatEvery    = 3 * time.Second
	OfflineAfter = 3 * BeatEvery
	BeatFresh    = 5 * time.Second // an older beat is no base for a start's VoidAt: ask the clock
	LeaseFor     = 10 * time.Second
)

// Alive is an agent's beat. Life is a random name of one agent process and
// ClockMS the milliseconds since its start, suspended time included.
type Alive struct {
	V       int    `json:"v"`
	Life    string `json:"life"`
	ClockMS int64  `json:"clock_ms"`
	Host    string `json:"host"` // name of the PC and process id: tells two agents of one identity apart
	PID     int    `json:"pid"`
}

// Bye is an agent's clean goodbye.
type Bye struct {
	Life   string `json:"life"`
	Reason string `json:"reason,omitempty"`
}

// State is a bench's inventory, whole.
type State struct {
	Bench   string    `json:"bench"`
	Name    string    `json:"name"`
	Life    string    `json:"life"`
	Rev     int64     `json:"rev"` // grows within a life
	Agent   AgentInfo `json:"agent"`
	Devices []Device  `json:"devices"`
	Labels  []string  `json:"labels,omitempty"` // a lab's own words for the bench: ValidLabel, at most MaxLabels
	Flag    *Flag     `json:"flag,omitempty"`   // somebody is at the bench; nil: nobody said so
	// Reason says in one sentence what is wrong with the bench as a whole, for
	// example that no adb server answers; empty when all is well.
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// Flag says that somebody is at the bench, with their hands on its devices:
// what looks destructive is asked about until it is taken away.
type Flag struct {
	Note  string    `json:"note"`  // for people: ValidNote
	Since time.Time `json:"since"` // the bench's clock
}

// MaxNote is how many characters a flag's note may have.
const MaxNote = 200

// AgentInfo is what runs on the bench PC.
type AgentInfo struct {
	Version string `json:"version"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	ADB     string `json:"adb,omitempty"` // version of the PC's platform tools; a simulation has none
}

// DeviceState is adb's own word for a device's state: device, offline,
// unauthorized, recovery, bootloader, sideload, authorizing, connecting, …
type DeviceState string

// DeviceReady is the only state in which a command can start.
const DeviceReady DeviceState = "device"

// What adb has no word for; the agent says it.
const (
	// DeviceRebooting is from the reboot to the end of the next boot: whoever
	// works on the device still has it.
	DeviceRebooting DeviceState = "rebooting"
	// DeviceNotAnswering is listed as ready by adb, and answers nothing.
	DeviceNotAnswering DeviceState = "not answering"
	// DeviceServerLost was there when the bench's adb server went away.
	DeviceServerLost DeviceState = "adb restarting"
)

// Device is an ADB device of a bench. ID is made by the agent from the serial
// (and from the devpath where serials repeat) and is stable over reboots.
// Reason says why State is not "device", Hint what to do about it.
type Device struct {
	ID          string            `json:"id"`
	Serial      string            `json:"serial"`
	DevPath     string            `json:"devpath,omitempty"`
	State       DeviceState       `json:"state"`
	Reason      string            `json:"reason"`
	Hint        string            `json:"hint"`
	Model       string            `json:"model"`
	Product     string            `json:"product"`
	TransportID int64             `json:"transport_id"`
	Properties  map[string]string `json:"properties"`
}
