package inventory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adb"
)

// maxID is the longest device id (wire.ValidDeviceID).
const maxID = 48

// names gives each device its id and keeps to it.
//
// A device is its serial, wherever it is plugged in, and its id is made from
// that. Where serials repeat (vehicle labs have units that all report 0000) a
// device is serial and devpath; once a serial has repeated it counts as
// repeating for ever, so that the one that is left keeps its own id.
type names struct {
	repeats map[string]bool  // serials that were seen twice at once
	places  map[place]string // ids of devices whose serial repeats
	lastAt  map[string]place // where a serial that does not repeat was last
	owners  map[string]place // who holds an id
	live    map[int64]place  // by transport id: the last list
}

// place is a device whose serial repeats. Nth, from 1, tells apart those that
// have the same devpath, or none, as TCP devices do.
type place struct {
	Serial, DevPath string
	Nth             int
}

func newNames() *names {
	return &names{
		repeats: map[string]bool{}, places: map[place]string{},
		lastAt: map[string]place{}, owners: map[string]place{},
	}
}

// give returns the ids of the devices in their order; more says that a device
// whose serial repeats got its id.
func (n *names) give(devices []adb.Device) (ids []string, more bool) {
	count := map[string]int{}
	for _, d := range devices {
		count[d.Serial]++
	}
	ids = make([]string, len(devices))
	places := n.locate(devices)
	for _, i := range inOrder(places) {
		at, serial := places[i], places[i].Serial
		if !n.repeats[serial] && (count[serial] > 1 || vague(serial) && at.DevPath != "") {
			n.repeats[serial], more = true, true
			if first, known := n.lastAt[serial]; known {
				n.places[first] = n.plain(serial) // it was alone until now: it keeps its id
			}
		}
		if !n.repeats[serial] {
			n.lastAt[serial] = at
			ids[i] = n.plain(serial)
			continue
		}
		if _, known := n.places[at]; !known {
			n.places[at], more = n.claim(at.text(), at), true
		}
		ids[i] = n.places[at]
	}
	return ids, more
}

// inOrder sorts indexes in a way that does not depend on the server's order, so
// that the same devices get the same ids in every process.
func inOrder(places []place) []int {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := places[a], places[b]
		return cmp.Or(strings.Compare(x.Serial, y.Serial), strings.Compare(x.DevPath, y.DevPath), cmp.Compare(x.Nth, y.Nth))
	})
	return order
}

// locate finds each device's place. One that is still on the same connection
// keeps its own; of new ones the lower transport id, which is older, comes
// first.
func (n *names) locate(devices []adb.Device) []place {
	places := make([]place, len(devices))
	used := make(map[place]bool, len(devices))
	live := make(map[int64]place, len(devices))
	var fresh []int
	for i, d := range devices {
		at, known := n.live[d.TransportID]
		if !known || at.Serial != d.Serial || at.DevPath != d.DevPath || used[at] {
			fresh = append(fresh, i)
			continue
		}
		places[i], used[at], live[d.TransportID] = at, true, at
	}
	slices.SortStableFunc(fresh, func(a, b int) int { return cmp.Compare(devices[a].TransportID, devices[b].TransportID) })
	for _, i := range fresh {
		d := devices[i]
		at := place{Serial: d.Serial, DevPath: d.DevPath, Nth: 1}
		for used[at] {
			at.Nth++
		}
		places[i], used[at], live[d.TransportID] = at, true, at
	}
	n.live = live
	return places
}

// text is what the id of a device whose serial repeats is made from.
func (p place) text() string {
	text := p.Serial
	if p.DevPath != "" {
		text += "-" + p.DevPath
	}
	if p.DevPath == "" || p.Nth > 1 {
		text += "-" + strconv.Itoa(p.Nth)
	}
	return text
}

// plain is the id of a device that is known by its serial alone.
func (n *names) plain(serial string) string { return n.claim(serial, place{Serial: serial}) }

// claim makes an id of text for who: its own even where another text becomes
// the same id ("A.1" and "a-1").
func (n *names) claim(text string, who place) string {
	id := slug(text)
	if owner, taken := n.owners[id]; taken && owner != who {
		id = withHash(id, fmt.Sprintf("%q %q %d", who.Serial, who.DevPath, who.Nth))
	}
	n.owners[id] = who
	return id
}

// vague says that a serial is one that no factory gave: it repeats sooner or
// later, so its devices are known by their place from the first day.
func vague(serial string) bool {
	switch strings.ToLower(serial) {
	case "(no serial number)", "unknown", "0123456789abcdef", "1234567890", "?":
		return true
	}
	return strings.Trim(serial, serial[:min(1, len(serial))]) == ""
}

// slug makes an id of a text: small letters, digits and '-'.
func slug(text string) string {
	id := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, text), "-")
	if id == "" {
		return withHash("device", text)
	}
	if len(id) > maxID {
		return withHash(id, text)
	}
	return id
}

// withHash makes an id of its own for text.
func withHash(id, text string) string {
	sum := sha256.Sum256([]byte(text))
	hash := "-" + hex.EncodeToString(sum[:4])
	return id[:min(len(id), maxID-len(hash))] + hash
}
