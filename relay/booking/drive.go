package booking

import (
	"context"
	"maps"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reservation"
)

// tellAgain is how long a bench that did not take what it was told is left alone.
const tellAgain = 2 * time.Second

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
	var drives map[string]wire.Drive
	begin := p.online && !p.advising && p.toldOf != p.book && time.Now().After(p.tellAfter)
	if begin {
		drives = p.book.Drives()
		if p.toldOf = p.book; len(drives) == 0 || maps.Equal(drives, p.told) {
			begin = false
		}
		p.advising = begin
	}
	b.mu.Unlock()
	if !begin {
		return
	}
	b.jobs.Go(func() {
		ask, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		answer, err := b.cfg.Bridge.AskOnce(ask, p.bench, wire.CmdRequest(wire.VerbEpochs), func(relay, req string) any {
			return wire.Epochs{Relay: relay, Req: req, Devices: drives}
		})
		if err == nil && answer.Fault != nil {
			err = answer.Fault
		}
		b.mu.Lock()
		p.advising = false
		if err == nil {
			p.told = drives
		} else {
			p.toldOf, p.tellAfter = nil, time.Now().Add(tellAgain)
		}
		b.mu.Unlock()
		if err == nil {
			err = b.catchUp(ctx, p, answer.Epochs)
		}
		if err != nil && ctx.Err() == nil {
			b.log.Debug("telling a bench who drives its devices", "bench", p.bench, "err", err)
		}
	})
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
		return nil
	}
	_, _, err := b.change(ctx, p, func(book *reservation.Book, _ time.Time) error {
		for device, d := range known {
			if d.Epoch < maxEpoch {
				book.Raise(device, uint64(max(d.Epoch, 0)))
			}
		}
		return nil
	})
	return err
}
