package inventory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// roster is the list without clock and sockets: values in, values out.
type roster struct {
	keepGone     time.Duration
	unauthorized string // what to do about a device that does not trust the PC; "" for adb's usual
	names        *names
	entries      map[string]*entry // by device id
	reason       string            // why there is no list at all

	serverLost bool // since the last list
	forgotten  map[string]*forgotten
	unnamed    bool // the server's version is to be asked
	version    int  // of the server, 0 until it is known

	told       []wire.Device
	toldReason string
	everTold   bool
	everSeen   bool
}

func newRoster(keepGone time.Duration) *roster {
	return &roster{keepGone: keepGone, names: newNames(), entries: map[string]*entry{}, forgotten: map[string]*forgotten{}}
}

// see takes a list of the server in; renamed says that ids were given which
// are worth remembering.
func (r *roster) see(devices []adb.Device, now time.Time) (renamed bool) {
	if r.serverLost || !r.everSeen {
		r.unnamed = true
	}
	r.everSeen = true
	ids, renamed := r.names.give(devices)
	listed := make(map[string]bool, len(devices))
	for i, d := range devices {
		listed[ids[i]] = true
		delete(r.forgotten, d.Serial)
		e := r.entries[ids[i]]
		if e == nil {
			e = &entry{gone: now}
			r.entries[ids[i]] = e
		}
		e.see(d, now)
	}
	for id, e := range r.entries {
		if listed[id] {
			continue
		}
		switch wasReady := e.ready(); {
		case e.gone.IsZero():
			e.gone = now
			if wasReady || e.listed.State == "offline" {
				e.leave(now)
			}
		case r.serverLost && !e.severed.IsZero():
			r.forget(e.listed, now)
			if e.severed = now.Add(2 * r.keepGone); r.forgotten[e.listed.Serial] != nil {
				e.severed = now.Add(6 * r.keepGone)
			}
		}
	}
	r.serverLost = false
	r.expire(now)
	return renamed
}

// see takes in how the server lists the device.
func (e *entry) see(d adb.Device, now time.Time) {
	wasReady := e.ready()
	another := e.listed.TransportID != d.TransportID
	if another {
		e.asking = 0
	}
	if another || !e.gone.IsZero() || e.listed.State != d.State {
		e.since = now
	}
	e.listed, e.gone = d, time.Time{}
	switch {
	case e.ready() && (another || !wasReady):
		e.asked, e.failed, e.retry, e.silent = 0, 0, time.Time{}, false
		e.stuck, e.revive = 0, time.Time{}
		e.unproven = e.boot != ""
		if e.reboot != nil && e.reboot.left {
			e.reboot.returned = now
		}
	case wasReady && !e.ready():
		e.leave(now)
	}
}

// sever takes in that the server cannot be asked. Its devices are kept for a
// while: they did nothing.
func (r *roster) sever(now time.Time) {
	r.everSeen = true
	if !r.serverLost {
		r.serverLost, r.version = true, 0
		for _, e := range r.entries {
			if e.gone.IsZero() {
				e.gone, e.severed = now, now.Add(6*r.keepGone)
				e.lost, e.silent, e.asking = time.Time{}, false, 0
			}
		}
	}
	r.expire(now)
}

// expire forgets what has had its time.
func (r *roster) expire(now time.Time) {
	maps.DeleteFunc(r.entries, func(_ string, e *entry) bool {
		if !e.severed.IsZero() && !e.severed.After(now) {
			e.severed = time.Time{}
		}
		if e.reboot != nil && !e.reboot.until().After(now) {
			e.reboot = nil
		}
		return !e.gone.IsZero() && e.severed.IsZero() && e.reboot == nil && now.Sub(e.gone) >= r.keepGone
	})
}

// next is how long nothing becomes due.
func (r *roster) next(now time.Time) time.Duration {
	next := now.Add(time.Hour)
	sooner := func(t time.Time) {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	for _, e := range r.entries {
		sooner(e.severed)
		if e.reboot != nil {
			sooner(e.reboot.until())
		} else if !e.gone.IsZero() && e.severed.IsZero() {
			sooner(e.gone.Add(r.keepGone))
		}
		if _, due, any := e.question(); any && e.asking == 0 && due.After(now) {
			sooner(due)
		}
		if due, stuck := e.reviving(); stuck {
			sooner(due)
		}
	}
	for _, f := range r.forgotten {
		if !f.busy {
			sooner(f.next)
		}
	}
	return max(next.Sub(now), time.Millisecond)
}

// usualVersion is that of every adb server since 2018.
const usualVersion = 41

// oldestVersion is the first whose lists name transport ids: without them no
// device can be used.
const oldestVersion = 40

// news is the list, sorted by id, and whether it was told already.
func (r *roster) news() (devices []wire.Device, reason string, changed bool) {
	if !r.everSeen {
		return nil, "", false
	}
	devices = make([]wire.Device, 0, len(r.entries))
	for id, e := range r.entries {
		e.show(id, r.unauthorized)
		devices = append(devices, e.device)
	}
	slices.SortFunc(devices, func(a, b wire.Device) int { return strings.Compare(a.ID, b.ID) })
	reason = r.reason
	switch {
	case reason != "" || r.version == 0 || r.version == usualVersion:
	case r.version < oldestVersion:
		reason = fmt.Sprintf("The adb server is of version %d, which is too old to tell devices apart. "+
			"Update the platform tools on the bench PC", r.version)
	default:
		reason = fmt.Sprintf("The adb server is of version %d, others are of %d: "+
			"whichever adb is used next kills the other's server. Use one adb on the bench PC", r.version, usualVersion)
	}
	if r.everTold && reason == r.toldReason && slices.EqualFunc(devices, r.told, same) {
		return nil, "", false
	}
	r.told, r.toldReason, r.everTold = devices, reason, true
	return slices.Clone(devices), reason, true
}

func same(a, b wire.Device) bool {
	return a.ID == b.ID && a.Serial == b.Serial && a.DevPath == b.DevPath && a.State == b.State &&
		a.Reason == b.Reason && a.Hint == b.Hint && a.Model == b.Model && a.Product == b.Product &&
		a.TransportID == b.TransportID && maps.Equal(a.Properties, b.Properties)
}
