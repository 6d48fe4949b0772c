package main

import (
	"fmt"
	"strconv"
	"time"
)

// span is a time that people count back: Go's durations, and days and weeks.
type span time.Duration

const day = 24 * time.Hour

// UnmarshalText reads 90m, 2h30m, 1d or 2w.
func (s *span) UnmarshalText(text []byte) error {
	word := string(text)
	for unit, length := range map[byte]time.Duration{'d': day, 'w': 7 * day} {
		if n := len(word) - 1; n > 0 && word[n] == unit {
			count, err := strconv.ParseFloat(word[:n], 64)
			if err != nil || !(count > 0 && count < 36500) {
				return fmt.Errorf("%q is no time: write it like 90m, 2h, 1d or 2w", word)
			}
			*s = span(count * float64(length))
			return nil
		}
	}
	d, err := time.ParseDuration(word)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no time: write it like 90m, 2h, 1d or 2w", word)
	}
	*s = span(d)
	return nil
}

// ago is the moment so long ago; no moment where nothing was said.
func (s span) ago() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Now().Add(-time.Duration(s))
}

// short writes a duration as people do.
func short(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%.3g h", d.Hours())
}
