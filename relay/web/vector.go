package web

import (
	"bytes"
	"strings"
	"sync"

	"github.com/farbench/farbench/agent/wire"
)

// maxStreamRooms is how many rooms a stream joins: its vector must fit into a
// request's headers.
const maxStreamRooms = 64

// vector is where a stream stands in each of its rooms: the Last-Event-ID. Its
// text is room=offset joined by semicolons, rooms without an offset by name
// alone; to everybody else it is opaque. A nil vector is a socket's: it keeps
// nothing.
type vector struct {
	mu    sync.Mutex // guards rooms
	rooms map[string]*standing
}

// standing is where a room goes on. A room that the stream opened with stays
// when it has ended, or it would begin anew with every reconnect.
type standing struct {
	offset string
	stays  bool
}

// place is a room and where to go on in it; no offset: as for somebody new.
type place struct{ room, offset string }

func newVector() *vector { return &vector{rooms: make(map[string]*standing)} }

// aim sets where a room goes on, before it is joined.
func (v *vector) aim(room, offset string) {
	if v == nil {
		return
	}
	v.join(room)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rooms[room].offset = ""
	if isOffset(offset) {
		v.rooms[room].offset = offset
	}
}

// join notes a room.
func (v *vector) join(room string) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.rooms[room] == nil {
		v.rooms[room] = new(standing)
	}
}

// pin makes a room stay.
func (v *vector) pin(room string) {
	v.join(room)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rooms[room].stays = true
}

// leave forgets a room.
func (v *vector) leave(room string) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.rooms, room)
}

// after is the vector's text once the message was read; empty where the message
// moves nothing.
func (v *vector) after(message []byte) string {
	p, ended := movedBy(message)
	if p.room == "" {
		return ""
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at := v.rooms[p.room]
	switch {
	case at == nil: // left since
		return ""
	case p.offset != "":
		at.offset = p.offset
	case ended && !at.stays:
		delete(v.rooms, p.room)
	default:
		return ""
	}
	return v.text()
}

// text writes the vector. mu is held.
func (v *vector) text() string {
	var text strings.Builder
	for room, at := range v.rooms {
		if text.Len() > 0 {
			text.WriteByte(';')
		}
		text.WriteString(room)
		if at.offset != "" {
			text.WriteByte('=')
			text.WriteString(at.offset)
		}
	}
	return text.String()
}

// movedBy reads room and offset from a message's beginning, as blockFrame and
// frameOf write it, or that it is the room's end; nothing else moves a vector.
func movedBy(message []byte) (p place, ended bool) {
	rest, ok := bytes.CutPrefix(message, []byte(`{"t":"pub","room":"`))
	if !ok {
		return place{}, false
	}
	room, rest, ok := bytes.Cut(rest, []byte(`",`))
	if !ok || !isRoom(string(room)) {
		return place{}, false
	}
	p.room = string(room)
	if bytes.HasPrefix(rest, []byte(`"ev":"end",`)) {
		return p, true
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`"o":"`)); ok {
		offset, _, _ := bytes.Cut(rest, []byte(`"`))
		if isOffset(string(offset)) {
			p.offset = string(offset)
		}
	}
	return p, false
}

// parseVector reads what a client gives as its Last-Event-ID. What cannot be
// ours is passed over: such a room begins anew, and nothing is missing.
func parseVector(text string) []place {
	var list []place
	seen := make(map[string]bool)
	for part := range strings.SplitSeq(text, ";") {
		room, offset, _ := strings.Cut(part, "=")
		if !isRoom(room) || seen[room] {
			continue
		}
		if !isOffset(offset) {
			offset = ""
		}
		seen[room] = true
		if list = append(list, place{room, offset}); len(list) == maxStreamRooms {
			break
		}
	}
	return list
}

// isRoom says whether a room could exist.
func isRoom(room string) bool {
	if room == roomLab {
		return true
	}
	for _, prefix := range []string{prefixRoom, prefixRun} {
		if id, ok := strings.CutPrefix(room, prefix); ok {
			return wire.ValidID(id)
		}
	}
	return false
}

// isOffset says whether a text could be an offset: what stands in a header and
// between the vector's own signs.
func isOffset(text string) bool {
	if text == "" || len(text) > 64 {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
