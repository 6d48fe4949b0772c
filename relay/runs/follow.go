package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
)

// maxResult bounds a result's message: a bench writes it.
const maxResult = 64 << 10

// follow keeps the index. Results arrive on a plain subscription, which is
// faster than a consumer; what was stored before is read once after each
// connect, and again where the subscription lost something.
func (r *Runs) follow(ctx context.Context) error {
	again := func() {
		select {
		case r.reload <- struct{}{}:
		default:
		}
	}
	sub, err := r.cfg.Bridge.Subscribe(wire.HubResult("*", "*"), "", r.heard, again)
	if err != nil {
		return err
	}
	defer sub.Close()
	return r.cfg.Bridge.Follow(ctx, r.reload, r.session, func(err error) {
		r.log.Warn("reading the list of runs, trying again", "err", err)
	})
}

// session reads every claim and result that is stored, then follows claims.
func (r *Runs) session(ctx context.Context) error {
	watcher, err := r.cfg.Bridge.Runs().WatchAll(ctx)
	if err != nil {
		return fmt.Errorf("watching claims: %w", err)
	}
	defer watcher.Stop()
	found := map[string]bool{}
	for loading := true; ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case entry, ok := <-watcher.Updates():
			switch {
			case !ok:
				return errors.New("the watch of claims ended")
			case entry != nil:
				if r.stored(entry) && loading {
					found[entry.Key()] = true
				}
			default:
				if err := r.history(ctx); err != nil {
					return err
				}
				if err := r.forget(ctx, found); err != nil {
					return err
				}
				loading, found = false, nil
				r.mu.Lock()
				r.loaded = true
				r.mu.Unlock()
			}
		}
	}
}

// stored takes a claim as KV holds it; false where it was withdrawn or cut.
func (r *Runs) stored(entry jetstream.KeyValueEntry) bool {
	if entry.Operation() != jetstream.KeyValuePut {
		r.mu.Lock()
		e := r.index.byID[entry.Key()]
		gone := e != nil && e.rev < entry.Revision()
		r.mu.Unlock()
		if gone {
			r.removed(entry.Key())
		}
		return false
	}
	claim, err := parseClaim(entry)
	if err != nil {
		r.log.Warn("passed over a claim", "run", entry.Key(), "err", err)
		return false
	}
	r.change(claim.Run, func(x *index) bool { return x.claim(claim, entry.Revision(), time.Now()) })
	return true
}

func parseClaim(entry jetstream.KeyValueEntry) (wire.Claim, error) {
	var claim wire.Claim
	if err := json.Unmarshal(entry.Value(), &claim); err != nil {
		return claim, err
	}
	if claim.Run != entry.Key() {
		return claim, errors.New("it names another run")
	}
	return claim, nil
}

// forget drops runs whose claim the store no longer has. A store that was put
// back to an older copy is another matter: what it forgot is claimed again, so
// that the run's lines, which the bench sends again, stay somebody's.
func (r *Runs) forget(ctx context.Context, found map[string]bool) error {
	stream, err := r.cfg.Bridge.JetStream().Stream(ctx, "KV_"+wire.BucketRuns)
	if err != nil {
		return fmt.Errorf("opening the claims: %w", err)
	}
	last := stream.CachedInfo().State.LastSeq
	var gone []string
	var lost []wire.Claim
	r.mu.Lock()
	for id, e := range r.index.byID {
		switch {
		case found[id]:
		case e.rev > last:
			claim := e.claim
			claim.Command = e.command()
			lost = append(lost, claim)
		case time.Since(e.seen) > 5*time.Second: // else it was claimed while this was read
			gone = append(gone, id)
		}
	}
	r.mu.Unlock()
	for _, id := range gone {
		r.removed(id)
	}
	for _, claim := range lost {
		r.log.Warn("the store lost a claim, claiming again", "run", claim.Run)
		if err := r.claimAgain(ctx, claim); err != nil {
			return err
		}
	}
	return nil
}

