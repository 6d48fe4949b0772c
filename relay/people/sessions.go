package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// SignIn begins a session of whoever goes by that name; "" is the tester. A
// name that somebody else is signed in with is refused: of two who ask for one
// at once, on whatever relays, exactly one gets it.
func (p *People) SignIn(ctx context.Context, name string) (Signed, error) {
	s := p.session()
	if isTesters(name) {
		r := record{Person: Tester.ID, Name: Tester.Name, Since: s.began, Sessions: []Session{s.Session}}
		if err := p.admitAlone(ctx); err != nil {
			return Signed{}, err
		}
		return r.signed(s.Session), p.write(ctx, alone(s.ID), r, 0, SessionFor)
	}
	name, err := Clean(name)
	if err != nil {
		return Signed{}, err
	}
	key := keyOf(name)
	var got Signed
	return got, p.try(func() error {
		e, err := p.read(ctx, key)
		if err != nil {
			return err
		}
		if _, ok := e.session(s.ID); !ok { // else the answer to an earlier try was lost
			if err := p.free(ctx, e, name, "", signs); err != nil {
				return err
			}
			if e.rev == 0 {
				e.record = record{Person: p.idOf(name), Since: s.began}
			}
			e.record = e.with(s.Session, s.began)
			e.Name = name
			if err := p.write(ctx, key, e.record, e.rev, 0); err != nil {
				return err
			}
		}
		got = e.signed(s.Session)
		return nil
	})
}

// SignInAs begins one more session of a person, of the tester, or of somebody
// new who has no name yet ("").
func (p *People) SignInAs(ctx context.Context, person string) (Signed, error) {
	s := p.session()
	switch person {
	case Tester.ID:
		return p.SignIn(ctx, "")
	case "":
		if err := p.admitAlone(ctx); err != nil {
			return Signed{}, err
		}
		r := record{Person: wire.NewID("p"), Since: s.began, Sessions: []Session{s.Session}}
		return r.signed(s.Session), p.write(ctx, alone(r.Person), r, 0, SessionFor)
	}
	if err := p.catchUp(ctx); err != nil {
		return Signed{}, err
	}
	var got Signed
	return got, p.try(func() error {
		key, ok := p.keyOfPerson(person)
		if !ok {
			return notSignedIn
		}
		e, err := p.read(ctx, key)
		if err != nil {
			return err
		}
		if e.Person != person {
			return p.again(ctx)
		}
		e.record = e.with(s.Session, s.began)
		got = e.signed(s.Session)
		return p.write(ctx, key, e.record, e.rev, 0)
	})
}

// SignOut ends a session. It is no mistake to end one that is over.
func (p *People) SignOut(ctx context.Context, id string) error {
	return p.try(func() error {
		p.mu.Lock()
		key, _, ok := p.book.ofSession(id)
		p.mu.Unlock()
		if !ok {
			return nil
		}
		e, err := p.read(ctx, key)
		if err != nil {
			return err
		}
		if _, ok := e.session(id); !ok {
			return p.again(ctx)
		}
		e.record = e.without(id)
		e.Used = p.cfg.Wall().UTC()
		if err := p.write(ctx, key, e.record, e.rev, 0); err != nil || strings.HasPrefix(key, "name.") || len(e.Sessions) > 0 {
			return err
		}
		return p.sweep(ctx, key)
	})
}

// sweep removes the record of somebody without a name whom nobody can be again.
func (p *People) sweep(ctx context.Context, key string) error {
	p.mu.Lock()
	e, ok := p.book.at(key)
	p.mu.Unlock()
	if !ok || len(e.Sessions) > 0 {
		return nil
	}
	if err := p.remove(ctx, key, e.rev); !errors.Is(err, errMoved) {
		return err
	}
	return nil
}

type begun struct {
	Session
	began time.Time
}

func (p *People) session() begun {
	now := p.cfg.Wall().UTC()
	return begun{Session{ID: wire.NewID(""), Until: now.Add(SessionFor).Truncate(time.Second)}, now}
}

func (r record) signed(s Session) Signed {
	return Signed{User: r.user(), Session: s, Choose: r.Name == ""}
}

func (p *People) keyOfPerson(id string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key, ok := p.book.persons[id]
	return key, ok
}

// again waits for what the store knows already, before another try.
func (p *People) again(ctx context.Context) error {
	if err := p.catchUp(ctx); err != nil {
		return err
	}
	return errMoved
}

// try makes a change anew while others are faster.
func (p *People) try(once func() error) error {
	for range tries {
		if err := once(); !errors.Is(err, errMoved) {
			return err
		}
	}
	return away("saving a person", errMoved)
}

func alone(id string) string { return "alone." + id }

func isAlone(key string) bool { return strings.HasPrefix(key, "alone.") }

// joined are a's sessions and those of b that a does not have.
func joined(a, b []Session) []Session {
	list := slices.Clone(a)
	for _, s := range b {
		if !slices.ContainsFunc(list, func(o Session) bool { return o.ID == s.ID }) {
			list = append(list, s)
		}
	}
	return list
}
