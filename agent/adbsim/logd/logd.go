// Package logd is the log of a simulated device: one ring of entries for each
// buffer, as Android's logd keeps them, that programs write and readers follow.
// Memory is bounded by the rings. What a device says by itself is made from its
// clock when somebody looks, so a bench that nobody reads does nothing. It
// knows neither processes nor adb.
package logd

import (
	"slices"
	"sync"
	"time"
)

// Buffer is one of logd's buffers, by its number.
type Buffer uint8

// The buffers of a device, numbered as Android does.
const (
	Main   Buffer = 0
	Radio  Buffer = 1
	Events Buffer = 2
	System Buffer = 3
	Crash  Buffer = 4
	Kernel Buffer = 7
)

// Buffers lists them in the order in which logcat speaks of them.
var buffers = [...]Buffer{Main, Radio, Events, System, Crash, Kernel}

var bufferNames = map[Buffer]string{Main: "main", Radio: "radio", Events: "events", System: "system", Crash: "crash", Kernel: "kernel"}

func (b Buffer) String() string { return bufferNames[b] }

// All gives every buffer.
func All() []Buffer { return slices.Clone(buffers[:]) }

// ParseBuffer finds a buffer by its name or number.
func ParseBuffer(name string) (Buffer, bool) {
	for b, known := range bufferNames {
		if known == name || name == string(rune('0'+b)) {
			return b, true
		}
	}
	return 0, false
}

// Entry is one message in a log.
type Entry struct {
	Seq           uint64 // grows over all buffers; set by Write
	Time          time.Time
	Buffer        Buffer
	Priority      byte // V D I W E F
	PID, TID, UID int
	Tag, Message  string
}

// MaxPayload bounds tag and message together, as Android does.
const MaxPayload = 4068

// entryHead is what an entry costs beyond its text.
const entryHead = 28

func (e *Entry) size() int { return entryHead + 3 + len(e.Tag) + len(e.Message) }

// The size of a buffer: what it has at first, and what may be asked for.
const (
	DefaultSize = 256 << 10
	minSize     = 64 << 10
	maxSize     = 256 << 20
)

// Log is the log of one device. It is safe for concurrent use. A nil one may be
// booted and written to: what it is told is forgotten.
type Log struct {
	now  func() time.Time
	seed uint64

	mu      sync.Mutex // guards what is below
	rings   [Kernel + 1]ring
	seq     uint64 // of the newest entry
	newest  time.Time
	changed chan struct{} // closed at the next Write; nil while nobody waits
	idle    idle
	flood   flood
}

// New makes a log whose device goes by the clock now. Devices with another
// seed say other things.
func New(now func() time.Time, seed uint64) *Log {
	l := &Log{now: now, seed: seed}
	for i := range l.rings {
		l.rings[i].limit = DefaultSize
	}
	return l
}

// Write adds an entry; its time is now unless it has one, and never before
// that of the entry before it.
func (l *Log) Write(e Entry) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.catchUp(now)
	if e.Time.IsZero() {
		e.Time = now
	}
	l.add(e)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// add files an entry; the lock is held.
func (l *Log) add(e Entry) {
	if int(e.Buffer) >= len(l.rings) {
		return
	}
	if room := MaxPayload - 3 - min(len(e.Tag), 128); len(e.Message) > room {
		e.Message = e.Message[:room]
	}
	e.Tag = e.Tag[:min(len(e.Tag), 128)]
	if e.Time.Before(l.newest) {
		e.Time = l.newest
	}
	l.newest = e.Time
	l.seq++
	e.Seq = l.seq
	l.rings[e.Buffer].push(e)
}

// Read gives up to limit entries of the buffers that come after the entry
// numbered after, in the order in which they were written.
func (l *Log) Read(from []Buffer, after uint64, limit int) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUp(l.now())
	return merge(l.views(from, after, false), limit)
}

// Last is Read of what the buffers held when the device last went down.
func (l *Log) Last(from []Buffer, after uint64, limit int) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return merge(l.views(from, after, true), limit)
}

func (l *Log) views(from []Buffer, after uint64, last bool) [][]Entry {
	var views [][]Entry
	for _, b := range from {
		entries := l.rings[b].entries()
		if last {
			entries = l.rings[b].before
		}
		at, _ := slices.BinarySearchFunc(entries, after+1, func(e Entry, seq uint64) int {
			if e.Seq < seq {
				return -1
			}
			return min(int(e.Seq-seq), 1)
		})
		if at < len(entries) {
			views = append(views, entries[at:])
		}
	}
	return views
}

// merge copies the first entries of several sorted views.
func merge(views [][]Entry, limit int) []Entry {
	total := 0
	for _, v := range views {
		total += len(v)
	}
	out := make([]Entry, 0, min(total, limit))
	for len(out) < limit {
		first := -1
		for i, v := range views {
			if len(v) > 0 && (first < 0 || v[0].Seq < views[first][0].Seq) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		out = append(out, views[first][0])
		views[first] = views[first][1:]
	}
	return out
}

// Changed gives a channel that is closed when something is written, and after
// how long the device itself will have said more. Ask before Read.
func (l *Log) Changed() (<-chan struct{}, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	if l.flood.rate > 0 {
		return l.changed, floodPause
	}
	return l.changed, tick
}
