package run

import (
	"sync"
	"time"
)

// A run that floods keeps every core and buffer of the way busy, and another
// command's each step waits behind it. So while somebody works beside it, what
// it prints is paced; the device waits, nothing is lost. Alone it runs free.
const (
	paceFor  = 10 * time.Second // after the newest run's start
	paceRate = 16 << 20         // bytes a second, of all paced runs together: some 120,000 lines
	// What a run prints at first is never paced, nor is a burst as short.
	paceFree  = 256 << 10
	paceBurst = 128 << 10
)

// pacer is one bench's bucket of bytes, safe for use by several goroutines.
type pacer struct {
	mu     sync.Mutex // guards what follows
	newest string     // the run that was accepted last: it is never paced
	since  time.Time
	owed   float64 // bytes read that the rate has not covered yet
	looked time.Time
}

// accepted notes that a run begins.
func (p *pacer) accepted(run string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newest, p.since = run, now
}

// read counts n bytes of a run, the last of its total, and says how long it
// must wait before it reads on.
func (p *pacer) read(run string, n int, total int64, now time.Time) time.Duration {
	if total <= paceFree {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if run == p.newest || now.Sub(p.since) >= paceFor {
		return 0
	}
	p.owed = max(0, p.owed-now.Sub(p.looked).Seconds()*paceRate) + float64(n)
	p.looked = now
	over := max(0, p.owed-paceBurst)
	return time.Duration(over / paceRate * float64(time.Second))
}
