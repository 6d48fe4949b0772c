package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
)

// Run follows the bucket until ctx ends. After each connect it is read anew, for
// nobody told of what changed meanwhile.
func (p *People) Run(ctx context.Context) error {
	if err := p.cfg.Bridge.Await(ctx); err != nil {
		return err
	}
	return p.cfg.Bridge.Follow(ctx, nil, p.follow, func(err error) {
		p.log.Warn("reading the people and their sessions, trying again", "err", err)
	})
}

func (p *People) follow(ctx context.Context) error {
	last, err := p.last(ctx)
	if err != nil {
		return err
	}
	watcher, err := p.cfg.Bridge.People().WatchAll(ctx)
	if err != nil {
		return fmt.Errorf("watching people: %w", err)
	}
	defer func() { _ = watcher.Stop() }()
	p.mu.Lock()
	p.loading = newBook()
	p.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-watcher.Updates():
			switch {
			case !ok:
				return errors.New("the watch of people ended")
			case e != nil:
				p.stored(e)
			default:
				p.swap(last)
			}
		}
	}
}

// last is the sequence of the bucket's newest message.
func (p *People) last(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	js := p.cfg.Bridge.JetStream()
	if js == nil {
		return 0, away("reaching the store", errors.New("not connected yet"))
	}
	stream, err := js.Stream(ctx, "KV_"+wire.BucketPeople)
	if err != nil {
		return 0, fmt.Errorf("opening the bucket of people: %w", err)
	}
	return stream.CachedInfo().State.LastSeq, nil
}

// swap ends the reading: what the store no longer has is over.
func (p *People) swap(last uint64) {
	p.mu.Lock()
	var c change
	for id := range p.book.sessions {
		if _, _, ok := p.loading.ofSession(id); !ok {
			c.ended = append(c.ended, id)
		}
	}
	for person := range p.book.persons {
		before, _ := p.book.find(person)
		if now, ok := p.loading.find(person); ok && now.user() != before.user() {
			c.who = append(c.who, now.user())
		}
	}
	for id, key := range p.loading.sessions {
		e, ok := p.loading.at(key)
		if !ok || !p.loaded || e.Person == Tester.ID {
			continue
		}
		if _, before, known := p.book.ofSession(id); !known {
			c.taken = append(c.taken, e.user())
		} else if before.Person != e.Person {
			c.moved, c.taken = append(c.moved, move{id, e.user()}), append(c.taken, e.user())
		}
	}
	p.loading.seq = max(p.loading.seq, last)
	p.book, p.loading, p.loaded = p.loading, nil, true
	clear(p.gone) // a store that was put back may know them again
	p.stir()
	p.mu.Unlock()
	p.tell(c)
}

// stored takes a change from the store.
func (p *People) stored(e jetstream.KeyValueEntry) {
	var r record
	known := strings.HasPrefix(e.Key(), "name.") || strings.HasPrefix(e.Key(), "alone.")
	isThere := known && e.Operation() == jetstream.KeyValuePut
	if isThere {
		if err := json.Unmarshal(e.Value(), &r); err != nil {
			p.log.Warn("passed over a person", "key", e.Key(), "err", err)
			known = false
		}
	}
	p.mu.Lock()
	b := p.book
	if p.loading != nil {
		b = p.loading
	}
	var c change
	switch {
	case !known:
	case isThere:
		c = b.put(e.Key(), e.Revision(), r)
	default:
		c = b.remove(e.Key(), e.Revision())
	}
	if b == p.loading {
		c = change{} // told when it is whole
	}
	b.seq = max(b.seq, e.Revision())
	p.stir()
	p.mu.Unlock()
	p.tell(c)
}

// stir wakes who waits for changes. mu is held.
func (p *People) stir() {
	if p.waiting > 0 {
		close(p.moved)
		p.moved = make(chan struct{})
	}
}

// catchUp waits until all is known that was stored before it was called.
func (p *People) catchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	if err := p.cfg.Bridge.Ready(); err != nil {
		return away("reaching the store", err)
	}
	last, err := p.last(ctx)
	if err != nil {
		return away("reaching the store", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
	defer func() { p.waiting-- }()
	for !p.loaded || p.book.seq < last {
		moved := p.moved
		p.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			err = away("reading who is signed in", ctx.Err())
		}
		p.mu.Lock()
		if err != nil {
			return err
		}
	}
	return nil
}
