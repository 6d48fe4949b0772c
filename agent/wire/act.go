package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// ActKind is what a run may do on a device beside a command of its shell: one
// closed set.
type ActKind string

const (
	ActReboot        ActKind = "reboot"
	ActWait          ActKind = "wait"
	ActUninstall     ActKind = "uninstall"
	ActLogcat        ActKind = "logcat"
	ActRoot          ActKind = "root"
	ActUnroot        ActKind = "unroot"
	ActRemount       ActKind = "remount"
	ActDisableVerity ActKind = "disable-verity"
	ActEnableVerity  ActKind = "enable-verity"
)

// ActKinds are all of them.
var ActKinds = []ActKind{
	ActReboot, ActWait, ActUninstall, ActLogcat, ActRoot, ActUnroot, ActRemount, ActDisableVerity, ActEnableVerity,
}

// RebootMode is where a reboot leads, in adb's words; empty is Android.
type RebootMode string

const (
	RebootAndroid      RebootMode = ""
	RebootRecovery     RebootMode = "recovery"
	RebootBootloader   RebootMode = "bootloader"
	RebootFastboot     RebootMode = "fastboot"
	RebootSideload     RebootMode = "sideload"
	RebootSideloadAuto RebootMode = "sideload-auto-reboot"
)

// RebootModes are all but the empty one.
var RebootModes = []RebootMode{RebootRecovery, RebootBootloader, RebootFastboot, RebootSideload, RebootSideloadAuto}

// WaitFor is what a wait waits for; empty is Boot.
type WaitFor string

const (
	WaitBoot       WaitFor = "boot" // the device is there and says that it has booted
	WaitDevice     WaitFor = "device"
	WaitRecovery   WaitFor = "recovery"
	WaitSideload   WaitFor = "sideload"
	WaitBootloader WaitFor = "bootloader"
	WaitDisconnect WaitFor = "disconnect"
)

// WaitsFor are all of them.
var WaitsFor = []WaitFor{WaitBoot, WaitDevice, WaitRecovery, WaitSideload, WaitBootloader, WaitDisconnect}

// Act is what a run does on a device where that is no command of its shell.
// Check names every mistake; fields that belong to another kind are mistakes.
type Act struct {
	// A field of another spelling must not turn a reboot into another one.
	_       struct{} `json:"-" additionalProperties:"false"`
	unknown []string // fields that this version does not know: Check names them

	Kind ActKind    `json:"kind" enum:"reboot,wait,uninstall,logcat,root,unroot,remount,disable-verity,enable-verity"`
	Mode RebootMode `json:"mode,omitempty" enum:"recovery,bootloader,fastboot,sideload,sideload-auto-reboot"` // reboot
	// Wait: the reboot's run ends once the device is back: booted, with a new
	// boot id, or where Mode leads.
	Wait bool    `json:"wait,omitempty"`                                                           // reboot
	For  WaitFor `json:"for,omitempty" enum:"boot,device,recovery,sideload,bootloader,disconnect"` // wait

	Package string `json:"package,omitempty"` // uninstall
	User    string `json:"user,omitempty"`    // uninstall: a number, current or all; empty: every user, as adb
	Keep    bool   `json:"keep,omitempty"`    // uninstall: its data stays

	Buffers []string `json:"buffers,omitempty"` // logcat: main, system, crash, …; none: the device's default
	Filters []string `json:"filters,omitempty"` // logcat: TAG, TAG:PRIORITY, *:PRIORITY
	Since   string   `json:"since,omitempty"`   // logcat: so many last lines, or a time as logcat -T takes it
	Dump    bool     `json:"dump,omitempty"`    // logcat: what is there, and no more
}

// Command is the act in adb's words, for people: it is shown where a run's
// command is, and never run. A boot is waited for in a word that adb lacks.
func (a *Act) Command() string {
	words := []string{"adb"}
	say := func(more ...string) { words = append(words, more...) }
	switch a.Kind {
	case ActReboot:
		say("reboot")
		if a.Mode != RebootAndroid {
			say(string(a.Mode))
		}
	case ActWait:
		say("wait-for-" + string(a.Waits()))
	case ActUninstall:
		say("uninstall")
		if a.Keep {
			say("-k")
		}
		if a.User != "" {
			say("--user", a.User)
		}
		say(a.Package)
	case ActLogcat:
		say("logcat")
		if len(a.Buffers) > 0 {
			say("-b", strings.Join(a.Buffers, ","))
		}
		if a.Dump {
			say("-d")
		}
		if a.Since != "" {
			say("-T", shown(a.Since))
		}
		for _, filter := range a.Filters {
			say(shown(filter))
		}
	default:
		say(string(a.Kind))
	}
	return strings.Join(words, " ")
}

// shown is a word as a shell would need it.
func shown(word string) string {
	if strings.ContainsAny(word, " *'\"\\$`;&|<>()?[]#~!") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// Waits is what a wait waits for.
func (a *Act) Waits() WaitFor {
	if a.For == "" {
		return WaitBoot
	}
	return a.For
}

// ActHash names an act for comparison, as CommandHash a command; no command
// has the hash of an act.
func ActHash(a *Act) string {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // strings and booleans alone
	}
	sum := sha256.Sum256(append([]byte("act\x00"), text...))
	return hex.EncodeToString(sum[:])
}

// MayBegin says whether an act can begin while the device is in a state. A wait
// begins in any, also where the bench does not list the device at all: listed
// is false then.
func (a *Act) MayBegin(state DeviceState, listed bool) bool {
	switch a.Kind {
	case ActWait:
		return true
	case ActReboot:
		return listed && (state == DeviceReady || state == "recovery" || state == "sideload")
	case ActRoot, ActUnroot:
		return listed && (state == DeviceReady || state == "recovery")
	}
	return listed && state == DeviceReady
}
