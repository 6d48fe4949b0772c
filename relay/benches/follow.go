package benches

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

// Bounds on what a bench may say of itself.
const (
	maxInventory = 64 << 10
	maxDevices   = 256
	maxText      = 512
	askFor       = time.Second // how long an agent may take to tell its clock
)

func (b *Benches) follow(ctx context.Context) error {
	for _, s := range []struct {
		subject string
		handle  func(*nats.Msg)
	}{
		{wire.HubUp("*", wire.UpState), func(m *nats.Msg) { b.inventory(wire.BenchOf(m.Subject), m.Data, true) }},
		{wire.HubUp("*", wire.UpAlive), func(m *nats.Msg) { b.alive(ctx, m) }},
		{wire.HubUp("*", wire.UpBye), b.bye},
		{wire.HubDown("*"), func(m *nats.Msg) { b.ask(ctx, wire.BenchOf(m.Subject), "its connection closed, offline") }},
	} {
		sub, err := b.cfg.Bridge.Subscribe(s.subject, "", s.handle, nil)
		if err != nil {
			return err
		}
		defer sub.Close()
	}
	b.jobs.Go(func() { b.measure(ctx) })
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	epoch := 0
	for {
		n, changed := b.cfg.Bridge.Epoch()
		if n != epoch {
			if err := b.load(ctx, n == 1); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				b.log.Warn("reading the benches' inventories, trying again", "err", err)
			} else {
				epoch = n
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-tick.C:
			if b.cfg.Bridge.Ready() == nil { // while this relay is away nobody's beats are missed
				b.tick()
			}
		}
	}
}

