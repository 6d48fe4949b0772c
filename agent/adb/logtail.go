package adb

import (
	"hash/maphash"
	"time"
)

const (
	// tailSize is how many of the newest messages are known by their hash.
	tailSize = 16 << 10
	// A resumed log goes back by tailOverlap, because messages of several
	// processes come a little out of order, and to each buffer's newest
	// message, unless that is older than tailReach.
	tailOverlap = 2 * time.Second
	tailReach   = time.Minute
	// tailHeld bounds the messages that wait until it is sure how it goes on.
	tailHeld = 4096
	// tailFull is what a buffer of the smallest size (64 KiB) surely gives when
	// it has run over.
	tailFull = 24 << 10
	// tailBuffers bounds the buffers that are told apart; Android has seven.
	tailBuffers = 16
)

// logTail is the end of what was read of a log. From it a stream that was lost
// goes on: the log is asked for again from a little before, and what is known
// is dropped. Each buffer that still holds its newest known message has lost
// nothing; one that does not has run over, or was cleared.
type logTail struct {
	seed    maphash.Seed // so that nobody writes two messages of one hash
	ring    []tailed     // the newest at the place before next
	next    int
	newest  int64 // times here are nanoseconds since 1970
	evicted int64 // the newest time that fell out of the ring
	buffers map[string]*tailBuffer
	last    *tailBuffer // of the newest message, whose buffer is name
	name    string

	// While a stream is resumed.
	awaited map[uint64]int // hashes of the messages that are known, and how often
	until   int64          // when it was resumed, by the device's clock
	held    []LogEntry     // new ones that came before it was decided
	decided bool
	gap     bool
}

type tailed struct {
	at   int64
	hash uint64
}

// tailBuffer is the newest message of one buffer.
type tailBuffer struct {
	tailed
	// While resumed: it is awaited; it lies too far back to be asked for; what
	// came of such a buffer from before, in bytes.
	missing, far bool
	unknown      int
}

func newLogTail() *logTail {
	return &logTail{seed: maphash.MakeSeed(), buffers: map[string]*tailBuffer{}, decided: true}
}

func (t *logTail) hash(e *LogEntry) uint64 {
	h := maphash.String(t.seed, e.Text)
	for _, v := range [...]uint64{uint64(e.Time.UnixNano()), uint64(e.PID)<<32 | uint64(e.TID), uint64(e.Priority)<<56 | uint64(len(e.Tag))} {
		h = (h ^ v) * 0x9e3779b97f4a7c15
		h ^= h >> 32
	}
	return h
}

// add remembers a message.
func (t *logTail) add(e *LogEntry) {
	one := tailed{e.Time.UnixNano(), t.hash(e)}
	if len(t.ring) < tailSize {
		t.ring = append(t.ring, one)
	} else {
		if old := t.ring[t.next].at; old > t.evicted {
			t.evicted = old
		}
		t.ring[t.next] = one
		t.next = (t.next + 1) % tailSize
	}
	t.newest = max(t.newest, one.at)
	if t.last == nil || e.Buffer != t.name { // most messages follow one of their own buffer
		t.last, t.name = t.buffers[e.Buffer], e.Buffer
		if t.last == nil && len(t.buffers) < tailBuffers {
			t.last = &tailBuffer{}
			t.buffers[e.Buffer] = t.last
		}
	}
	if t.last != nil {
		t.last.tailed = one
	}
}

// from is the time from which the log is asked for again; ok is false while
// nothing was read. fine is how exact the log's times are.
func (t *logTail) from(fine time.Duration) (from time.Time, ok bool) {
	if len(t.ring) == 0 {
		return from, false
	}
	at := t.newest - int64(tailOverlap)
	for _, b := range t.buffers {
		if b.at < at && b.at > t.newest-int64(tailReach) {
			at = b.at
		}
	}
	if len(t.ring) == tailSize && t.evicted >= at {
		at = t.evicted + int64(fine)
	}
	return time.Unix(0, min(at, t.newest)), true
}

