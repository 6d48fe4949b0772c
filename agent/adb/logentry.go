package adb

import (
	"strconv"
	"time"
)

// LogEntry is one thing that Logcat tells: a message, or what happened to the
// stream.
type LogEntry struct {
	Kind LogKind
	// Time is in the device's own time zone; of a LogMessage only.
	Time     time.Time
	PID, TID int
	Priority byte // V D I W E F, and A of old devices; of a LogMessage only
	Tag      string
	// Text is the message, any bytes at all; of a LogOther the line, of the
	// kinds that tell of the stream words for a person.
	Text   string
	UID    string // a number or a short name, where the log has it
	Buffer string // of a LogBuffer, and of messages where logcat tells it (since Android 7)
	Count  int64  // of a LogDropped: how many lines
}

// LogKind says what a LogEntry tells.
type LogKind uint8

const (
	LogMessage LogKind = iota // a message, or a line of one
	LogBuffer                 // the first message of a buffer follows
	LogOther                  // a line that is no message: logcat's own words
	LogDropped                // Count lines were not taken in time and are gone
	LogLost                   // the stream was lost: Text says why; it is resumed by itself
	LogResumed                // it goes on, and nothing is missing
	LogGap                    // it goes on, and nobody knows how much is missing: Text says why
)

// Append puts a message at dst's end as logcat prints it by default: the time
// in the device's zone, process, thread, priority, tag, text. A text of
// several lines stays one.
func (e *LogEntry) Append(dst []byte) []byte {
	dst = e.Time.AppendFormat(dst, "01-02 15:04:05.000")
	dst = append(padTo5(append(dst, ' '), e.PID), ' ')
	dst = append(padTo5(dst, e.TID), ' ', e.Priority, ' ')
	dst = append(dst, e.Tag...)
	for n := len(e.Tag); n < 8; n++ {
		dst = append(dst, ' ')
	}
	return append(append(dst, ": "...), e.Text...)
}

func padTo5(dst []byte, n int) []byte {
	for limit := 10000; limit > 1 && n < limit; limit /= 10 {
		dst = append(dst, ' ')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}
