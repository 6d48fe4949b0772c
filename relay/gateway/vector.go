package gateway

import (
	"bytes"
	"strings"
	"sync"

	"github.com/farbench/farbench/relay/api"
)

// MaxStreamRooms is how many rooms a stream joins: its vector must fit into a
// request's headers.
const MaxStreamRooms = 64

// Vector is where a stream stands in each of its rooms: the Last-Event-ID. Its
// text is room=offset joined by semicolons, rooms without an offset by name
// alone; to everybody else it is opaque. A nil Vector is a socket's: it keeps
// nothing.
type Vector struct {
	mu    sync.Mutex // guards rooms
	rooms map[string]*standing
}

// standing is where a room goes on. A room that the stream opened with stays
// when it has ended, or it would begin anew with every reconnect.
type standing struct {
	offset string
	stays  bool
}

// Place is a room and where to go on in it; no offset: as for somebody new.
type Place struct{ Room, Offset string }

// NewVector is one that stands nowhere yet.
func NewVector() *Vector { return &Vector{rooms: make(map[string]*standing)} }

// aim sets where a room goes on, before it is joined.
func (v *Vector) aim(room, offset string) {
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
func (v *Vector) join(room string) {
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
func (v *Vector) pin(room string) {
	v.join(room)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rooms[room].stays = true
}

// leave forgets a room.
func (v *Vector) leave(room string) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.rooms, room)
}

// After is the vector's text once the message was read; empty where the message
// moves nothing.
func (v *Vector) After(message []byte) string {
	p, ended := movedBy(message)
	if p.Room == "" {
		return ""
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at := v.rooms[p.Room]
	switch {
	case at == nil: // left since
		return ""
	case p.Offset != "":
		at.offset = p.Offset
	case ended && !at.stays:
		delete(v.rooms, p.Room)
	default:
		return ""
	}
	return v.text()
}

// text writes the vector. mu is held.
func (v *Vector) text() string {
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
func movedBy(message []byte) (p Place, ended bool) {
	rest, ok := bytes.CutPrefix(message, []byte(`{"t":"pub","room":"`))
	if !ok {
		return Place{}, false
	}
	room, rest, ok := bytes.Cut(rest, []byte(`",`))
	if !ok || !IsRoom(string(room)) {
		return Place{}, false
	}
	p.Room = string(room)
	if bytes.HasPrefix(rest, []byte(`"ev":"end",`)) {
		return p, true
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`"o":"`)); ok {
		offset, _, _ := bytes.Cut(rest, []byte(`"`))
		if isOffset(string(offset)) {
			p.Offset = string(offset)
		}
	}
	return p, false
}

// ParseVector reads what a client gives as its Last-Event-ID. What cannot be
// ours is passed over: such a room begins anew, and nothing is missing.
func ParseVector(text string) []Place {
	var list []Place
	seen := make(map[string]bool)
	for part := range strings.SplitSeq(text, ";") {
		room, offset, _ := strings.Cut(part, "=")
		if !IsRoom(room) || seen[room] {
			continue
		}
		if !isOffset(offset) {
			offset = ""
		}
		seen[room] = true
		if list = append(list, Place{room, offset}); len(list) == MaxStreamRooms {
			break
		}
	}
	return list
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

// Seat is a room that a stream joins when it opens; Number is its place in the
// address, the i of its answer.
type Seat struct {
	Place
	Number int64 // 0: the vector's alone
}

// Sit joins the rooms that a stream opens with. All of them stand in the vector
// before the first has news: its event's id tells of the others too.
func (v *Visit) Sit(seats []Seat) {
	for _, at := range seats {
		if IsRoom(at.Room) {
			v.vector.aim(at.Room, at.Offset)
			v.vector.pin(at.Room)
		}
	}
	for _, at := range seats {
		f := api.Frame{T: "sub", Room: at.Room, O: at.Offset}
		if at.Number > 0 {
			f.I = &at.Number
		}
		v.sub(f)
	}
}
