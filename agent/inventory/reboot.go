package inventory

import (
	"time"

	"github.com/farbench/farbench/agent/adb"
)

// How long a device counts as rebooting: where a reboot was asked for, where it
// only looks like one, and where it does not even leave. Some systems never
// say that they have booted.
const (
	rebootFor  = 10 * time.Minute
	guessFor   = 2 * time.Minute
	leaveFor   = time.Minute
	completeIn = 5 * time.Minute
	// A stream that was lost this long before or after the device explains how
	// it left.
	lostNear = 5 * time.Second
	// lookEvery is how often a booting device is asked whether it has booted.
	lookEvery = 500 * time.Millisecond
)

// reboot is one on its way.
type reboot struct {
	asked    bool // by us; otherwise it only looks like one
	since    time.Time
	from     string    // the boot before, "" where nobody knows
	left     bool      // the device has left
	returned time.Time // when it was last listed as ready again
}

func (b *reboot) until() time.Time {
	switch {
	case !b.asked:
		return b.since.Add(guessFor)
	case !b.left:
		return b.since.Add(leaveFor)
	}
	return b.since.Add(rebootFor)
}

// rebooting notes that the device was told to reboot.
func (r *roster) rebooting(id string, now time.Time) {
	e := r.entries[id]
	if e == nil {
		return
	}
	e.reboot = &reboot{asked: true, since: now, from: e.boot, left: !e.ready()}
	e.retry = now.Add(lookEvery)
}

// streamLost notes that a stream of a device ended before its time.
func (r *roster) streamLost(transport int64, now time.Time) {
	for _, e := range r.entries {
		if e.listed.TransportID != transport || !e.severed.IsZero() {
			continue
		}
		e.lost = now
		if !e.ready() && now.Sub(e.left()) < lostNear {
			e.leave(now)
		}
	}
}

// left is when the device was last seen to stop being ready.
func (e *entry) left() time.Time {
	if !e.gone.IsZero() {
		return e.gone
	}
	return e.since
}

// leave takes in that a device which was ready no longer is.
func (e *entry) leave(now time.Time) {
	e.silent = false
	switch {
	case !e.severed.IsZero(): // with its server
	case e.reboot != nil:
		e.reboot.left, e.reboot.returned = true, time.Time{}
	case !e.lost.IsZero() && now.Sub(e.lost) < lostNear && e.away():
		e.reboot = &reboot{since: now, from: e.boot, left: true}
	}
}

// away says that the device has left as it does when it reboots: it is no
// longer listed, or over TCP is offline.
func (e *entry) away() bool {
	return !e.gone.IsZero() || e.listed.State == "offline" && overTCP(e.listed)
}

// booted takes in which boot the device is in now.
func (e *entry) booted(b adb.Boot, now time.Time) {
	before := e.boot
	e.unproven = false
	if b.ID != "" {
		e.boot = b.ID
	}
	if e.reboot == nil {
		if before != "" && b.ID != "" && b.ID != before && !b.Completed { // it left without a word
			e.reboot = &reboot{since: now, from: before, left: true, returned: now}
		}
		return
	}
	another := e.reboot.left && (e.reboot.from == "" || b.ID == "") || b.ID != "" && e.reboot.from != "" && b.ID != e.reboot.from
	switch {
	case !another && e.reboot.asked: // not gone yet: it may still sync its files
	case !another:
		e.reboot = nil // it only came back: a cable, or adbd alone
	case b.Completed || !e.reboot.returned.IsZero() && now.Sub(e.reboot.returned) > completeIn:
		e.reboot = nil
	default:
		e.reboot.left = true
	}
}
