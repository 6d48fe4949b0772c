package adb

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// maxLogLine bounds a line, and a message of several lines; what is longer
// comes in pieces. logd itself takes 4 KiB.
const maxLogLine = 64 << 10

// logParser makes entries of what logcat prints, in its formats threadtime and
// long, with any modifier of the time and with uid. It takes any bytes.
type logParser struct {
	clock logClock
	long  bool
	// divided says that a line tells of each change of buffer (logcat -D), so
	// that every message's buffer is known.
	divided bool
	buffer  string

	head  logHead // of the newest line
	carry []byte  // of a line whose end has not come

	// In the long format: the message that is being read.
	open  *LogEntry
	lines []string
	size  int
	ended bool // the newest line was blank: a head may follow
}

func newLogParser(zone *time.Location, now time.Time, long bool) *logParser {
	return &logParser{clock: logClock{zone: zone, now: now}, long: long, ended: true}
}

// feed appends to entries what the bytes end. Entries share memory with one
// copy of data, so one that is kept keeps its neighbours' text too.
func (p *logParser) feed(data []byte, entries []LogEntry) []LogEntry {
	if len(p.carry) > 0 {
		n := bytes.IndexByte(data, '\n')
		switch {
		case n < 0 && len(p.carry)+len(data) <= maxLogLine:
			p.carry = append(p.carry, data...)
			return entries
		case n < 0 || len(p.carry)+n > maxLogLine:
			n = max(0, min(maxLogLine-len(p.carry), len(data)))
			entries = p.line(string(append(p.carry, data[:n]...)), entries)
			data = data[n:]
		default:
			entries = p.line(string(append(p.carry, data[:n]...)), entries)
			data = data[n+1:]
		}
		p.carry = p.carry[:0]
	}
	last := bytes.LastIndexByte(data, '\n') + 1
	text := string(data[:last])
	for text != "" {
		n := strings.IndexByte(text, '\n')
		if n > maxLogLine {
			entries = p.line(text[:maxLogLine], entries)
			text = text[maxLogLine:]
			continue
		}
		entries = p.line(text[:n], entries)
		text = text[n+1:]
	}
	for data = data[last:]; len(data) > maxLogLine; data = data[maxLogLine:] {
		entries = p.line(string(data[:maxLogLine]), entries)
	}
	p.carry = append(p.carry, data...)
	return entries
}

// settle appends the message that the long format leaves open: its blank line
// has come, and nothing else for now.
func (p *logParser) settle(entries []LogEntry) []LogEntry {
	if p.open != nil && p.ended && len(p.carry) == 0 {
		entries = p.close(entries)
	}
	return entries
}

// end appends what was left open when the stream ended.
func (p *logParser) end(entries []LogEntry) []LogEntry {
	if len(p.carry) > 0 {
		entries = p.line(string(p.carry), entries)
		p.carry = p.carry[:0]
	}
	if len(p.lines) > 0 {
		entries = p.close(entries)
	}
	return entries
}

const divider = "--------- "

func (p *logParser) line(line string, entries []LogEntry) []LogEntry {
	if strings.HasPrefix(line, divider) {
		words := line[len(divider):]
		name, ok := strings.CutPrefix(words, "beginning of ")
		if !ok {
			name, ok = strings.CutPrefix(words, "switch to ")
		}
		// In the long format a message may hold such a line; only behind a
		// blank one it divides.
		if ok && p.ended {
			entries = p.close(entries)
			p.open = nil
			if p.divided {
				p.buffer = strings.Clone(name[:min(len(name), 32)])
			}
			return append(entries, LogEntry{Kind: LogBuffer, Buffer: name})
		}
	}
	if p.long {
		return p.longLine(line, entries)
	}
	entries = slices.Grow(entries, 1)
	entries = entries[:len(entries)+1]
	e := &entries[len(entries)-1]
	if p.fast(line, e) {
		return entries
	}
	if *e = (LogEntry{}); !p.threadtime(line, e) {
		*e = LogEntry{Kind: LogOther, Text: line}
	}
	return entries
}