// resume begins to drop what is known from the time on; now is the device's.
func (t *logTail) resume(from, now time.Time) {
	t.awaited, t.held, t.decided, t.gap = make(map[uint64]int), nil, false, false
	t.until = now.Add(time.Second).UnixNano() // it is told in whole seconds
	since := from.UnixNano()
	for _, one := range t.ring {
		if one.at >= since {
			t.awaited[one.hash]++
		}
	}
	for _, b := range t.buffers {
		b.far, b.unknown = b.at < since, 0
		b.missing = !b.far
	}
}

// forget begins anew: the device's log has.
func (t *logTail) forget() {
	*t = logTail{seed: t.seed, buffers: map[string]*tailBuffer{}, decided: true}
}

// putBack begins anew at an earlier time; what is known does not come twice.
func (t *logTail) putBack(now time.Time) {
	t.resume(time.Unix(0, 0), now)
	*t = logTail{seed: t.seed, buffers: map[string]*tailBuffer{}, awaited: t.awaited, decided: true, gap: true, newest: now.UnixNano()}
}

// take appends to out what is new, in a resumed stream behind the word whether
// anything is missing.
func (t *logTail) take(e LogEntry, out []LogEntry) []LogEntry {
	if t.awaited == nil {
		if e.Kind == LogMessage {
			t.add(&e)
		}
		return append(out, e)
	}
	if e.Kind == LogMessage && t.known(&e) {
		if !t.decided && !t.missing() {
			out = t.decide(LogEntry{Kind: LogResumed, Text: "nothing is missing"}, out)
		}
		return out
	}
	if !t.gap && e.Kind == LogMessage && t.ranOver(&e) {
		t.gap = true
		out = t.decide(LogEntry{Kind: LogGap, Text: "the device's log has run over or was cleared: nobody knows how much is missing"}, out)
	}
	if !t.decided && len(t.held) < tailHeld {
		t.held = append(t.held, e)
		return out
	}
	if !t.decided {
		t.gap = true
		out = t.decide(LogEntry{Kind: LogGap, Text: "the device's log does not show how it goes on: nobody knows how much is missing"}, out)
	}
	if e.Kind == LogMessage {
		if e.Time.UnixNano()-int64(tailOverlap) > max(t.until, t.newest) {
			t.awaited = nil // all that is known has come
		}
		t.add(&e)
	}
	return append(out, e)
}

// known says whether a message was read before, and strikes it off.
func (t *logTail) known(e *LogEntry) bool {
	h := t.hash(e)
	n := t.awaited[h]
	if n == 0 {
		return false
	}
	if n == 1 {
		delete(t.awaited, h)
	} else {
		t.awaited[h] = n - 1
	}
	if b := t.buffers[e.Buffer]; b != nil && b.hash == h {
		b.missing = false
	}
	return true
}

// missing says whether some buffer's newest known message has not come.
func (t *logTail) missing() bool {
	for _, b := range t.buffers {
		if b.missing {
			return true
		}
	}
	return false
}

// ranOver judges a buffer by a message of it that is new.
func (t *logTail) ranOver(e *LogEntry) bool {
	b := t.buffers[e.Buffer]
	switch {
	case b == nil:
		return false
	case e.Time.UnixNano() > t.until:
	case b.far:
		b.unknown += len(e.Text)
		return b.unknown > tailFull
	}
	return b.missing && e.Time.UnixNano() > b.at
}

// decide tells how the stream goes on, and what was held until then.
func (t *logTail) decide(word LogEntry, out []LogEntry) []LogEntry {
	t.decided = true
	out = append(out, word)
	for i := range t.held {
		if t.held[i].Kind == LogMessage {
			t.add(&t.held[i])
		}
	}
	out = append(out, t.held...)
	t.held = nil
	return out
}
