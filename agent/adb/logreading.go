package adb

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// logReading is the reading of one logcat's output.
type logReading struct {
	s       *logStream
	resumed bool // the one before was lost

	head   []byte // its first line, until it is whole
	parser *logParser
	errs   []byte     // what it said on stderr
	block  []LogEntry // of this read
	text   int        // bytes in block
	lines  bool       // it printed some of the log
	exited bool
	exit   byte
}

// maxLogErrs bounds what is kept of stderr, and the first line.
const maxLogErrs = 4 << 10

func (r *logReading) packet(id Packet, data []byte) {
	switch id {
	case Stdout:
		if r.parser == nil {
			data = r.first(data)
		}
		if r.parser != nil && len(data) > 0 {
			from := len(r.block)
			r.block = r.parser.feed(data, r.block)
			r.entries(from)
		}
	case Stderr:
		r.errs = append(r.errs, data[:min(len(data), maxLogErrs-len(r.errs))]...)
		if r.lines { // a logcat that goes on and complains
			r.other()
		}
	case Exit:
		r.exited, r.exit = true, data[0]
	}
}

// other gives whole lines of stderr on.
func (r *logReading) other() {
	for {
		line, rest, whole := strings.Cut(string(r.errs), "\n")
		if !whole && len(r.errs) < maxLogErrs {
			return
		}
		r.errs = append(r.errs[:0], rest...)
		r.block, r.text = append(r.block, LogEntry{Kind: LogOther, Text: line}), r.text+len(line)
	}
}

// logGreeting begins the script's own line: it, boot, seconds and zone.
const logGreeting = "farbench-log "

// first reads the script's own line and gives what follows it. A device whose
// shell does not print it is a stranger, but its log is read all the same.
func (r *logReading) first(data []byte) []byte {
	before := len(r.head)
	taken := min(len(data), maxLogErrs-before)
	r.head = append(r.head, data[:taken]...)
	end := bytes.IndexByte(r.head, '\n')
	if end < 0 && len(r.head) < maxLogErrs {
		return nil
	}
	if end < 0 || !bytes.HasPrefix(r.head, []byte(logGreeting)) {
		r.begin("", "", "")
		from := len(r.block)
		r.block = r.parser.feed(r.head, r.block)
		r.entries(from)
		return data[taken:]
	}
	words := strings.Split(string(r.head[len(logGreeting):end]), " ")
	words = append(words, "", "")
	r.begin(words[0], words[1], words[2])
	return data[end+1-before:]
}

// begin starts the parser with what the device said of itself.
func (r *logReading) begin(boot, seconds, zone string) {
	s := r.s
	s.now = time.Now()
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
		s.now = time.Unix(n, 0)
	}
	s.zone = parseZone(zone)
	r.parser = newLogParser(s.zone, s.now, s.o.Long)
	r.parser.divided = !s.plain
	from, known := s.tail.from(s.fine())
	switch {
	case !known: // nothing was read yet: nothing can be missing or come twice
		if r.resumed {
			r.block = append(r.block, LogEntry{Kind: LogResumed, Text: "nothing is missing"})
		}
	case boot != s.boot:
		s.tail.forget()
		clear(s.told)
		r.block = append(r.block, LogEntry{Kind: LogGap, Text: "the device was booted: its log begins anew"})
	case s.now.Before(from.Truncate(time.Second)):
		s.tail.putBack(s.now)
		r.block = append(r.block, LogEntry{Kind: LogGap, Text: "the device's clock was put back: the log goes on from now"})
	default:
		s.tail.resume(from, s.now)
	}
	s.boot = boot
}

// entries takes what the parser put behind the first from entries of the
// block: what is no news goes.
func (r *logReading) entries(from int) {
	tail := r.s.tail
	if tail.awaited != nil { // a resumed stream: what is known goes, words come between
		parsed := append([]LogEntry(nil), r.block[from:]...)
		r.block = r.block[:from]
		for i := range parsed {
			if r.count(&parsed[i]) {
				r.block = tail.take(parsed[i], r.block)
			}
		}
		return
	}
	kept := from
	for i := from; i < len(r.block); i++ {
		e := &r.block[i]
		if !r.count(e) {
			continue
		}
		if e.Kind == LogMessage {
			tail.add(e)
		}
		if kept < i {
			r.block[kept] = *e
		}
		kept++
	}
	r.block = r.block[:kept]
}

// count notes an entry and says whether it is to be told.
func (r *logReading) count(e *LogEntry) bool {
	if e.Kind == LogBuffer && !r.begun(e.Buffer) {
		return false
	}
	r.lines = r.lines || e.Kind != LogOther
	r.text += len(e.Text) + len(e.Tag)
	return true
}

// begun says whether a buffer's beginning is news.
func (r *logReading) begun(buffer string) bool {
	told := r.s.told[buffer]
	if len(r.s.told) < 16 {
		r.s.told[buffer] = true
	}
	return !told
}

// settle takes what the parser still holds: all of it at the end, else the
// messages that are whole.
func (r *logReading) settle(end bool) {
	from := len(r.block)
	if end {
		r.block = r.parser.end(r.block)
	} else {
		r.block = r.parser.settle(r.block)
	}
	r.entries(from)
}

// ended judges a logcat that ended by itself.
func (r *logReading) ended() logEnd {
	words := strings.TrimSpace(strings.ToValidUTF8(string(r.errs), "\uFFFD"))
	failed := &Error{
		Op: "reading the log", Code: wire.OpenFailed, Message: fmt.Sprintf("logcat ended with exit code %d", r.exit),
	}
	if words != "" {
		first, _, _ := strings.Cut(words, "\n")
		failed.Message += ": " + cut(first, 512)
	}
	switch {
	case r.exit == 0 && r.s.o.Dump:
		return logEnd{began: true, done: true}
	case r.lines || r.exit == 0 || r.exit >= 128: // it was killed, or logd went
		return logEnd{began: true, err: failed}
	case !r.s.plain && !r.s.opened: // perhaps one that knows no modifiers
		r.s.plain = true
		return logEnd{again: true}
	}
	return logEnd{err: failed}
}
