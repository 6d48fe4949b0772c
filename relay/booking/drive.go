package booking

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reservation"
)

// tellAgain is how long a bench that did not take what it was told is left alone;
// tellWithin is how long it may take to, settleWithin while somebody waits for it.
const (
	tellAgain    = 2 * time.Second
	tellWithin   = 2 * time.Second
	settleWithin = time.Second
)

// maxEpoch is the highest that is believed of a bench.
const maxEpoch = 1 << 50

// BenchChanged is told of every bench: one that comes online is told who drives
// its devices.
func (b *Books) BenchChanged(bench api.Bench) {
	b.mu.Lock()
	p := b.pages[bench.ID]
	if online := bench.State == api.Online; p != nil && p.online != online {
		p.online, p.told, p.toldOf = online, nil, nil
	} else if p == nil && online {
		p = b.newPage(bench.ID)
		p.online = true
	}
	b.mu.Unlock()
}

// tellAgent tells a bench who drives its devices, where it was not told yet.
// Every relay does: the agent takes what is newer, in whatever order it comes.
func (b *Books) tellAgent(ctx context.Context, p *page) {
	b.mu.Lock()
	begin := !p.advising && b.untold(p)
	p.advising = p.advising || begin
	b.mu.Unlock()
	if !begin {
		return
	}
	begun := b.jobs.Go(func() {
		ask, cancel := context.WithTimeout(ctx, tellWithin)
		defer cancel()
		err := b.advise(ask, ctx, p)
		b.mu.Lock()
		p.advising = false
		b.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			b.log.Debug("telling a bench who drives its devices", "bench", p.bench, "err", err)
		}
	})
	if !begun {
		b.mu.Lock()
		p.advising = false
		b.mu.Unlock()
	}
}

// untold says whether a bench is online and was not told how its book stands. A
// book without places is told once, too: the agent answers what it knows.
func (b *Books) untold(p *page) bool {
	if !p.online || p.toldOf == p.book || time.Now().Before(p.tellAfter) {
		return false
	}
	if p.told != nil && maps.Equal(p.book.Drives(), p.told) {
		p.toldOf = p.book
		return false
	}
	return true
}

// settle waits until a bench's agent knows who drives its devices: whoever is
// told after it that a device is theirs finds the earlier driver's commands
// refused, whatever relay these come by. A bench that is away or does not answer
// is not waited for; it is told as soon as it can be.
func (b *Books) settle(ctx context.Context, p *page) {
	ask, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	for range 4 { // what is caught up with is told again
		b.mu.Lock()
		begin := b.untold(p)
		b.mu.Unlock()
		if !begin {
			return
		}
		if err := b.advise(ask, ctx, p); err != nil {
			b.log.Debug("telling a bench who drives its devices, before its new driver", "bench", p.bench, "err", err)
			return
		}
	}
}

// advise tells a bench how its book stands and catches up with what its agent
// knows.
func (b *Books) advise(ask, ctx context.Context, p *page) error {
	b.mu.Lock()
	book := p.book
	b.mu.Unlock()
	drives := book.Drives()
	answer, err := b.cfg.Bridge.AskOnce(ask, p.bench, wire.CmdRequest(wire.VerbEpochs), func(relay, req string) any {
		return wire.Epochs{Relay: relay, Req: req, Devices: drives}
	})
	if err == nil && answer.Fault != nil && answer.Fault.Code != wire.NotFound { // it knows no epochs: nothing to tell
		err = answer.Fault
	}
	b.mu.Lock()
	if err == nil {
		p.told, p.toldOf = drives, book
	} else if ctx.Err() == nil {
		p.toldOf, p.tellAfter = nil, time.Now().Add(tellAgain)
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	return b.catchUp(ctx, p, answer.Epochs)
}

// catchUp raises epochs over what the agent knows: the store was put back to an
// older copy, and the agent would refuse everything that came under its numbers.
func (b *Books) catchUp(ctx context.Context, p *page, known map[string]wire.Drive) error {
	behind := func(book *reservation.Book) (is bool) {
		for device, d := range known {
			is = is || d.Epoch < maxEpoch && uint64(max(d.Epoch, 0)) > book.Epoch(device)
		}
		return is
	}
	if book, _ := b.read(p); !behind(book) {
		b.mu.Lock()
		p.raised = 0
		b.mu.Unlock()
		return nil
	}
	_, _, err := b.change(ctx, p, func(book *reservation.Book, _ time.Time) error {
		for _, device := range slices.Sorted(maps.Keys(known)) { // the whole bench first: its devices go with it
			if d := known[device]; d.Epoch < maxEpoch {
				book.Raise(device, uint64(max(d.Epoch, 0)))
			}
		}
		return nil
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.raised++; p.raised > 3 { // it says more each time that it is asked
		p.tellAfter = time.Now().Add(tellAgain)
	}
	return err
}
