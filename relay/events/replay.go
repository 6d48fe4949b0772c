package events

import (
	"context"
	"math"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// startPass reads the store for those of a room who are behind what memory
// holds, all of them in one pass. The mutex is held.
func (e *Events) startPass(r *room) {
	if r.passing || !e.isLoaded() {
		return
	}
	r.passing = true
	name := r.name
	e.jobs.Go(func() { e.pass(e.end, name) })
}

// pass goes on until nobody of the room is behind.
func (e *Events) pass(ctx context.Context, name string) {
	for {
		err := e.once(ctx, name)
		e.mu.Lock()
		r := e.book.room(name)
		if ctx.Err() != nil || len(r.behind) == 0 {
			r.passing = false
			e.book.tidy(r)
			e.mu.Unlock()
			return
		}
		r.passing = true // the book may have been reset
		e.mu.Unlock()
		if err == nil {
			continue
		}
		e.log.Debug("replaying events, trying again", "room", name, "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// once reads the store from the oldest place of those behind.
func (e *Events) once(ctx context.Context, name string) error {
	free, err := e.slot(ctx)
	if err != nil {
		return err
	}
	defer free()
	p := &pass{book: e.book, name: name}
	e.mu.Lock()
	p.era = e.book.era
	e.mu.Unlock()
	p.state, err = e.bridge.State(ctx, wire.StreamEvents)
	if err != nil {
		return err
	}
	p.generation = generationOf(p.state.Created)
	p.cut, err = e.cutOf(ctx, name)
	if err != nil {
		return err
	}
	e.mu.Lock()
	from, err := p.gather()
	e.mu.Unlock()
	if err != nil || len(p.members) == 0 {
		return err
	}
	scan := bridge.Scan{Stream: wire.StreamEvents, Subject: wire.HubEvents(name, "*"), From: from}
	var moved error
	err = e.bridge.Each(ctx, scan, func(s bridge.Stored) bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		if moved = p.still(); moved != nil {
			return false
		}
		if event, ok := eventOf(p.generation, s.Subject, s.Data, s.Seq, s.At); ok {
			p.offer(event)
		}
		return len(p.members) > 0
	})
	if err != nil || moved != nil {
		if err == nil {
			err = moved
		}
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := p.still(); err != nil {
		return err
	}
	p.finish()
	return nil
}

// pass is one reading of the store for members of a room. Its methods are
// called under the mutex.
type pass struct {
	book       *book
	name       string
	generation string
	era        int
	state      bridge.State
	cut        uint64
	members    []*member // who takes part; who came since waits for the next one
}

// still says whether the book is of the stream that is read.
func (p *pass) still() error {
	if p.book.generation != p.generation || p.book.era != p.era {
		return errMoved
	}
	return nil
}

// gather finds out who takes part and where reading begins. Whoever came with
// an offset beyond what the store holds, or of which the store has lost what
// followed, gets a gap.
func (p *pass) gather() (from uint64, err error) {
	if err := p.still(); err != nil {
		return 0, err
	}
	r := p.book.room(p.name)
	kept := max(p.state.First-1, p.cut) // everything behind it is still there
	from = math.MaxUint64
	for _, m := range keys(r.behind) {
		if !m.begun {
			p.judge(m)
		}
		if m.pos.seq < kept {
			to := offset{generation: p.generation, seq: kept}
			m.gap(m.pos.String(), to.String(), "events are kept for 24 hours, and of a room only the newest")
			m.start(to)
		}
		m.sure = m.sure || m.pos.seq == kept // its event itself is gone
		if m.sure && r.covers(m.pos.seq) {
			p.book.catchUp(m)
			continue
		}
		p.members = append(p.members, m)
		at := m.pos.seq
		if m.sure {
			at++
		}
		from = min(from, at)
	}
	return from, nil
}

// judge is for a member whose offset lies beyond what this relay has taken: its
// relay may have been a little ahead, or it comes from a future that the store
// has lost.
func (p *pass) judge(m *member) {
	o, _ := parseOffset(m.asked)
	if o.seq <= p.state.Last {
		m.start(o)
		return
	}
	here := p.book.here(m.room)
	m.gap(m.asked, here.String(), otherCopy)
	m.start(here)
}

// offer hands an event to those who lack it, in the store's order.
func (p *pass) offer(e *Event) {
	for i := 0; i < len(p.members); {
		if p.give(p.members[i], e) {
			i++
			continue
		}
		last := len(p.members) - 1
		p.members[i], p.members[last] = p.members[last], nil
		p.members = p.members[:last]
	}
}

// give says whether the member goes on in this pass.
func (p *pass) give(m *member, e *Event) bool {
	if _, behind := m.room.behind[m]; !behind || m.gone {
		return false
	}
	switch {
	case e.seq < m.pos.seq:
		return true
	case !m.sure && (e.seq != m.pos.seq || stampOf(e.At) != m.pos.stamp):
		p.lost(m)
		return false
	case e.seq == m.pos.seq:
		m.sure = true
	case !m.hand(e):
		p.book.stall(m)
		return false
	}
	if m.room.covers(m.pos.seq) {
		p.book.catchUp(m)
		return false
	}
	return true
}

// lost is for a member whose offset the store has given to another event.
func (p *pass) lost(m *member) {
	here := p.book.here(m.room)
	m.gap(m.pos.String(), here.String(), otherCopy)
	m.start(here)
	p.book.catchUp(m)
}

// finish brings who is left to where the store stood when reading began.
func (p *pass) finish() {
	for _, m := range p.members {
		if _, behind := m.room.behind[m]; !behind {
			continue
		}
		if !m.sure {
			p.lost(m)
			continue
		}
		if m.pos.seq < p.state.Last {
			m.pos.seq, m.pos.stamp = p.state.Last, 0
		}
		if m.room.covers(m.pos.seq) {
			p.book.catchUp(m)
		}
	}
	p.members = nil
}