// claimAgain writes a claim that the store lost. Of a long command it has the
// beginning alone; the hash, by which commands are compared, is whole.
func (r *Runs) claimAgain(ctx context.Context, c wire.Claim) error {
	value, err := json.Marshal(c)
	if err != nil {
		return err
	}
	rev, err := r.cfg.Bridge.Runs().Create(ctx, c.Run, value)
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil // another relay was faster
	} else if err != nil {
		return fmt.Errorf("claiming run %s again: %w", c.Run, err)
	}
	r.mu.Lock()
	if e := r.index.byID[c.Run]; e != nil {
		e.rev = rev
	}
	r.mu.Unlock()
	return nil
}

func (r *Runs) removed(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.index.remove(id)
	delete(r.due, id)
}

// history reads the last result of every run.
func (r *Runs) history(ctx context.Context) error {
	consumer, err := r.cfg.Bridge.JetStream().OrderedConsumer(ctx, wire.StreamResults, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, FilterSubjects: []string{wire.HubResult("*", "*")},
		InactiveThreshold: 10 * time.Second,
	})
	if err != nil {
		return fmt.Errorf("reading results: %w", err)
	}
	info, err := consumer.Info(ctx)
	if err != nil {
		return fmt.Errorf("reading results: %w", err)
	}
	if info.NumPending == 0 {
		return nil
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("reading results: %w", err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		msg, err := messages.Next()
		if err != nil {
			return fmt.Errorf("reading results: %w", err)
		}
		r.result(msg.Subject(), msg.Data())
		if meta, err := msg.Metadata(); err != nil || meta.NumPending == 0 {
			return err
		}
	}
}

func (r *Runs) heard(msg *nats.Msg) { r.result(msg.Subject, msg.Data) }

func (r *Runs) result(subject string, data []byte) {
	bench, id := wire.BenchOf(subject), wire.Leaf(subject)
	var result wire.Result
	if len(data) > maxResult || json.Unmarshal(data, &result) != nil || result.Run != id {
		r.junk.Warn(r.log, bench, "dropped a result that is none", "run", id, "bytes", len(data))
		return
	}
	r.take(bench, result)
}

// fetch reads a claim from the store, past the index, with its last result.
func (r *Runs) fetch(ctx context.Context, id string) (wire.Claim, error) {
	kv := r.cfg.Bridge.Runs()
	if kv == nil || r.cfg.Bridge.Ready() != nil {
		return wire.Claim{}, unavailable("this relay has no broker to ask about run " + id)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	entry, err := kv.Get(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return wire.Claim{}, notFound(id)
	} else if err != nil {
		return wire.Claim{}, unavailable("reading run " + id + ": " + err.Error())
	}
	claim, err := parseClaim(entry)
	if err != nil {
		return wire.Claim{}, fmt.Errorf("reading the claim of run %s: %w", id, err)
	}
	r.mu.Lock()
	known := r.index.byID[id] != nil
	r.mu.Unlock()
	r.change(id, func(x *index) bool { return x.claim(claim, entry.Revision(), time.Now()) })
	if !known { // the index is not loaded yet, or another relay claimed it just now
		stream, err := r.cfg.Bridge.JetStream().Stream(ctx, wire.StreamResults)
		if err != nil {
			return claim, unavailable("reading run " + id + ": " + err.Error())
		}
		msg, err := stream.GetLastMsgForSubject(ctx, wire.HubResult(claim.Bench, id))
		if err == nil {
			r.result(msg.Subject, msg.Data)
		} else if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return claim, unavailable("reading run " + id + ": " + err.Error())
		}
	}
	return claim, nil
}

// KeptFrom reads the keeper's mark on a run from the store, past the index.
func (r *Runs) KeptFrom(ctx context.Context, id string) (int64, error) {
	claim, err := r.fetch(ctx, id)
	return claim.KeptFrom, err
}
