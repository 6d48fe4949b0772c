package inventory

import (
	"errors"
	"strings"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// maxText bounds every text that a device gives of itself.
const maxText = 512

// words say what each of adb's states means and what to do about it.
var words = map[string]struct{ reason, hint string }{
	"device":         {},
	"offline":        {"The device does not answer adb", "It is reconnected by itself; check its cable and power, or wait until it has booted"},
	"unauthorized":   {"The device has not authorised this PC", "Accept the key prompt on the head unit"},
	"authorizing":    {"The device is checking this PC's key", "Accept the key prompt on the head unit"},
	"connecting":     {"adb is connecting to the device", "Wait a moment"},
	"no permissions": {"The adb server may not open the device", "Give its user access: group plugdev and a udev rule on the bench PC, then replug the device"},
	"detached":       {"adb has let go of the device", "Take it back on the bench PC with: adb attach"},
	"bootloader":     {"In the bootloader", "Reboot to use it: fastboot reboot on the bench PC, or its power"},
	"recovery":       {"In recovery", "Reboot to use it: from its menu, or with adb reboot on the bench PC"},
	"rescue":         {"In rescue mode", "Reboot to use it: with adb reboot on the bench PC"},
	"sideload":       {"Waiting for a sideload", "Finish the update with adb sideload on the bench PC, or reboot to use it"},
	"host":           {"It is a PC, not a device", "Unplug it"},
}

// describe makes the tester's view of a device, with the properties that were
// known of it until now.
func describe(id string, d adb.Device, properties map[string]string) wire.Device {
	state := clean(d.State)
	detail := ""
	if after, found := strings.CutPrefix(state, "no permissions"); found {
		state, detail = "no permissions", strings.TrimSpace(after)
	}
	w, known := words[state]
	if !known {
		w.reason, w.hint = "adb calls its state "+state, "Reboot it, or look at it on the bench"
	}
	if detail != "" {
		w.reason += " " + detail
	}
	model := properties["ro.product.model"]
	if model == "" {
		model = clean(d.Model)
	}
	return wire.Device{
		ID: id, Serial: clean(d.Serial), DevPath: clean(d.DevPath),
		State: wire.DeviceState(state), Reason: clean(w.reason), Hint: w.hint,
		Model: model, Product: clean(d.Product), TransportID: d.TransportID, Properties: properties,
	}
}

// shown are the properties worth showing: what identifies the device and the
// build on it.
var shown = []string{
	"ro.build.fingerprint",
	"ro.build.version.release",
	"ro.build.version.sdk",
	"ro.build.version.security_patch",
	"ro.build.version.incremental",
	"ro.build.type",
	"ro.build.date",
	"ro.product.manufacturer",
	"ro.product.model",
	"ro.product.name",
	"ro.product.device",
	"ro.product.cpu.abi",
	"ro.serialno",
	"ro.bootloader",
	"ro.boot.slot_suffix",
	"ro.boot.bootreason",
	"ro.vehicle.hal",
}

// choose picks what is shown of all properties.
func choose(all map[string]string) map[string]string {
	chosen := make(map[string]string, len(shown))
	for _, key := range shown {
		if value := all[key]; value != "" {
			chosen[key] = clean(value)
		}
	}
	return chosen
}

// clean makes a text of a device safe to send: valid UTF-8, at most maxText
// bytes, without control characters.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

// reasonOf says in one sentence why there is no list of devices, and the
// remedy.
func reasonOf(err error) string {
	var e *adb.Error
	if !errors.As(err, &e) {
		return "The adb server does not answer"
	}
	reason := strings.ToUpper(e.Message[:1]) + e.Message[1:]
	if e.Hint != "" {
		reason += ". " + e.Hint
	}
	return clean(reason)
}
