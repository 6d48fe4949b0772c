//go:build !linux && !windows

package life

import "time"

var began = time.Now()

// sinceBoot is the monotonic clock: nothing better is portable.
func sinceBoot() time.Duration { return time.Since(began) }