// load reads the stored inventories. The first time each bench is asked
// whether it is there, so that a relay that has just started knows at once;
// after a reconnect all benches get one more beat of time instead.
func (b *Benches) load(ctx context.Context, first bool) error {
	b.mu.Lock()
	b.book.grace(time.Now())
	b.mu.Unlock()
	stream, err := b.cfg.Bridge.JetStream().Stream(ctx, wire.StreamBenches)
	if err != nil {
		return fmt.Errorf("opening %s: %w", wire.StreamBenches, err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(wire.HubUp("*", wire.UpState)))
	if err != nil {
		return fmt.Errorf("listing inventories: %w", err)
	}
	var known []string
	for subject := range info.State.Subjects {
		msg, err := stream.GetLastMsgForSubject(ctx, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		} else if err != nil {
			return fmt.Errorf("reading %s: %w", subject, err)
		}
		id := wire.BenchOf(subject)
		b.inventory(id, msg.Data, false)
		known = append(known, id)
	}
	done := make(chan struct{}, len(known))
	for _, id := range known {
		b.jobs.Go(func() {
			if doc, _ := b.Get(id); first || doc.State != "online" {
				b.askNow(ctx, id, "no agent is connected, offline")
			}
			done <- struct{}{}
		})
	}
	for range known {
		<-done
	}
	if !b.Loaded() {
		close(b.loaded)
	}
	return nil
}

func (b *Benches) inventory(id string, data []byte, live bool) {
	var s wire.State
	if len(data) > maxInventory {
		b.junk.Warn(b.log, id, "dropped an oversized inventory", "bytes", len(data))
		return
	}
	if err := json.Unmarshal(data, &s); err != nil || len(s.Devices) > maxDevices {
		b.junk.Warn(b.log, id, "dropped an inventory", "devices", len(s.Devices), "err", err)
		return
	}
	s.Name, s.Reason = cut(s.Name, maxText), cut(s.Reason, maxText)
	if s.Flag != nil {
		s.Flag.Note = cut(s.Flag.Note, maxText)
	}
	valid := s.Devices[:0]
	for _, d := range s.Devices {
		if wire.ValidDeviceID(d.ID) {
			valid = append(valid, d)
		}
	}
	s.Devices = valid
	labels := s.Labels[:0]
	for _, label := range s.Labels {
		if wire.ValidLabel(label) && len(labels) < wire.MaxLabels && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	s.Labels = labels
	b.change(id, func(k *book) bool { return k.inventory(id, s, live) })
}

func (b *Benches) alive(ctx context.Context, m *nats.Msg) {
	at := time.Now()
	id := wire.BenchOf(m.Subject)
	var a wire.Alive
	if err := json.Unmarshal(m.Data, &a); err != nil || !wire.ValidID(id) || len(m.Data) > 4<<10 {
		b.junk.Warn(b.log, id, "dropped a beat", "err", err)
		return
	}
	b.sign(ctx, id, a, at)
}

func (b *Benches) sign(ctx context.Context, id string, a wire.Alive, at time.Time) {
	a.Host = cut(a.Host, 100)
	b.change(id, func(k *book) bool { return k.sign(id, a, at, b.cfg.Wall()) })
}

func (b *Benches) bye(m *nats.Msg) {
	id := wire.BenchOf(m.Subject)
	var y wire.Bye
	if err := json.Unmarshal(m.Data, &y); err != nil {
		b.junk.Warn(b.log, id, "dropped a goodbye", "err", err)
		return
	}
	b.change(id, func(k *book) bool { return k.bye(id, y, b.cfg.Wall()) })
}

func (b *Benches) tick() {
	b.mu.Lock()
	ids := b.book.tick(time.Now(), b.cfg.Wall())
	b.mu.Unlock()
	for _, id := range ids {
		b.tell(id)
	}
}

// change applies an event and tells of it if people see a difference.
func (b *Benches) change(id string, event func(*book) bool) {
	b.mu.Lock()
	changed := event(b.book)
	b.mu.Unlock()
	if changed {
		b.tell(id)
	}
}

func (b *Benches) tell(id string) {
	if b.cfg.OnChange == nil {
		return
	}
	b.telling.Lock()
	defer b.telling.Unlock()
	if doc, ok := b.Get(id); ok { // read here: the last call always tells the present state
		b.cfg.OnChange(doc)
	}
}

// ask asks for a bench's clock in the background, one question a bench at a
// time: nobody listening means offline for the reason why.
func (b *Benches) ask(ctx context.Context, id, why string) {
	b.mu.Lock()
	busy := ctx.Err() != nil || b.asking[id] || !wire.ValidID(id) || b.book.benches[id] == nil
	if !busy {
		b.asking[id] = true
	}
	b.mu.Unlock()
	if busy {
		return
	}
	b.jobs.Go(func() {
		b.askNow(ctx, id, why)
		b.mu.Lock()
		delete(b.asking, id)
		b.mu.Unlock()
	})
}

func (b *Benches) askNow(ctx context.Context, id, why string) {
	// The advisory may overtake the end of the agent's subscription: a question
	// that went to the closing connection is never answered, so ask twice.
	for range 2 {
		ctx, cancel := context.WithTimeout(ctx, askFor/3)
		_, err := b.AskClock(ctx, id)
		cancel()
		switch {
		case err == nil:
			return
		case errors.Is(err, bridge.ErrNoResponders):
			b.change(id, func(k *book) bool { return k.away(id, why, b.cfg.Wall()) })
			return
		}
	}
}

// AskClock asks a bench for its clock and takes the answer as a beat. The
// clock is counted from the moment of asking, so it never runs ahead.
func (b *Benches) AskClock(ctx context.Context, id string) (Clock, error) {
	answer, err := b.cfg.Bridge.AskClock(ctx, id)
	if err != nil {
		return Clock{}, err
	}
	at := time.Now()
	beat := wire.Alive{Life: answer.Life, ClockMS: answer.ClockMS}
	if answer.Alive != nil && answer.Alive.Life == answer.Life {
		beat = *answer.Alive
		beat.ClockMS = answer.ClockMS
	}
	b.sign(ctx, id, beat, at)
	return Clock{Life: answer.Life, MS: answer.ClockMS}, nil
}

// Clashes says whether two agents run as this bench.
func (b *Benches) Clashes(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.book.clashes(id, time.Now())
}

// Gone says whether a bench is known to be offline, in contrast to one that
// this relay has not heard of yet.
func (b *Benches) Gone(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	known := b.book.benches[id]
	return known != nil && known.gone
}
