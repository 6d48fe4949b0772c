package presence

import "time"

// Kind says what a message between relays is.
type Kind string

// What relays tell each other.
const (
	KindDelta Kind = "delta" // tabs that changed; Seq is one more than the last message's
	KindBeat  Kind = "beat"  // a sign of life; Seq is the last delta's
	KindWhole Kind = "whole" // all tabs as of Seq, in parts
	KindAsk   Kind = "ask"   // tell the whole: relay Of, or everybody
	KindBye   Kind = "bye"   // a clean end
)

// Message is what a relay tells all others.
type Message struct {
	Kind  Kind     `json:"k"`
	Relay string   `json:"relay"`
	Seq   uint64   `json:"seq,omitempty"`
	Set   []*Tab   `json:"set,omitempty"`
	Gone  []string `json:"gone,omitempty"`
	Of    string   `json:"of,omitempty"`
	Part  int      `json:"part,omitempty"` // of a whole: from 1
	Parts int      `json:"parts,omitempty"`
}

// maxTabs and maxJoined bound one message: tabs, and rooms that they joined. A
// tab with all the rooms it may join stays below the broker's 1 MiB many times.
const (
	maxTabs   = 500
	maxJoined = 5000
)

// Out are the messages to be sent now, in order.
func (b *Book) Out() []Message {
	list := b.deltas()
	if b.wanted {
		b.wanted = false
		list = append(list, b.whole()...)
	}
	return list
}

// Beat is what is sent every BeatEvery, after Out.
func (b *Book) Beat() Message { return Message{Kind: KindBeat, Relay: b.self, Seq: b.seq} }

// Bye is the last message.
func (b *Book) Bye() Message { return Message{Kind: KindBye, Relay: b.self} }

// Ask asks everybody: what a newcomer sends, and who was away.
func (b *Book) Ask(now time.Time) Message {
	for _, r := range b.relays {
		r.asked = now
	}
	return Message{Kind: KindAsk, Relay: b.self, Seq: b.seq}
}

func (b *Book) deltas() []Message {
	var list []Message
	var m *Message
	joined := 0
	own := b.relays[b.self].tabs
	for conn := range b.moved {
		if m == nil || len(m.Set)+len(m.Gone) >= maxTabs || joined > maxJoined {
			b.seq++
			list = append(list, Message{Kind: KindDelta, Relay: b.self, Seq: b.seq})
			m, joined = &list[len(list)-1], 0
		}
		if t := own[conn]; t != nil {
			m.Set = append(m.Set, t)
			joined += len(t.Rooms)
		} else {
			m.Gone = append(m.Gone, conn)
		}
	}
	clear(b.moved)
	return list
}

func (b *Book) whole() []Message {
	list := []Message{{Kind: KindWhole, Relay: b.self, Seq: b.seq, Part: 1}}
	joined := 0
	for _, t := range b.relays[b.self].tabs {
		m := &list[len(list)-1]
		if len(m.Set) >= maxTabs || joined > maxJoined {
			list = append(list, Message{Kind: KindWhole, Relay: b.self, Seq: b.seq, Part: len(list) + 1})
			m, joined = &list[len(list)-1], 0
		}
		m.Set = append(m.Set, t)
		joined += len(t.Rooms)
	}
	for i := range list {
		list[i].Parts = len(list)
	}
	return list
}

// Take takes another relay's message. ask is a question to be sent, where
// something was missed.
func (b *Book) Take(m Message, now time.Time) (ask *Message) {
	if m.Relay == b.self || m.Relay == "" {
		return nil
	}
	switch m.Kind {
	case KindAsk:
		b.wanted = b.wanted || m.Of == "" || m.Of == b.self
		return nil
	case KindBye:
		if b.relays[m.Relay] != nil {
			b.lose(m.Relay)
		}
		return nil
	case KindDelta, KindBeat, KindWhole:
	default:
		return nil // of a later version
	}
	r := b.relays[m.Relay]
	if r == nil {
		r = &relay{tabs: map[string]*Tab{}, isOpen: m.Kind == KindBeat && m.Seq == 0}
		b.relays[m.Relay] = r
	}
	r.until = now.Add(DeadAfter)
	switch {
	case m.Kind == KindWhole:
		return b.takeWhole(m, r, now)
	case m.Kind == KindBeat && r.isOpen && m.Seq == r.seq:
		return nil
	case m.Kind == KindDelta && (r.isOpen && m.Seq == r.seq+1 || !r.isOpen && m.Seq == 1):
		r.isOpen, r.seq = true, m.Seq
		for _, t := range m.Set {
			b.setOf(m.Relay, t)
		}
		for _, conn := range m.Gone {
			b.unset(m.Relay, conn)
		}
		return nil
	}
	return b.askOf(m.Relay, r, now)
}

// askOf asks a relay for the whole, unless that was done a moment ago.
func (b *Book) askOf(name string, r *relay, now time.Time) *Message {
	if !r.asked.IsZero() && now.Sub(r.asked) < askAgain {
		return nil
	}
	r.asked = now
	return &Message{Kind: KindAsk, Relay: b.self, Seq: b.seq, Of: name}
}

// takeWhole collects the parts, which come one behind the other, and puts them
// in the place of what was known.
func (b *Book) takeWhole(m Message, r *relay, now time.Time) *Message {
	if r.isOpen && r.seq == m.Seq {
		return nil // somebody else asked
	}
	if m.Part == 1 {
		r.parts, r.part = map[string]*Tab{}, 0
	}
	if r.parts == nil || m.Part != r.part+1 {
		r.parts = nil
		return b.askOf(m.Relay, r, now)
	}
	r.part = m.Part
	for _, t := range m.Set {
		if t != nil {
			r.parts[t.Conn] = t
		}
	}
	if m.Part < m.Parts {
		return nil
	}
	for conn := range r.tabs {
		if r.parts[conn] == nil {
			b.unset(m.Relay, conn)
		}
	}
	for _, t := range r.parts {
		b.setOf(m.Relay, t)
	}
	r.parts, r.seq, r.isOpen = nil, m.Seq, true
	return nil
}

func (b *Book) setOf(name string, t *Tab) {
	if t != nil && t.Conn != "" && t.Person != "" {
		b.set(name, t)
	}
}
