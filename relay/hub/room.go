package hub

// Member is a connection in a state room. It joins first, then the snapshot is
// read, then Release sends it: changes that happen between are held back and
// follow it. Every change carries the whole state of its key, so that getting
// one twice does no harm and an older one may be left out.
type Member struct {
	conn *Conn
	room string
	// held are changes that wait for Release; guarded by the hub's mu.
	held     map[string]Frame
	order    []string
	released bool
}

// Join subscribes a connection to a room.
func (h *Hub) Join(room string, c *Conn) *Member {
	m := &Member{conn: c, room: room, held: make(map[string]Frame)}
	h.mu.Lock()
	defer h.mu.Unlock()
	members := h.rooms[room]
	if members == nil {
		members = make(map[*Member]struct{})
		h.rooms[room] = members
	}
	members[m] = struct{}{}
	return m
}

// Release sends the snapshot and what changed since Join.
func (m *Member) Release(snapshot ...Frame) {
	h := m.conn.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range snapshot {
		m.conn.Answer(f)
	}
	_, joined := h.rooms[m.room][m] // it may have left since
	for _, key := range m.order {
		if !joined {
			break
		}
		m.conn.push(m.room+"\n"+key, m.held[key])
	}
	m.held, m.order, m.released = nil, nil, true
}

// Leave ends the membership: nothing of the room is queued afterwards.
func (m *Member) Leave() {
	h := m.conn.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	members := h.rooms[m.room]
	delete(members, m)
	if len(members) == 0 {
		delete(h.rooms, m.room)
	}
}

// Publish sends a change of key to all members of a room. The frame is built
// once, and only if somebody is there.
func (h *Hub) Publish(room, key string, build func() Frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	members := h.rooms[room]
	if len(members) == 0 {
		return
	}
	f := build()
	slot := room + "\n" + key
	for m := range members {
		if m.released {
			m.conn.push(slot, f)
			continue
		}
		if _, ok := m.held[key]; !ok {
			m.order = append(m.order, key)
		}
		m.held[key] = f
	}
}
