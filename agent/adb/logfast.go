package adb

import (
	"strings"
	"time"
)

// fast reads the line that logcat prints when it is asked as Logcat does, "
// SECONDS.micros PID TID P TAG: TEXT", in one pass: a flood is a million of
// them a second. Whatever it does not know at once is threadtime's.
func (p *logParser) fast(line string, e *LogEntry) bool {
	i, seconds := number(line, blanks(line, 0), 10)
	if i == 0 || i+7 >= len(line) || line[i] != '.' {
		return false
	}
	end, micros := number(line, i+1, 6)
	if end != i+7 || line[end] != ' ' {
		return false
	}
	pidEnd, pid := number(line, blanks(line, end), 9)
	if pidEnd == 0 || pidEnd >= len(line) || line[pidEnd] != ' ' {
		return false
	}
	tidEnd, tid := number(line, blanks(line, pidEnd), 9)
	if tidEnd == 0 || tidEnd+3 >= len(line) || line[tidEnd] != ' ' || line[tidEnd+2] != ' ' || !isPriority(line[tidEnd+1]) {
		return false
	}
	rest := line[tidEnd+3:]
	tag := strings.IndexByte(rest, ':')
	if tag < 0 || tag+1 >= len(rest) || rest[tag+1] != ' ' {
		return false
	}
	e.Time = time.Unix(int64(seconds), int64(micros)*1000).In(p.clock.zone)
	e.PID, e.TID, e.Priority, e.Buffer = pid, tid, line[tidEnd+1], p.buffer
	e.Text = rest[tag+2:]
	for tag > 0 && rest[tag-1] == ' ' {
		tag--
	}
	e.Tag = rest[:tag]
	return true
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
