package people

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

const (
	// forgetAtOnce is how many people make room at a time: who is here longest ago
	// is looked for among all.
	forgetAtOnce = 32

	// freshRoom is how many new people a relay takes at once, freshRate how many a
	// second after that: more are a program's mistake, which shall fill neither
	// the store nor the place of those who are known.
	freshRoom = 1000
	freshRate = 20
	// freshActs is how much of freshRoom is for those who do not sign in: a flood
	// of acts under new names keeps nobody from signing in.
	freshActs = freshRoom * 3 / 4
)

// errUnheard says that it cannot be known now who is needed.
var errUnheard = errors.New("this relay has not heard yet who is here")

// fresh bounds the new people that a relay takes.
type fresh struct {
	taken float64 // of freshRoom; freshRate a second come back
	at    time.Time
}

func (f *fresh) takes(now time.Time, does does) bool {
	kept := 0.0
	if does != signs {
		kept = freshRoom - freshActs
	}
	if f.left(now)-kept < 1 {
		return false
	}
	f.taken++
	return true
}

func (f *fresh) left(now time.Time) float64 {
	if since := now.Sub(f.at); since > 0 {
		f.taken = max(0, f.taken-since.Seconds()*freshRate)
	}
	f.at = now
	return freshRoom - f.taken
}

// hasRoom says whether somebody may be kept though they have done nothing yet: half
// of what a relay takes at once is for those who do.
func (p *People) hasRoom() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.book.persons) < p.cfg.Max && p.fresh.left(p.cfg.Wall()) > freshRoom/2
}

// admit sees to it that there is room for one more person.
func (p *People) admit(ctx context.Context, does does) error {
	p.mu.Lock()
	takes := p.fresh.takes(p.cfg.Wall(), does)
	isFull := len(p.book.persons) >= p.cfg.Max
	p.mu.Unlock()
	switch {
	case !takes:
		return &wire.Fault{Code: wire.TooMany, Message: "too many new people at once", Hint: "go by a name that is known, or ask again in a moment", Retry: true}
	case isFull:
		return p.makeRoom(ctx)
	}
	return nil
}

// admitAlone is admit for a session of somebody who has no name of their own: at
// most as many as people are kept, then the oldest is signed out.
func (p *People) admitAlone(ctx context.Context) error {
	p.mu.Lock()
	isFull := p.book.alone >= p.cfg.Max
	p.mu.Unlock()
	if !isFull {
		return nil
	}
	list := p.choose(func(key string, _ entry) bool { return isAlone(key) }, func(a, b idle) int { return cmp.Compare(a.rev, b.rev) })
	return p.forget(ctx, list)
}

// makeRoom forgets people whom nobody misses now: who is signed in, here, or
// waited for stays.
func (p *People) makeRoom(ctx context.Context) error {
	needed, known := p.cfg.Needed()
	if !known {
		return away("making room for one more", errUnheard)
	}
	now := p.cfg.Wall()
	list := p.choose(func(_ string, e entry) bool {
		return e.Person != Tester.ID && !e.living(now) && !needed[e.Person]
	}, func(a, b idle) int {
		return cmp.Or(cmp.Compare(a.standing(now), b.standing(now)), a.used(now).Compare(b.used(now)), cmp.Compare(a.rev, b.rev))
	})
	if len(list) == 0 {
		return &wire.Fault{
			Code: wire.Full, Message: "this lab knows as many people as it can, and all of them are signed in, here or waited for",
			Hint: "go by a name that is known, or try again when somebody has signed out",
		}
	}
	return p.forget(ctx, list)
}

type idle struct {
	key string
	entry
}

// choose lists the first of those who may be forgotten.
func (p *People) choose(may func(key string, e entry) bool, order func(a, b idle) int) []idle {
	var list []idle
	p.mu.Lock()
	for key, e := range p.book.records {
		if !e.removed && may(key, e) {
			list = append(list, idle{key, e})
		}
	}
	p.mu.Unlock()
	slices.SortFunc(list, order)
	return list[:min(len(list), forgetAtOnce)]
}

func (p *People) forget(ctx context.Context, list []idle) error {
	for _, e := range list {
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
	return nil
}
