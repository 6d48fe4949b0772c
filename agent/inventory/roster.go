package inventory

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// maxFetching is how many devices are asked for their properties at once.
const maxFetching = 8

// roster is the list without clock and sockets: values in, values out.
type roster struct {
	keepGone time.Duration
	names    *names
	entries  map[string]*entry // by device id
	reason   string            // why there is no list at all

	told       []wire.Device
	toldReason string
	everTold   bool
	everSeen   bool
}

// entry is one device, listed or just gone.
type entry struct {
	device wire.Device
	gone   time.Time // since when it is not listed; zero while it is

	fetching int64     // transport id whose properties are being read, 0 for none
	fetched  int64     // transport id whose properties were read
	failed   int       // times in a row that reading them failed
	retry    time.Time // not before
}

func newRoster(keepGone time.Duration) *roster {
	return &roster{keepGone: keepGone, names: newNames(), entries: map[string]*entry{}}
}

// see takes a list of the server in; renamed says that ids were given which
// are worth remembering.
func (r *roster) see(devices []adb.Device, now time.Time) (renamed bool) {
	r.everSeen = true
	ids, renamed := r.names.give(devices)
	listed := make(map[string]bool, len(devices))
	for i, d := range devices {
		id := ids[i]
		listed[id] = true
		e := r.entries[id]
		if e == nil {
			e = &entry{}
			r.entries[id] = e
		}
		e.gone = time.Time{}
		if e.device.TransportID != d.TransportID {
			e.failed, e.retry = 0, time.Time{}
		}
		e.device = describe(id, d, e.device.Properties)
	}
	for id, e := range r.entries {
		if listed[id] {
			continue
		}
		if e.gone.IsZero() {
			e.gone = now
			e.device.State, e.device.Reason, e.device.Hint = "offline", goneReason, goneHint
		}
	}
	r.expire(now)
	return renamed
}

// expire forgets the devices that are gone for long enough.
func (r *roster) expire(now time.Time) {
	maps.DeleteFunc(r.entries, func(_ string, e *entry) bool {
		return !e.gone.IsZero() && now.Sub(e.gone) >= r.keepGone
	})
}

// next is how long nothing becomes due.
func (r *roster) next(now time.Time) time.Duration {
	next := time.Hour
	for _, e := range r.entries {
		if !e.gone.IsZero() {
			next = min(next, e.gone.Add(r.keepGone).Sub(now))
		} else if e.wanting() && e.retry.After(now) {
			next = min(next, e.retry.Sub(now))
		}
	}
	return max(next, time.Millisecond)
}

// wanting says that the device's properties are to be read.
func (e *entry) wanting() bool {
	return e.gone.IsZero() && e.device.State == wire.DeviceReady &&
		e.fetching == 0 && e.fetched != e.device.TransportID
}

// toFetch is whose properties to read now; take takes each result in.
func (r *roster) toFetch(now time.Time) (devices []wire.Device) {
	busy := 0
	for _, e := range r.entries {
		if e.fetching != 0 {
			busy++
		}
	}
	for _, e := range r.entries {
		if busy < maxFetching && e.wanting() && !e.retry.After(now) {
			e.fetching = e.device.TransportID
			devices = append(devices, e.device)
			busy++
		}
	}
	return devices
}

// fetched is what reading a device's properties gave.
type fetched struct {
	id         string
	transport  int64
	properties map[string]string
	err        error
}

func (r *roster) take(f fetched, now time.Time) {
	e := r.entries[f.id]
	if e == nil || e.fetching != f.transport {
		return // it left meanwhile
	}
	e.fetching = 0
	if e.device.TransportID != f.transport {
		return // it came back under another id: it is asked again
	}
	if f.err != nil {
		e.retry = now.Add(min(5*time.Second<<min(e.failed, 8), time.Minute))
		e.failed++
		return
	}
	e.failed, e.fetched = 0, f.transport
	e.device.Properties = choose(f.properties)
	if model := e.device.Properties["ro.product.model"]; model != "" {
		e.device.Model = model
	}
}

// news is the list, sorted by id, and whether it was told already.
func (r *roster) news() (devices []wire.Device, reason string, changed bool) {
	if !r.everSeen {
		return nil, "", false
	}
	devices = make([]wire.Device, 0, len(r.entries))
	for _, e := range r.entries {
		devices = append(devices, e.device)
	}
	slices.SortFunc(devices, func(a, b wire.Device) int { return strings.Compare(a.ID, b.ID) })
	if r.everTold && r.reason == r.toldReason && slices.EqualFunc(devices, r.told, same) {
		return nil, "", false
	}
	r.told, r.toldReason, r.everTold = devices, r.reason, true
	return slices.Clone(devices), r.reason, true
}

func same(a, b wire.Device) bool {
	return a.ID == b.ID && a.Serial == b.Serial && a.DevPath == b.DevPath && a.State == b.State &&
		a.Reason == b.Reason && a.Hint == b.Hint && a.Model == b.Model && a.Product == b.Product &&
		a.TransportID == b.TransportID && maps.Equal(a.Properties, b.Properties)
}
