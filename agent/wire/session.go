package wire

// Sessions. A session carries live bytes between an asker (a browser, the CLI)
// and a bench, in frames (frame.go) on CmdSession and UpSession. It is opened by
// a request (VerbSession) and ends with a FrameClose; nothing of it is stored,
// and what was under way when either end or a link between them is lost has
// failed.

// SessionBeatEvery is how often relay and agent show each other that a session
// lives on their side; one that was not heard of for SessionSilence has ended.
const (
	SessionBeatEvery = 2 * BeatEvery / 3
	SessionSilence   = 5 * BeatEvery
)

// SessionKind is what a session is for.
type SessionKind string

// The kinds.
const (
	SessionPush    SessionKind = "push"    // a file or folder of the asker goes to the device
	SessionPull    SessionKind = "pull"    // a file or folder of the device comes to the asker
	SessionInstall SessionKind = "install" // an app, one APK or several that belong together
)

// SessionSpec says what a session shall do.
type SessionSpec struct {
	Kind SessionKind `json:"kind" jsonschema:"enum=push,enum=pull,enum=install"`
	// Path is the place on the device: where a push goes to, as with adb into a
	// folder that is there; what a pull brings.
	Path string `json:"path,omitempty"`
	// Name is what the pushed file or folder is called where Path is a folder.
	Name    string       `json:"name,omitempty"`
	Folder  bool         `json:"folder,omitempty"`  // of a push: Name is a folder
	SHA256  bool         `json:"sha256,omitempty"`  // each file's hash is told
	Install *InstallSpec `json:"install,omitempty"` // of an install
}

// InstallSpec says what is installed and how. The APKs come as a parcel, in this
// order, each with exactly its size.
type InstallSpec struct {
	APKs      []APK  `json:"apks"`                // several: the base and splits of one app
	Replace   bool   `json:"replace,omitempty"`   // what is installed may be replaced
	Downgrade bool   `json:"downgrade,omitempty"` // also by an older version
	Grant     bool   `json:"grant,omitempty"`     // all permissions that it asks for
	Test      bool   `json:"test,omitempty"`      // although it is a test build
	User      string `json:"user,omitempty"`      // a number, current or all
}

// APK is one file of an app.
type APK struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// MaxAPKs is how many files an app may have.
const MaxAPKs = 64

// SessionOpen asks an agent to begin a session. Beginning it has no effect on
// the device: that comes with the frames.
type SessionOpen struct {
	Relay   string `json:"relay"` // where the answer goes: UpReply(Relay, Req)
	Req     string `json:"req"`
	Session string `json:"session"`
	Stream  uint64 `json:"stream"` // what the frames of both sides carry
	Device  string `json:"device"`
	By      string `json:"by,omitempty"`
	// Confirmed says that a person was asked, while somebody is at the bench.
	Confirmed bool `json:"confirmed,omitempty"`
	Drive
	SessionSpec
}

// SessionEnd is the payload of FrameClose. Without a fault the session did what
// it was for.
type SessionEnd struct {
	Fault *Fault `json:"fault,omitempty"`
	Moved *Moved `json:"moved,omitempty"`
}

// Moved is what a transfer did; of one that failed, what was whole by then.
type Moved struct {
	To      string    `json:"to,omitempty"` // where it is now, on the device
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"`
	Skipped []Skipped `json:"skipped,omitempty"` // the first of Left
	Left    int       `json:"left,omitempty"`    // how many were left out
}

// Skipped is a file that was left out.
type Skipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}
