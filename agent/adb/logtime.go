package adb

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// LogTime reads a time as logcat -T takes it, "11-21 09:30:00.000" or seconds
// since 1970: in the device's zone, and where it names no year in the last one
// that has had that moment by the device's clock.
func (c *Client) LogTime(ctx context.Context, transportID int64, words string) (time.Time, error) {
	const op = "reading a time of the log"
	r, err := c.script(ctx, op, transportID, "date '+%s %z'", c.OpenTimeout, maxRefusal)
	if err != nil {
		return time.Time{}, err
	}
	at, ok := parseLogTime(r.out, words)
	if !ok {
		return at, &Error{
			Op: op, Code: wire.Invalid, Message: fmt.Sprintf("%q is no time", cut(words, 64)),
			Hint: "Give one as logcat does: 11-21 09:30:00.000",
		}
	}
	return at, nil
}

// parseLogTime reads words by a clock, which is seconds and zone.
func parseLogTime(clock, words string) (time.Time, bool) {
	seconds, zone, _ := strings.Cut(strings.TrimSpace(clock), " ")
	now, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || now < 0 || now > 1<<40 {
		return time.Time{}, false
	}
	if !strings.Contains(words, ".") {
		words += ".0"
	}
	reader := logClock{zone: parseZone(zone), now: time.Unix(now, 0)}
	at, rest, ok := reader.read(words)
	return at, ok && rest == ""
}
