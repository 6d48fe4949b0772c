package people

import (
	"context"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Rename gives the person of a session another name; the tester becomes somebody
// of their own, in this session alone. The new name's record takes the person
// and all sessions over in one step; what is left of the old one goes then.
func (p *People) Rename(ctx context.Context, session, name string) (api.User, error) {
	name, err := Clean(name)
	if err != nil {
		return api.User{}, err
	}
	if isTesters(name) {
		return api.User{}, &wire.Fault{Code: wire.NameTaken, Message: "tester is whoever has no name", Hint: "choose another name"}
	}
	key := keyOf(name)
	var who api.User
	return who, p.try(func() error {
		p.mu.Lock()
		from, _, ok := p.book.ofSession(session)
		p.mu.Unlock()
		if !ok {
			return notSignedIn
		}
		old, err := p.read(ctx, from)
		if err != nil {
			return err
		}
		if _, ok := old.session(session); !ok {
			return p.again(ctx)
		}
		if from == key { // another spelling
			if old.Name != name {
				if err := p.unlike(ctx, name, old.Person); err != nil {
					return err
				}
			}
			old.Name, who = name, api.User{ID: old.Person, Name: name}
			return p.write(ctx, key, old.record, old.rev, 0)
		}
		to, err := p.read(ctx, key)
		if err != nil {
			return err
		}
		person := old.Person
		if person == Tester.ID {
			person = wire.NewID("p")
		}
		if to.Person != person {
			if theirs, err := p.isTheirs(to, name); err != nil {
				return err
			} else if theirs {
				return taken(name + " is somebody who is known here")
			}
		}
		if err := p.free(ctx, to, name, person, signs); err != nil {
			return err
		}
		r := old.record
		r.Person, r.Name = person, name
		if err := p.write(ctx, key, r, to.rev, 0); err != nil {
			return err
		}
		who = r.user()
		return p.leave(ctx, from, key, old)
	})
}

// leave removes the record that a person had before. A session that began there
// meanwhile moves too.
func (p *People) leave(ctx context.Context, from, to string, old entry) error {
	return p.try(func() error {
		err := p.remove(ctx, from, old.rev)
		if err == nil || strings.HasPrefix(from, alone("")) && old.Person == Tester.ID {
			return err
		}
		now, failed := p.read(ctx, from)
		if failed != nil || now.rev == 0 || now.Person != old.Person {
			return failed
		}
		there, failed := p.read(ctx, to)
		if failed != nil {
			return failed
		}
		there.Sessions = joined(there.Sessions, now.Sessions)
		if failed := p.write(ctx, to, there.record, there.rev, 0); failed != nil {
			return failed
		}
		old = now
		return err
	})
}
