package adb

import (
	"strings"
	"time"
)

// logClock reads the times of a log: dates with a year and without, with a
// zone and without, and seconds since 1970.
type logClock struct {
	// zone is the device's; times without one are in it. now is its clock,
	// which tells the year of dates that have none.
	zone *time.Location
	now  time.Time

	// The newest date and what it is: a second has many lines.
	date  string
	begun int64
	// The newest offset that a line named, and its zone.
	offset string
	named  *time.Location
}

// read takes a time off a line's beginning.
func (c *logClock) read(line string) (at time.Time, rest string, ok bool) {
	line = strings.TrimLeft(line, " ")
	n := digits(line)
	if n == 0 || n >= len(line) {
		return at, line, false
	}
	var seconds int64
	dated := line[n] == '-'
	if dated {
		size := len("01-02 15:04:05")
		if n == 4 {
			size += len("2006-")
		}
		if len(line) <= size {
			return at, line, false
		}
		if seconds, ok = c.second(line[:size]); !ok {
			return at, line, false
		}
		rest = line[size:]
	} else {
		if n > 18 {
			return at, line, false
		}
		for _, d := range []byte(line[:n]) {
			seconds = seconds*10 + int64(d-'0')
		}
		rest = line[n:]
	}
	if len(rest) == 0 || rest[0] != '.' {
		return at, line, false
	}
	rest = rest[1:]
	places := digits(rest)
	if places == 0 || places > 9 {
		return at, line, false
	}
	var nanos int64
	for i := range 9 {
		nanos *= 10
		if i < places {
			nanos += int64(rest[i] - '0')
		}
	}
	rest = rest[places:]
	zone := c.zone
	if dated && len(rest) > 6 && rest[0] == ' ' && (rest[1] == '+' || rest[1] == '-') && digits(rest[2:]) == 4 {
		named := c.zoneOf(rest[1:6])
		seconds += int64(offsetOf(zone, seconds) - offsetOf(named, seconds))
		zone, rest = named, rest[6:]
	}
	return time.Unix(seconds, nanos).In(zone), rest, true
}

func offsetOf(zone *time.Location, seconds int64) int {
	_, offset := time.Unix(seconds, 0).In(zone).Zone()
	return offset
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// second is a date as seconds since 1970.
func (c *logClock) second(date string) (int64, bool) {
	if date == c.date {
		return c.begun, true
	}
	layout := "2006-01-02 15:04:05"
	var t time.Time
	var err error
	if len(date) == len(layout) {
		t, err = time.ParseInLocation(layout, date, c.zone)
	} else {
		t, err = c.yearless(date)
	}
	if err != nil {
		return 0, false
	}
	c.date, c.begun = strings.Clone(date), t.Unix()
	return c.begun, true
}

// yearless takes a date for the newest one that is not a day ahead of the
// device's clock: on the first of January the log still holds December.
func (c *logClock) yearless(date string) (time.Time, error) {
	const leap = "2024-" // so that 29 February is a date
	t, err := time.ParseInLocation("2006-01-02 15:04:05", leap+date, c.zone)
	if err != nil {
		return t, err
	}
	now := c.now.In(c.zone)
	year := now.AddDate(0, 0, 1).Year()
	for {
		dated := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, c.zone)
		// A day that this year does not have rolls over: go on to one that has.
		if dated.Day() == t.Day() && dated.Sub(now) <= 24*time.Hour || year < now.Year()-8 {
			return dated, nil
		}
		year--
	}
}

// zoneOf is the zone of an offset such as +0530.
func (c *logClock) zoneOf(offset string) *time.Location {
	if offset != c.offset {
		c.offset, c.named = strings.Clone(offset), parseZone(offset)
	}
	return c.named
}

// parseZone reads +HHMM; UTC is what it makes of anything else.
func parseZone(offset string) *time.Location {
	if len(offset) != 5 || digits(offset[1:]) != 4 {
		return time.UTC
	}
	d := func(i int) int { return int(offset[i] - '0') }
	seconds := (d(1)*10+d(2))*3600 + (d(3)*10+d(4))*60
	if offset[0] == '-' {
		seconds = -seconds
	}
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone("", seconds)
}