// threadtime reads "TIME [UID] PID TID P TAG: TEXT".
func (p *logParser) threadtime(line string, e *LogEntry) bool {
	at, rest, ok := p.clock.read(line)
	if !ok {
		return false
	}
	var words [3]string
	for n := 0; ; n++ {
		rest = strings.TrimLeft(rest, " ")
		end := strings.IndexByte(rest, ' ')
		if end < 0 {
			return false
		}
		word := rest[:end]
		if n >= 2 && end == 1 && isPriority(word[0]) {
			if n == 3 {
				e.UID, words[0], words[1] = words[0], words[1], words[2]
			}
			e.Priority, rest = word[0], rest[2:]
			break
		}
		if n == 3 {
			return false
		}
		words[n], rest = word, rest[end:]
	}
	var fine [2]bool
	e.PID, fine[0] = smallNumber(words[0])
	e.TID, fine[1] = smallNumber(words[1])
	tag, text, cut := strings.Cut(rest, ": ")
	if !cut {
		tag, cut = strings.CutSuffix(rest, ":")
	}
	e.Time, e.Tag, e.Text, e.Buffer = at, strings.TrimRight(tag, " "), text, p.buffer
	return cut && fine[0] && fine[1]
}

func isPriority(c byte) bool {
	switch c {
	case 'V', 'D', 'I', 'W', 'E', 'F', 'A', 'S':
		return true
	}
	return false
}

// smallNumber reads a process id.
func smallNumber(s string) (n int, ok bool) {
	if s == "" || len(s) > 9 || digits(s) != len(s) {
		return 0, false
	}
	for _, d := range []byte(s) {
		n = n*10 + int(d-'0')
	}
	return n, true
}

// longLine reads "[ TIME [UID:]PID:TID P/TAG ]", then the text, then a blank
// line.
func (p *logParser) longLine(line string, entries []LogEntry) []LogEntry {
	var e LogEntry
	if p.ended && p.longHead(line, &e) {
		entries = p.close(entries)
		p.open, p.ended = &e, false
		return entries
	}
	if p.open == nil {
		return append(entries, LogEntry{Kind: LogOther, Text: line})
	}
	if p.size+len(line) > maxLogLine {
		entries = p.close(entries)
	}
	p.lines, p.size, p.ended = append(p.lines, line), p.size+len(line)+1, line == ""
	return entries
}

func (p *logParser) longHead(line string, e *LogEntry) bool {
	head, ok := strings.CutPrefix(line, "[ ")
	if !ok {
		return false
	}
	if head, ok = strings.CutSuffix(head, " ]"); !ok {
		return false
	}
	at, rest, ok := p.clock.read(head)
	if !ok {
		return false
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 2 || rest[slash-2] != ' ' || !isPriority(rest[slash-1]) {
		return false
	}
	ids := strings.Split(strings.TrimSpace(rest[:slash-2]), ":")
	if len(ids) == 3 {
		e.UID, ids = strings.TrimSpace(ids[0]), ids[1:]
	}
	if len(ids) != 2 {
		return false
	}
	var fine [2]bool
	e.PID, fine[0] = smallNumber(strings.TrimSpace(ids[0]))
	e.TID, fine[1] = smallNumber(strings.TrimSpace(ids[1]))
	e.Time, e.Priority, e.Tag, e.Buffer = at, rest[slash-1], strings.TrimRight(rest[slash+1:], " "), p.buffer
	return fine[0] && fine[1]
}

// close appends the message that is being read; its head stays, so that what
// follows without a new one belongs to it too.
func (p *logParser) close(entries []LogEntry) []LogEntry {
	if p.open == nil || len(p.lines) == 0 {
		p.lines, p.size = p.lines[:0], 0
		return entries
	}
	if n := len(p.lines); n > 1 && p.lines[n-1] == "" {
		p.lines = p.lines[:n-1]
	}
	e := *p.open
	e.Text = strings.Join(p.lines, "\n")
	p.lines, p.size = p.lines[:0], 0
	return append(entries, e)
}
