package checks

import (
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Defaults is what a lab has before anybody saved anything: questions that
// every Android device answers.
func Defaults() api.Checks {
	is := func(text string) wire.Expect { return wire.Expect{Is: &text} }
	below := func(n float64) wire.Expect { return wire.Expect{Below: &n} }
	return api.Checks{
		Checks: []api.Check{
			{ID: "booted", Label: "Booted", Command: "getprop sys.boot_completed", Pattern: `^(?<booted>\S+)$`, Expect: is("1"), TimeoutS: 20},
			{ID: "build", Label: "Build", Command: "getprop ro.build.fingerprint", Pattern: `^(?<build>\S+)$`, TimeoutS: 20},
			{ID: "android", Label: "Android version", Command: "getprop ro.build.version.release", Pattern: `^(?<release>\S+)$`, TimeoutS: 20},
			{ID: "patch", Label: "Security patch", Command: "getprop ro.build.version.security_patch", Pattern: `^(?<patch>\d{4}-\d\d-\d\d)$`, TimeoutS: 20},
			{ID: "boot-reason", Label: "Boot reason", Command: "getprop ro.boot.bootreason", Pattern: `^(?<reason>\S+)$`, TimeoutS: 20},
			{ID: "storage", Label: "Storage in use, %", Command: "df /data", Pattern: `\s(?<used>\d+)%\s+/data`, Expect: below(90), TimeoutS: 20},
		},
		Commands: []api.SavedCommand{
			{ID: "properties", Label: "All properties", Command: "getprop"},
			{ID: "log", Label: "The last 500 lines of the log", Command: "logcat -d -v threadtime -t 500"},
			{ID: "packages", Label: "Installed packages", Command: "pm list packages -f -3"},
			{ID: "memory", Label: "Memory", Command: "dumpsys meminfo"},
			{ID: "processes", Label: "Processes", Command: "top -b -n 1"},
			{ID: "displays", Label: "Displays", Command: "dumpsys display"},
		},
	}
}
