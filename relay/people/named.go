package people

import (
	"context"
	"errors"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Named is who speaks with the token alone under a name, without a session. It
// keeps nothing of somebody new: they are told the id under which Acting keeps
// them.
func (p *People) Named(ctx context.Context, name string) (api.User, error) {
	return p.speaks(ctx, name, reads)
}

// Arriving is Named for somebody who others see from now on, and may write to when
// they have gone: they are kept while there is room, and push nobody out.
func (p *People) Arriving(ctx context.Context, name string) (api.User, error) {
	return p.speaks(ctx, name, arrives)
}

// Acting is Named for somebody who does what is recorded under their id: from
// then on they are known.
func (p *People) Acting(ctx context.Context, name string) (api.User, error) {
	return p.speaks(ctx, name, acts)
}

// does is what somebody does: the first three with the token alone.
type does int

const (
	reads does = iota
	arrives
	acts
	signs // signs in, or chooses another name
)

func (p *People) speaks(ctx context.Context, name string, does does) (api.User, error) {
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
		if e.isWorthNoting(now, does) {
			p.noteUse(ctx, key, does)
		}
		return e.user(), nil
	}
	var who api.User
	return who, p.try(func() error {
		e, err := p.read(ctx, key)
		switch {
		case err != nil:
			return err
		case e.rev > 0:
			who = e.user() // as it is spelled there
			return p.free(ctx, e, e.Name, "", does)
		}
		if !p.Loaded() {
			if err := p.catchUp(ctx); err != nil {
				return err
			}
		}
		if err := p.look(name, ""); err != nil {
			return err
		}
		who = api.User{ID: p.idOf(name), Name: name}
		if does == reads || does == arrives && !p.hasRoom() {
			return nil
		}
		if err := p.free(ctx, e, name, "", does); err != nil {
			return err
		}
		who.ID = p.idOf(name)
		return p.write(ctx, key, record{Person: who.ID, Name: name, Since: p.cfg.Wall().UTC()}, 0, 0)
	})
}

// noteUse keeps that a name is in use. Where the store does not answer, the next
// use is noted.
func (p *People) noteUse(ctx context.Context, key string, does does) {
	e, err := p.read(ctx, key)
	now := p.cfg.Wall().UTC()
	if err == nil && e.rev > 0 && e.isWorthNoting(now, does) {
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
// name that e holds, in that spelling; where nobody does, it sees to it that there
// is room for one more.
func (p *People) free(ctx context.Context, e entry, name, person string, does does) error {
	now := p.cfg.Wall()
	switch {
	case fold(name) == Unnamed, e.rev > 0 && e.Person != person && e.living(now):
		return taken("somebody is signed in as " + name)
	case e.rev > 0 && e.Name == name && e.held(now):
		return nil
	}
	if err := p.unlike(ctx, name, person); err != nil || e.rev > 0 {
		return err
	}
	return p.admit(ctx, does)
}

// unlike is look before a name is stored in another spelling than it was. What was
// stored before is known from here on: an id that went to another name with its
// person is not given again.
func (p *People) unlike(ctx context.Context, name, person string) error {
	if err := p.catchUp(ctx); err != nil {
		return err
	}
	return p.look(name, person)
}

// isTheirs says whether a name may not be given to somebody else: its person was
// here of late, is here now under it, or is waited for. While it is not known who
// is, no name that was kept is given away.
func (p *People) isTheirs(e entry, name string) (bool, error) {
	id := e.Person
	if e.rev == 0 {
		id = p.idOf(name)
	} else if e.held(p.cfg.Wall()) {
		return true, nil
	}
	needed, known := p.cfg.Needed()
	if !known && !needed[id] && e.rev > 0 {
		return false, away("looking whose name it is", errUnheard)
	}
	return needed[id], nil
}
