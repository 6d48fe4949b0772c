package spool

import "time"

// A run's window is what it may have under way, unacknowledged. What lies in
// the link's buffers delays every other message, a command's answer included,
// so the window is no larger than the link can use: a broker near by is kept
// busy by 256 KiB, one far away by what fits on the way.
const (
	minWindow = 256 << 10
	maxWindow = 4 << 20
)

// pace finds the window: twice the product of the link's best rate and its
// shortest acknowledgement. A rate that the window itself limits doubles it at
// every look, until the link is the limit.
type pace struct {
	fixed  int // by configuration
	window int
	rtt    time.Duration // the shortest since the link is up; 0: none yet
	rate   float64       // bytes a second
	acked  int           // bytes since the last look
	looked time.Time
}

// restart begins with another link.
func (p *pace) restart() {
	*p = pace{fixed: p.fixed, window: minWindow}
	if p.fixed > 0 {
		p.window = p.fixed
	}
}

// answered counts an acknowledgement.
func (p *pace) answered(bytes int, took time.Duration) {
	p.acked += bytes
	if p.rtt == 0 || took < p.rtt {
		p.rtt = max(took, time.Microsecond)
	}
}

// look is called every so often.
func (p *pace) look(now time.Time) {
	if took := now.Sub(p.looked); took > 0 && !p.looked.IsZero() {
		p.rate = max(float64(p.acked)/took.Seconds(), p.rate*0.9)
	}
	p.acked, p.looked = 0, now
	if p.fixed == 0 {
		p.window = min(maxWindow, max(minWindow, int(2*p.rate*p.rtt.Seconds())))
	}
}
