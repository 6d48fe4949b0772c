package inventory

import (
	"net"
	"strconv"
	"time"

	"github.com/farbench/farbench/agent/adb"
)

// errand is something to be asked or done, outside of the roster.
type errand struct {
	kind      kind
	id        string // of the device; "" for the server's
	transport int64
	addr      string // of a TCP device
}

type kind int

const (
	readProperties kind = iota
	readBoot
	askBeat
	reconnect // what is stuck offline
	connect   // what the server forgot when it was restarted
	askVersion
)

// done is what came of an errand.
type done struct {
	errand
	properties map[string]string
	boot       adb.Boot
	version    int
	err        error
}

const (
	// maxErrands is how many devices are asked at once. Frozen ones hold their
	// place for a while.
	maxErrands = 32

	beatEvery = 5 * time.Second

	// A device that is offline for so long is reconnected, and again after a
	// pause that doubles.
	stuckFor   = 10 * time.Second
	reviveWait = 30 * time.Second
	reviveMost = 5 * time.Minute
)

// errands are those that are due; take takes in what came of each.
func (r *roster) errands(now time.Time) (list []errand) {
	busy := 0
	for _, e := range r.entries {
		if e.asking != 0 {
			busy++
		}
	}
	for id, e := range r.entries {
		d := errand{id: id, transport: e.listed.TransportID}
		if e.asking == 0 && busy < maxErrands {
			if which, due, any := e.question(); any && !due.After(now) {
				e.asking, d.kind = d.transport, which
				list = append(list, d)
				busy++
			}
		}
		if due, stuck := e.reviving(); stuck && !due.After(now) {
			e.mending, d.kind = true, reconnect
			if overTCP(e.listed) {
				d.addr = e.listed.Serial
			}
			list = append(list, d)
		}
	}
	for addr, f := range r.forgotten {
		if !f.busy && !f.next.After(now) {
			f.busy = true
			list = append(list, errand{kind: connect, addr: addr})
		}
	}
	if r.unnamed {
		r.unnamed = false
		list = append(list, errand{kind: askVersion})
	}
	return list
}

// question is what to ask the device next, if anything, and from when on.
func (e *entry) question() (which kind, due time.Time, any bool) {
	switch {
	case !e.ready():
		return 0, time.Time{}, false
	case e.unproven || e.reboot != nil && e.asked == e.listed.TransportID:
		return readBoot, e.retry, true
	case e.asked != e.listed.TransportID:
		return readProperties, e.retry, true
	}
	return askBeat, e.beat, true
}

// reviving says whether the device is stuck offline, and when to reconnect it.
func (e *entry) reviving() (due time.Time, stuck bool) {
	if !e.gone.IsZero() || e.listed.State != "offline" || e.mending {
		return time.Time{}, false
	}
	due = e.since.Add(stuckFor)
	if e.revive.After(due) {
		due = e.revive
	}
	return due, true
}

// take takes in what came of an errand.
func (r *roster) take(d done, now time.Time) {
	switch d.kind {
	case askVersion:
		if d.err == nil {
			r.version = d.version
		}
		return
	case connect:
		r.connected(d, now)
		return
	}
	e := r.entries[d.id]
	if e == nil {
		return // it left meanwhile
	}
	if d.kind == reconnect {
		e.mending = false
		e.revive = now.Add(min(reviveWait<<min(e.stuck, 8), reviveMost))
		e.stuck++
		return
	}
	if e.asking != d.transport {
		return
	}
	e.asking = 0
	if e.listed.TransportID != d.transport || !e.ready() {
		return // it came back under another id: it is asked again
	}
	e.silent = adb.Silent(d.err)
	e.beat = now.Add(beatEvery)
	switch {
	case d.kind == askBeat:
	case d.err != nil:
		e.unproven = false // what cannot be asked is not held back
		if e.retry = now.Add(beatEvery); !e.silent {
			e.retry = now.Add(min(beatEvery<<min(e.failed, 8), time.Minute))
		}
		e.failed++
	case d.kind == readBoot:
		e.failed = 0
		e.booted(d.boot, now)
		if e.retry = now; e.reboot != nil {
			e.retry = now.Add(lookEvery)
		}
	default:
		e.failed, e.retry = 0, now
		e.asked = d.transport
		e.booted(d.boot, now)
		e.device.Properties = choose(d.properties)
	}
	if !e.silent {
		e.severed = time.Time{}
	}
}

// forgotten is a TCP device that the server knew before it was restarted.
type forgotten struct {
	next  time.Time
	tries int
	busy  bool
}

// connectTries are the pauses between the attempts to connect one again.
var connectTries = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}

// forget notes that a restarted server does not list the device.
func (r *roster) forget(d adb.Device, now time.Time) {
	if overTCP(d) && r.forgotten[d.Serial] == nil {
		r.forgotten[d.Serial] = &forgotten{next: now}
	}
}

// connected takes in an attempt; where it failed, another follows.
func (r *roster) connected(d done, now time.Time) {
	f := r.forgotten[d.addr]
	if f == nil {
		return
	}
	f.busy = false
	if d.err == nil || f.tries >= len(connectTries) {
		delete(r.forgotten, d.addr)
		return
	}
	f.next = now.Add(connectTries[f.tries])
	f.tries++
}

// overTCP says whether the server got the device by `connect`.
func overTCP(d adb.Device) bool {
	_, port, err := net.SplitHostPort(d.Serial)
	if err != nil || d.DevPath != "" {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}
