package life

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot is CLOCK_BOOTTIME: the monotonic clock with suspended time.
func sinceBoot() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		panic("life: CLOCK_BOOTTIME: " + err.Error()) // on Linux since 2.6.39
	}
	return time.Duration(ts.Nano())
}
