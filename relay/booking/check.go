package booking

import (
	"context"
	"fmt"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reservation"
)

// Allow says whether a person may begin something on a device now, and under
// which epoch. It asks nobody: what it knows may be behind by what is on its way
// from the store, and the agent refuses what is. Only a refusal is looked at
// twice.
func (b *Books) Allow(ctx context.Context, bench, device string, by api.User) (wire.Drive, error) {
	return b.allow(ctx, bench, device, by, true)
}

// AllowEnd says whether a person may end what runs on a device: where it is
// reserved, only its holder may, but for what they began themselves.
func (b *Books) AllowEnd(ctx context.Context, bench, device string, by api.User, began string) (wire.Drive, error) {
	drive, err := b.allow(ctx, bench, device, by, false)
	if err != nil && began == by.ID && began != "" {
		return drive, nil
	}
	return drive, err
}

func (b *Books) allow(ctx context.Context, bench, device string, by api.User, begins bool) (wire.Drive, error) {
	select {
	case <-b.loaded:
	case <-ctx.Done():
		return wire.Drive{}, unavailable("this relay has not read the reservations yet")
	}
	p := b.page(bench)
	drive, err := b.judge(p, device, by, begins)
	if err == nil {
		return drive, nil
	}
	if err := b.fetch(ctx, p); err != nil {
		return drive, err
	}
	return b.judge(p, device, by, begins)
}

func (b *Books) judge(p *page, device string, by api.User, begins bool) (wire.Drive, error) {
	b.mu.Lock()
	book, unreserved := p.book, b.unreserved
	b.mu.Unlock()
	h, place := book.Driver(device)
	drive := wire.Drive{Epoch: int64(book.Epoch(device)), Held: h != nil}
	switch {
	case h != nil && h.Who.ID != by.ID:
		return drive, reservation.ReservedBy(p.bench, device, place, h)
	case h == nil && begins && unreserved == api.UnreservedReserve:
		return drive, &wire.Fault{
			Code: wire.ReserveFirst, Message: fmt.Sprintf("nobody has reserved %s on %s, and this lab wants devices reserved before they are used", device, p.bench),
			Hint: "reserve it, then try again",
		}
	}
	return drive, nil
}
