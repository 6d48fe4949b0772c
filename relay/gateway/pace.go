package gateway

import "time"

// How many messages a connection may send: perSecond on the long run, burst at
// once. Who goes on with far times as much is closed. Requests and pings do not
// count, they have bounds of their own.
const (
	perSecond = 200
	burst     = 400
	far       = 10
)

// pace is what a connection has used up of that. It is pure.
type pace struct {
	used, refused bucket
}

// verdict on a message.
type verdict int

const (
	welcome verdict = iota
	tooFast
	farTooFast
)

// take judges the message of this moment.
func (p *pace) take(now time.Time) verdict {
	switch {
	case p.used.take(now, perSecond, burst):
		return welcome
	case p.refused.take(now, far*perSecond, far*burst):
		return tooFast
	}
	return farTooFast
}

// bucket holds tokens, and fills again with time.
type bucket struct {
	missing float64
	at      time.Time
}

func (b *bucket) take(now time.Time, rate, room float64) bool { return b.takes(now, 1, rate, room) }

func (b *bucket) takes(now time.Time, n, rate, room float64) bool {
	if !b.at.IsZero() {
		b.missing = max(0, b.missing-rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	if b.missing+n > room {
		return false
	}
	b.missing += n
	return true
}
