// Package presence knows who is in which room, over all relays: which tabs
// there are at each of them, whose they are, which rooms they joined and what
// they look at. Tabs, other relays' messages and moments go in; messages for
// the other relays and changes for the rooms come out.
//
// A relay numbers its messages, so whoever missed one knows, and asks for the
// whole; while nothing is missed, a change costs what changed and a beat a few
// bytes. Moments are this relay's own (monotonic): no two relays' clocks are
// compared. It knows neither NATS nor sockets.
package presence

import (
	"strings"
	"time"

	"github.com/farbench/farbench/relay/api"
)

// The rooms in which presence is told.
const (
	Lab         = "lab"
	benchPrefix = "bench:"
)

// IsRoom says whether presence is told in a room.
func IsRoom(room string) bool { return room == Lab || strings.HasPrefix(room, benchPrefix) }

// Tab is a connection: whose it is, since when it is in which rooms (unix ms, for
// people to read), and what it looks at; nil where it never said.
type Tab struct {
	Conn   string           `json:"c"`
	Person string           `json:"p"`
	Name   string           `json:"n"`
	Rooms  map[string]int64 `json:"r,omitempty"`
	Look   *Look            `json:"l,omitempty"`
}

// Look is what a tab looks at; all empty: at nothing.
type Look struct {
	Bench  string `json:"b,omitempty"`
	Device string `json:"d,omitempty"`
	Run    string `json:"r,omitempty"`
	Since  int64  `json:"s,omitempty"`
}

func (l Look) isEmpty() bool { return l.Bench == "" && l.Device == "" && l.Run == "" }

func (l Look) isSame(o Look) bool { l.Since, o.Since = 0, 0; return l == o }

// looks are the places that a tab is at: what it says, else the benches whose
// rooms it joined.
func (t *Tab) looks() []Look {
	if t.Look != nil {
		if t.Look.isEmpty() {
			return nil
		}
		return []Look{*t.Look}
	}
	var list []Look
	for room, since := range t.Rooms {
		if bench, ok := strings.CutPrefix(room, benchPrefix); ok {
			list = append(list, Look{Bench: bench, Since: since})
		}
	}
	return list
}

// in says since when a tab is in a room: because it joined it, or looks there.
func (t *Tab) in(room string) (since int64, ok bool) {
	since, ok = t.Rooms[room]
	if t.Look == nil || t.Look.isEmpty() {
		return since, ok
	}
	if room == Lab || room == benchPrefix+t.Look.Bench {
		if !ok || t.Look.Since < since {
			since = t.Look.Since
		}
		ok = true
	}
	return since, ok
}

// rooms are all that a tab is in, each once.
func (t *Tab) rooms(each func(room string)) {
	for room := range t.Rooms {
		each(room)
	}
	if t.Look == nil || t.Look.isEmpty() {
		return
	}
	if _, ok := t.Rooms[Lab]; !ok {
		each(Lab)
	}
	if room := benchPrefix + t.Look.Bench; t.Look.Bench != "" {
		if _, ok := t.Rooms[room]; !ok {
			each(room)
		}
	}
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (l Look) doc() api.Look {
	return api.Look{Bench: l.Bench, Device: l.Device, Run: l.Run, Since: moment(l.Since)}
}
