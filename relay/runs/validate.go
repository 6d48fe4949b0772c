package runs

import (
	"fmt"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/benches"
	"github.com/farbench/farbench/relay/checks"
)

// Bounds and defaults of a request.
const (
	defaultTimeoutS = 600
	maxTimeoutS     = checks.MaxTimeoutS
	defaultTTLMS    = 5000
	maxTTLMS        = 60000
)

// validate lists every mistake of a request at once and fills in what is missing.
func validate(q api.RunRequest) (timeoutS, ttlMS int, err error) {
	timeoutS, ttlMS = defaultTimeoutS, defaultTTLMS
	if len(q.Command) > wire.MaxCommand {
		return 0, 0, &wire.Fault{
			Code:    wire.TooLarge,
			Message: fmt.Sprintf("the command has %d bytes, at most %d are allowed", len(q.Command), wire.MaxCommand),
			Hint:    "push a script to the device and run that",
		}
	}
	var wrong []string
	if q.ID != "" && !wire.ValidID(q.ID) {
		wrong = append(wrong, "id must be 1 to 32 of a-z, 0-9 and -")
	}
	if q.Bench == "" {
		wrong = append(wrong, "bench is missing")
	}
	if q.Device == "" {
		wrong = append(wrong, "device is missing")
	}
	if q.Act != nil {
		wrong = append(wrong, q.Act.Check()...)
		if q.Act.Kind == wire.ActLogcat {
			timeoutS = maxTimeoutS // it ends when somebody ends it
		}
	}
	switch {
	case q.Act != nil && (q.Check != "" || q.Command != ""):
		wrong = append(wrong, "act stands beside command or check: name one of the three")
	case q.Act != nil:
	case q.Check != "" && q.Command != "":
		wrong = append(wrong, "command and check are both given: name one of them")
	case q.Check != "" && !wire.ValidID(q.Check):
		wrong = append(wrong, "check must be 1 to 32 of a-z, 0-9 and -")
	case q.Check == "" && strings.TrimSpace(q.Command) == "":
		wrong = append(wrong, "command is empty")
	}
	if strings.ContainsRune(q.Command, 0) {
		wrong = append(wrong, "command holds a NUL character")
	}
	if q.TimeoutS != nil {
		if timeoutS = *q.TimeoutS; timeoutS < 1 || timeoutS > maxTimeoutS {
			wrong = append(wrong, fmt.Sprintf("timeout_s is %d, it must be 1 to %d", timeoutS, maxTimeoutS))
		}
	}
	if q.TTLMS != nil {
		if ttlMS = *q.TTLMS; ttlMS < 1 || ttlMS > maxTTLMS {
			wrong = append(wrong, fmt.Sprintf("ttl_ms is %d, it must be 1 to %d", ttlMS, maxTTLMS))
		}
	}
	if wrong != nil {
		return 0, 0, &wire.Fault{Code: wire.Invalid, Message: strings.Join(wrong, "; "), Hint: "correct this and ask again"}
	}
	return timeoutS, ttlMS, nil
}

// place finds the bench and the device of a claim and says what keeps its
// command or act from starting there.
func place(all *benches.Benches, c wire.Claim) error {
	bench, device := c.Bench, c.Device
	b, ok := all.Get(bench)
	if !ok {
		if !all.Loaded() {
			return unavailable("this relay is still reading the list of benches")
		}
		fault := &wire.Fault{Code: wire.BenchUnknown, Message: fmt.Sprintf("there is no bench %.64q", bench)}
		var names []string
		for _, known := range all.List() {
			names = append(names, known.ID)
		}
		if len(names) > 0 {
			fault.Hint = "known benches: " + strings.Join(names[:min(len(names), 20)], ", ")
		} else {
			fault.Hint = "no bench has connected yet: start farbench-agent on its PC"
		}
		return fault
	}
	if b.State != api.Online {
		return benchOffline(bench, b.Reason)
	}
	for _, d := range b.Devices {
		if d.ID == device {
			if c.Act != nil && c.Act.MayBegin(d.State, true) {
				return nil
			}
			return usable(bench, d)
		}
	}
	if c.Act != nil && c.Act.MayBegin("", false) {
		return nil // it waits for the device
	}
	fault := &wire.Fault{Code: wire.DeviceUnknown, Message: fmt.Sprintf("bench %s has no device %.64q", bench, device)}
	var names []string
	for _, d := range b.Devices {
		names = append(names, d.ID)
	}
	if len(names) > 0 {
		fault.Hint = "its devices: " + strings.Join(names[:min(len(names), 20)], ", ")
	} else {
		fault.Hint = "it has no devices now; check the cables and hubs"
	}
	return fault
}

func usable(bench string, d wire.Device) error {
	if d.State == wire.DeviceReady {
		return nil
	}
	fault := &wire.Fault{
		Code: wire.DeviceOffline, Hint: d.Hint,
		Message: fmt.Sprintf("device %s of bench %s is %s", d.ID, bench, d.State),
	}
	if d.Reason != "" {
		fault.Message += ": " + d.Reason
	}
	if d.State == "unauthorized" || d.State == "authorizing" {
		fault.Code = wire.DeviceUnauthorized
		if fault.Hint == "" {
			fault.Hint = "accept the debugging prompt on the device's screen"
		}
	} else if fault.Hint == "" {
		fault.Hint = "check its cable and wait until it has booted, or replug it"
	}
	return fault
}
