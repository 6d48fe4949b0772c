package adb

import (
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// installTime bounds what the package manager may take: a large app is
// verified and compiled first.
const installTime = 5 * time.Minute

// packageResult reads what the package manager says: "Success", or
// "Failure [CODE: words]".
func packageResult(op, said string) error {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if line == "Success" || strings.HasPrefix(line, "Success:") {
			return nil
		}
	}
	_, reason, found := strings.Cut(said, "Failure")
	if !found {
		words := oneLine(said)
		if words == "" {
			words = "without a word"
		}
		return &Error{
			Op: op, Code: wire.ActFailed, Message: "the package manager did not do it: " + cut(words, 512),
			Hint: "It may still be starting: wait until the device has booted",
		}
	}
	_, reason, _ = strings.Cut(reason, "[")
	if i := strings.LastIndexByte(reason, ']'); i >= 0 {
		reason = reason[:i]
	}
	reason = cut(oneLine(reason), 512)
	code, _, _ := strings.Cut(reason, ":")
	m, known := packageFailures[code]
	if strings.HasPrefix(reason, "not installed for") {
		m, known = packageFailures["DELETE_FAILED_INTERNAL_ERROR"], true
	}
	if !known {
		m = meaning{code: wire.ActFailed, message: "the device refused the package"}
	}
	if reason == "" {
		reason = "no reason given"
	}
	return &Error{Op: op, Code: m.code, Message: m.message + " [" + reason + "]", Hint: m.hint}
}

// packageFailures are the package manager's codes that testers meet.
var packageFailures = map[string]meaning{
	"INSTALL_FAILED_INSUFFICIENT_STORAGE":       {"", wire.StorageFull, "the device has no room for the package", "Remove what is not needed: df -h /data shows how much is left"},
	"INSTALL_FAILED_ALREADY_EXISTS":             {"", wire.Conflict, "the package is installed already", "Allow it to be replaced (-r), or uninstall it first"},
	"INSTALL_FAILED_VERSION_DOWNGRADE":          {"", wire.Conflict, "a newer version is installed", "Allow a downgrade (-d), or uninstall it first"},
	"INSTALL_FAILED_UPDATE_INCOMPATIBLE":        {"", wire.Conflict, "the installed package is signed with another key", "Uninstall it first; its data goes with it"},
	"INSTALL_FAILED_DUPLICATE_PERMISSION":       {"", wire.Conflict, "another package defines the same permission", "Uninstall that package first"},
	"INSTALL_FAILED_INVALID_APK":                {"", wire.Invalid, "the APK is damaged or unfit", "Build it again; all APKs of an app have to be of one build"},
	"INSTALL_FAILED_MISSING_SPLIT":              {"", wire.Invalid, "a part of the app is missing", "Install the base APK together with its splits"},
	"INSTALL_FAILED_NO_MATCHING_ABIS":           {"", wire.Invalid, "the app has no code for this device's processor", "Build it for the device's ABI: getprop ro.product.cpu.abilist"},
	"INSTALL_FAILED_OLDER_SDK":                  {"", wire.Invalid, "the app needs a newer Android", "Compare its minSdk with: getprop ro.build.version.sdk"},
	"INSTALL_FAILED_TEST_ONLY":                  {"", wire.Forbidden, "the app is a test build", "Allow test packages (-t)"},
	"INSTALL_FAILED_USER_RESTRICTED":            {"", wire.Forbidden, "this user may not install apps", "Install for another user, or lift the restriction"},
	"INSTALL_FAILED_VERIFICATION_FAILURE":       {"", wire.Forbidden, "the device's verifier refused the package", "Turn it off: settings put global verifier_verify_adb_installs 0"},
	"INSTALL_FAILED_ABORTED":                    {"", wire.OpenFailed, "the installation was aborted", "Somebody may have to accept it on the device"},
	"INSTALL_PARSE_FAILED_NOT_APK":              {"", wire.Invalid, "the file is no APK", "Check that it is whole: unzip -t"},
	"INSTALL_PARSE_FAILED_NO_CERTIFICATES":      {"", wire.Invalid, "the APK is not signed", "Sign it: apksigner sign"},
	"INSTALL_PARSE_FAILED_UNEXPECTED_EXCEPTION": {"", wire.Invalid, "the APK cannot be read", "Check that it is whole: unzip -t"},
	"DELETE_FAILED_INTERNAL_ERROR":              {"", wire.NotFound, "the package cannot be uninstalled", "Check its name: pm list packages"},
	"DELETE_FAILED_DEVICE_POLICY_MANAGER":       {"", wire.Forbidden, "the package manages the device", "Take that right from it first"},
	"DELETE_FAILED_USER_RESTRICTED":             {"", wire.Forbidden, "this user may not uninstall apps", "Uninstall for another user, or lift the restriction"},
}
