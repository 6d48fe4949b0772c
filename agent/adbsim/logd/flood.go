package logd

import (
	"fmt"
	"time"
)

// FloodRate is how many lines a second a broken program writes.
const FloodRate = 50_000

// floodPause is how often a reader of a flood looks.
const floodPause = 10 * time.Millisecond

// flood is a program that writes without end.
type flood struct {
	rate  int // lines a second, 0 for none
	begun time.Time
	count int64 // lines written
}

func (f *flood) begin(rate int, at time.Time) { *f = flood{rate: rate, begun: at} }

// Flood makes a program write so many numbered lines a second from now on; 0
// ends it.
func (l *Log) Flood(rate int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUp(l.now())
	l.flood.begin(max(0, rate), l.now())
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// due is how many lines the flood has written by then.
func (f *flood) due(t time.Time) int64 {
	return int64(t.Sub(f.begun).Seconds() * float64(f.rate))
}

// skipFlood passes over what the buffer could not hold; the lock is held.
func (l *Log) skipFlood(now time.Time) {
	if f := &l.flood; f.rate > 0 {
		f.count = max(f.count, f.due(now)-int64(l.rings[Main].limit/entryHead/2))
	}
}

// floodUntil files what the flood has written by then; the lock is held.
func (l *Log) floodUntil(t time.Time) {
	f := &l.flood
	if f.rate == 0 {
		return
	}
	for due := f.due(t); f.count < due; {
		f.count++
		l.add(Entry{
			Time:   f.begun.Add(time.Duration(float64(f.count) / float64(f.rate) * float64(time.Second))),
			Buffer: Main, Priority: 'D', UID: 1010080, PID: 2011, TID: 2044,
			Tag: "Flood", Message: fmt.Sprintf("line %09d of a program that writes without end", f.count),
		})
	}
}
