package adb

import (
	"strings"
	"time"
)

// logHead is what stands before a line's text but for the microseconds. A flood
// is of a few processes and of one second for long: what is as in the line before
// is compared, which is faster than to read it.
type logHead struct {
	before, after string // the microseconds
	seconds       int64
	pid, tid      int
	priority      byte
	tag           string
}

// fast reads the line that logcat prints when it is asked as Logcat does, "
// SECONDS.micros PID TID P TAG: TEXT", in one pass: a flood is a million of
// them a second. Whatever it does not know at once is threadtime's.
func (p *logParser) fast(line string, e *LogEntry) bool {
	h := &p.head
	at := len(h.before)
	micros, ok := sixDigits(line, at)
	if !ok || !strings.HasPrefix(line, h.before) || !strings.HasPrefix(line[at+6:], h.after) || at == 0 {
		if at, micros, ok = h.read(line); !ok {
			return false
		}
	}
	e.Kind, e.Time = LogMessage, time.Unix(h.seconds, int64(micros)*1000).In(p.clock.zone)
	e.PID, e.TID, e.Priority, e.Tag, e.Text = h.pid, h.tid, h.priority, h.tag, line[at+6+len(h.after):]
	e.UID, e.Buffer, e.Count = "", p.buffer, 0
	return true
}

// read takes a line's head and says where its microseconds are. One that is
// another's leaves the head empty.
func (h *logHead) read(line string) (at, micros int, ok bool) {
	*h = logHead{}
	dot, seconds := number(line, blanks(line, 0), 10)
	if dot == 0 || dot >= len(line) || line[dot] != '.' {
		return 0, 0, false
	}
	at = dot + 1
	micros, ok = sixDigits(line, at)
	end := at + 6
	if !ok || end >= len(line) || line[end] != ' ' {
		return 0, 0, false
	}
	pidEnd, pid := number(line, blanks(line, end), 9)
	if pidEnd == 0 || pidEnd >= len(line) || line[pidEnd] != ' ' {
		return 0, 0, false
	}
	tidEnd, tid := number(line, blanks(line, pidEnd), 9)
	if tidEnd == 0 || tidEnd+3 >= len(line) || line[tidEnd] != ' ' || line[tidEnd+2] != ' ' || !isPriority(line[tidEnd+1]) {
		return 0, 0, false
	}
	rest := line[tidEnd+3:]
	tag := strings.IndexByte(rest, ':')
	if tag < 0 || tag+1 >= len(rest) || rest[tag+1] != ' ' {
		return 0, 0, false
	}
	*h = logHead{
		before: line[:at], after: line[end : tidEnd+3+tag+2], seconds: int64(seconds),
		pid: pid, tid: tid, priority: line[tidEnd+1], tag: strings.TrimRight(rest[:tag], " "),
	}
	return at, micros, true
}

// sixDigits reads six digits and no more.
func sixDigits(s string, at int) (n int, ok bool) {
	if at+6 > len(s) {
		return 0, false
	}
	for _, c := range []byte(s[at : at+6]) {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

// blanks is where the blanks from i on end.
func blanks(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// number reads the digits from i on and says where they end; 0 where there are
// none, or more than most.
func number(s string, i, most int) (end, n int) {
	begun := i
	for i < len(s) && s[i]-'0' <= 9 {
		n = n*10 + int(s[i]-'0')
		if i++; i-begun > most {
			return 0, 0
		}
	}
	if i == begun {
		return 0, 0
	}
	return i, n
}
