package people

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Named is who speaks with the token alone under a name, without a session.
func (p *People) Named(ctx context.Context, name string) (api.User, error) {
	if isTesters(name) {
		return Tester, nil
	}
	name, err := Clean(name)
	if err != nil {
		return api.User{}, err
	}
	if fold(name) == Unnamed {
		return api.User{}, taken("guest is whoever has not chosen a name yet")
	}
	key := keyOf(name)
	p.mu.Lock()
	e, ok := p.book.at(key)
	p.mu.Unlock()
	if now := p.cfg.Wall(); ok && !e.living(now) { // a refusal may be of a moment ago
		if now.Sub(e.used(now)) >= noteEvery {
			p.noteUse(ctx, key)
		}
		return e.user(), nil
	}
	var who api.User
	return who, p.try(func() error {
		e, err := p.read(ctx, key)
		if err != nil {
			return err
		}
		if err := p.free(ctx, e, name, ""); err != nil {
			return err
		}
		if e.rev == 0 {
			e.record = record{Person: wire.NewID("p"), Name: name, Since: p.cfg.Wall().UTC()}
			if err := p.write(ctx, key, e.record, 0, 0); err != nil {
				return err
			}
		}
		who = e.user()
		return nil
	})
}

// noteUse keeps that a name is in use. Where the store does not answer, the next
// use is noted.
func (p *People) noteUse(ctx context.Context, key string) {
	e, err := p.read(ctx, key)
	now := p.cfg.Wall().UTC()
	if err == nil && e.rev > 0 && now.Sub(e.used(now)) >= noteEvery {
		e.Used = now
		err = p.write(ctx, key, e.record, e.rev, 0)
	}
	if err != nil && !errors.Is(err, errMoved) {
		p.log.Warn("noting that a name is in use", "err", err)
	}
}

func taken(message string) error {
	return &wire.Fault{
		Code: wire.NameTaken, Message: message,
		Hint: "if that is you on another device, make a link there (Use another device, or farbench link) and open it here; else choose another name",
	}
}

// free says whether a person ("": somebody else than is there) may take the
// name that e holds. Where too many are known, who was not here for longest is
// forgotten.
func (p *People) free(ctx context.Context, e entry, name, person string) error {
	switch {
	case fold(name) == Unnamed, e.rev > 0 && e.Person != person && e.living(p.cfg.Wall()):
		return taken("somebody is signed in as " + name)
	case e.rev == 0 && p.full():
		return p.makeRoom(ctx)
	}
	return nil
}

func (p *People) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.book.persons) >= p.cfg.Max
}

// forgetAtOnce is how many people make room at a time: who is here longest ago
// is looked for among all.
const forgetAtOnce = 32

// makeRoom forgets people who are not signed in, those first who were here
// longest ago.
func (p *People) makeRoom(ctx context.Context) error {
	type idle struct {
		key string
		entry
	}
	now := p.cfg.Wall()
	var list []idle
	p.mu.Lock()
	for key, e := range p.book.records {
		if !e.removed && e.Person != Tester.ID && !e.living(now) {
			list = append(list, idle{key, e})
		}
	}
	p.mu.Unlock()
	slices.SortFunc(list, func(a, b idle) int {
		return cmp.Or(a.used(now).Compare(b.used(now)), cmp.Compare(a.rev, b.rev))
	})
	for _, e := range list[:min(len(list), forgetAtOnce)] {
		err := p.remove(ctx, e.key, e.rev)
		if errors.Is(err, errMoved) {
			continue // it is in use, or another relay was faster
		} else if err != nil {
			return err
		}
		p.mu.Lock()
		c := p.book.remove(e.key, e.rev+1) // the store tells of it too, with the true number
		p.mu.Unlock()
		p.tell(c)
	}
	if len(list) == 0 {
		return &wire.Fault{Code: wire.TooMany, Message: "too many people are signed in here", Hint: "try again when somebody has signed out"}
	}
	return nil
}
