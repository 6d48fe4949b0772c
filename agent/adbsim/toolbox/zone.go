package toolbox

import (
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// zones are the time zones that a device can be set to, beside GMT+HH:MM. The
// host's own tables are not read.
var zones = map[string]*time.Location{
	"UTC": time.UTC, "GMT": time.UTC, "Etc/UTC": time.UTC,
	"Asia/Tokyo":    time.FixedZone("JST", 9*3600),
	"Asia/Shanghai": time.FixedZone("CST", 8*3600),
	"Asia/Kolkata":  time.FixedZone("IST", 5*3600+1800),
}

var berlin, berlinSummer = time.FixedZone("CET", 3600), time.FixedZone("CEST", 2*3600)

// local is a moment in the device's time zone.
func local(m *machine.Machine, t time.Time) time.Time { return t.In(zone(m, t)) }

// zone is the device's, by persist.sys.timezone.
func zone(m *machine.Machine, at time.Time) *time.Location {
	name := m.Props.Get("persist.sys.timezone")
	if name == "Europe/Berlin" {
		return berlinAt(at)
	}
	z, _ := zoneNamed(name)
	return z
}

func zoneNamed(name string) (z *time.Location, known bool) {
	if name == "Europe/Berlin" {
		return berlin, true
	}
	if z := zones[name]; z != nil {
		return z, true
	}
	offset, custom := strings.CutPrefix(name, "GMT")
	hours, minutes, _ := strings.Cut(offset, ":")
	h, err := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if !custom || err != nil || h < -14 || h > 14 || m < 0 || m > 59 {
		return time.UTC, false
	}
	if h < 0 {
		m = -m
	}
	return time.FixedZone(name, h*3600+m*60), true
}

// berlinAt has summer time from the last Sunday of March to that of October,
// both at 1:00 UTC.
func berlinAt(t time.Time) *time.Location {
	t = t.UTC()
	lastSunday := func(month time.Month) time.Time {
		end := time.Date(t.Year(), month, 31, 1, 0, 0, 0, time.UTC)
		return end.AddDate(0, 0, -int(end.Weekday()))
	}
	if !t.Before(lastSunday(time.March)) && t.Before(lastSunday(time.October)) {
		return berlinSummer
	}
	return berlin
}
