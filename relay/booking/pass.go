package booking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reservation"
)

// restFor is how long a book rests before relays that did not change it look
// after its outbox, and store it for nothing but to empty that: most are changed
// again before.
const restFor = 2 * time.Second

// passOn passes on what waits in a bench's outbox, beside everything else. The
// order is the outbox's; one that cannot be passed on holds up those behind it.
func (b *Books) passOn(ctx context.Context, p *page) {
	b.mu.Lock()
	begin := !p.passing && len(p.book.Outbox.Records)+len(p.book.Outbox.Notices) > 0
	p.passing = p.passing || begin
	b.mu.Unlock()
	if !begin {
		return
	}
	b.jobs.Go(func() {
		if err := b.empty(ctx, p); err != nil && ctx.Err() == nil {
			b.log.Warn("passing on what became of reservations, trying again", "bench", p.bench, "err", err)
		}
	})
}

// empty passes on until nothing waits that was not passed on.
func (b *Books) empty(ctx context.Context, p *page) error {
	for {
		b.mu.Lock()
		outbox, done, notifier := p.book.Outbox, p.passed, b.notifier
		more := len(outbox.Records) > 0 && outbox.Records[len(outbox.Records)-1].N > done.record ||
			notifier != nil && len(outbox.Notices) > 0 && outbox.Notices[len(outbox.Notices)-1].N > done.telling
		p.passing = more
		rested := time.Since(p.seen) > restFor
		b.mu.Unlock()
		if !more && rested {
			_, _, err := b.change(ctx, p, func(*reservation.Book, time.Time) error { return nil })
			return err
		} else if !more {
			return nil
		}
		err := b.record(ctx, p, outbox.Records, done.record)
		if err == nil && notifier != nil && len(outbox.Notices) > 0 {
			b.settle(ctx, p) // before anybody hears that it is theirs
			err = b.tell(ctx, p, notifier, outbox.Notices, done.telling)
		}
		if err != nil {
			b.mu.Lock()
			p.passing = false
			b.mu.Unlock()
			return err
		}
	}
}

// record writes records into the history, each under its own number: one that
// is there already was written by another relay.
func (b *Books) record(ctx context.Context, p *page, records []api.ReservationRecord, done uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, r := range records {
		if r.N <= done {
			continue
		}
		data, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, err = b.cfg.Bridge.JetStream().Publish(ctx, wire.HubReserved(p.bench, r.N), data, jetstream.WithExpectLastSequencePerSubject(0))
		var refused *jetstream.APIError
		switch {
		case err == nil:
		case errors.As(err, &refused) && refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence:
			if moved, err := b.renumber(ctx, p, r); moved || err != nil {
				return err
			}
		default:
			return fmt.Errorf("writing record %d: %w", r.N, err)
		}
		b.mu.Lock()
		p.passed.record = max(p.passed.record, r.N)
		b.mu.Unlock()
	}
	return nil
}

// renumber looks at a record whose number is taken. Where another relay has written
// it, that is all; where the number is another record's, the book was put back to
// an older copy and the history was not: what waits goes behind what it has.
func (b *Books) renumber(ctx context.Context, p *page, r api.ReservationRecord) (moved bool, err error) {
	there, err := b.recorded(ctx, wire.HubReserved(p.bench, r.N))
	if err != nil {
		return false, err
	}
	if there.Kind == r.Kind && there.Device == r.Device && there.Epoch == r.Epoch && there.Who.ID == r.Who.ID && there.At.Equal(r.At) {
		return false, nil
	}
	last, err := b.recorded(ctx, wire.HubReservedAll(p.bench))
	if err != nil {
		return false, err
	}
	b.log.Warn("the books are behind their history, going on behind it", "bench", p.bench, "record", r.N, "last", last.N)
	_, _, err = b.change(ctx, p, func(book *reservation.Book, _ time.Time) error { book.Renumber(last.N); return nil })
	return true, err
}

func (b *Books) recorded(ctx context.Context, subject string) (r api.ReservationRecord, err error) {
	stored, there, err := b.cfg.Bridge.Last(ctx, wire.StreamReserved, subject)
	if err == nil && !there {
		err = errors.New("it has just gone")
	}
	if err == nil {
		err = json.Unmarshal(stored.Data, &r)
	}
	if err != nil {
		err = fmt.Errorf("reading %s: %w", subject, err)
	}
	return r, err
}

func (b *Books) tell(ctx context.Context, p *page, notifier Notifier, notices []reservation.Telling, done uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, n := range notices {
		if n.N <= done {
			continue
		}
		if err := notifier.Notify(ctx, fmt.Sprintf("reservation.%s.%d", p.bench, n.N), n.To, n.Notice); err != nil {
			return fmt.Errorf("telling %s: %w", n.To, err)
		}
		b.mu.Lock()
		p.passed.telling = max(p.passed.telling, n.N)
		b.mu.Unlock()
	}
	return nil
}

// maxHole is how many records may be missing in a row before all others are.
const maxHole = 64

// maxHistory bounds a page of the history.
const maxHistory = 500

// History lists a bench's records before the one of that number, 0 for all, the
// newest first.
func (b *Books) History(ctx context.Context, bench string, before uint64, limit int) (api.ReservationHistory, error) {
	if err := b.known(ctx, bench, reservation.Release, reservation.Whole); err != nil {
		return api.ReservationHistory{}, err
	}
	if limit <= 0 {
		limit = 100
	}
	p := b.page(bench)
	if err := b.fetch(ctx, p); err != nil {
		return api.ReservationHistory{}, err
	}
	book, _ := b.read(p)
	waiting := map[uint64]api.ReservationRecord{}
	for _, r := range book.Outbox.Records {
		waiting[r.N] = r
	}
	n := book.Records
	if before > 0 {
		n = min(n, before-1)
	}
	answer := api.ReservationHistory{Records: []api.ReservationRecord{}}
	missing := 0
	for ; n > 0 && len(answer.Records) < min(limit, maxHistory); n-- {
		r, ok := waiting[n]
		if !ok {
			stored, there, err := b.cfg.Bridge.Last(ctx, wire.StreamReserved, wire.HubReserved(bench, n))
			if err != nil {
				return answer, unavailable(err.Error())
			}
			if !there { // a store that was put back to an older copy has a hole
				if missing++; missing > maxHole {
					return answer, nil // what lies before it went with age
				}
				continue
			}
			missing = 0
			if err := json.Unmarshal(stored.Data, &r); err != nil {
				return answer, fmt.Errorf("reading record %d of bench %s: %w", n, bench, err)
			}
		}
		answer.Records = append(answer.Records, r)
	}
	if n > 0 {
		answer.Next = n + 1
	}
	return answer, nil
}
