package logd

import (
	"slices"
	"time"
)

// ring holds a buffer's newest entries within a limit of bytes.
type ring struct {
	all    []Entry // the oldest at head; what is before it is forgotten
	head   int
	bytes  int
	limit  int
	before []Entry // what it held when the device last went down
}

func (r *ring) entries() []Entry { return r.all[r.head:] }

func (r *ring) push(e Entry) {
	r.bytes += e.size()
	r.all = append(r.all, e)
	r.trim()
}

// trim forgets the oldest entries beyond the limit. The slice is moved down
// when half of it is forgotten, so each entry moves about once.
func (r *ring) trim() {
	for r.bytes > r.limit && len(r.all)-r.head > 1 {
		r.bytes -= r.all[r.head].size()
		r.all[r.head] = Entry{}
		r.head++
	}
	if r.head > 64 && r.head*2 > len(r.all) {
		n := copy(r.all, r.all[r.head:])
		clear(r.all[n:])
		r.all, r.head = r.all[:n], 0
	}
}

func (r *ring) clear() { r.all, r.head, r.bytes = nil, 0, 0 }

// Clear empties buffers.
func (l *Log) Clear(which []Buffer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUp(l.now()) // what was said until now is cleared too
	for _, b := range which {
		l.rings[b].clear()
	}
}

// Size is how many bytes a buffer may hold and holds.
func (l *Log) Size(b Buffer) (limit, used int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUp(l.now())
	return l.rings[b].limit, l.rings[b].bytes
}

// Resize sets how many bytes a buffer may hold; false when it may not.
func (l *Log) Resize(b Buffer, limit int64) bool {
	if limit < minSize || limit > maxSize {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rings[b].limit = int(limit)
	l.rings[b].trim()
	return true
}

// Boot begins a new log at a boot: the buffers are empty, and what they held
// is what Last gives.
func (l *Log) Boot(at time.Time) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.rings {
		r := &l.rings[i]
		if len(r.entries()) > 0 {
			r.before = slices.Clone(r.entries())
		}
		r.clear()
	}
	l.newest = time.Time{} // its clock may have been put back
	l.idle = idle{from: at.Add(bootTime)}
	l.flood.begin(l.flood.rate, at)
	l.started(at)
}
