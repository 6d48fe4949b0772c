package life

import (
	"time"

	"golang.org/x/sys/windows"
)

var tickCount = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetTickCount64")

// sinceBoot is GetTickCount64, which counts suspended time.
func sinceBoot() time.Duration {
	ms, _, _ := tickCount.Call()
	return time.Duration(ms) * time.Millisecond
}
