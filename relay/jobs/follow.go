package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Run follows all jobs until ctx ends, and says of those that nobody works on
// any more that they are lost. Then its own end, and say that they did.
func (j *Jobs) Run(ctx context.Context) error {
	defer j.work.End()
	defer j.giveUp()
	for {
		if err := j.cfg.Bridge.Await(ctx); err != nil {
			return err
		}
		_, changed := j.cfg.Bridge.Epoch()
		err := j.session(ctx, changed)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			j.log.Warn("reading the list of jobs, trying again", "err", err)
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	}
}

// giveUp ends what this relay works on.
func (j *Jobs) giveUp() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, t := range j.here {
		t.mu.Lock()
		t.stopped = true
		t.mu.Unlock()
		t.stop()
	}
}

// session reads what is stored and follows it until the connection is another.
// What is read counts as heard now: while this relay was away, others were not
// silent.
func (j *Jobs) session(ctx context.Context, changed <-chan struct{}) error {
	watcher, err := j.cfg.Bridge.JobStore().WatchAll(ctx)
	if err != nil {
		return fmt.Errorf("watching jobs: %w", err)
	}
	defer watcher.Stop()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			return nil
		case entry, ok := <-watcher.Updates():
			switch {
			case !ok:
				return errors.New("the watch of jobs ended")
			case entry == nil:
				j.mu.Lock()
				j.loaded = true
				j.mu.Unlock()
			default:
				j.stored(entry)
			}
		case <-tick.C:
			if j.cfg.Bridge.Ready() == nil {
				j.findLost(ctx)
			}
		}
	}
}

func (j *Jobs) stored(entry jetstream.KeyValueEntry) {
	if entry.Operation() != jetstream.KeyValuePut {
		j.mu.Lock()
		delete(j.known, entry.Key())
		j.mu.Unlock()
		return
	}
	var r record
	if err := json.Unmarshal(entry.Value(), &r); err != nil || r.ID != entry.Key() {
		j.log.Warn("dropped a job that is none", "key", entry.Key(), "err", err)
		return
	}
	j.take(r, entry.Revision())
}

// take keeps what is heard of a job, and tells it where people see a change.
func (j *Jobs) take(r record, rev uint64) {
	j.telling.Lock()
	defer j.telling.Unlock()
	j.mu.Lock()
	before := j.known[r.ID]
	if before != nil && rev < before.rev {
		j.mu.Unlock()
		return
	}
	j.known[r.ID] = &known{record: r, rev: rev, heard: time.Now()}
	if t := j.here[r.ID]; t != nil && r.State != api.JobRunning {
		t.stop() // ended by others
	}
	j.forget()
	tell := j.tell
	j.mu.Unlock()
	if before == nil || before.State != r.State || before.Done != r.Done || before.Of != r.Of {
		tell(r.Job)
	}
}

// forget drops the oldest jobs that have ended.
func (j *Jobs) forget() {
	if len(j.known) <= maxKnown {
		return
	}
	list := make([]api.Job, 0, len(j.known))
	for _, k := range j.known {
		if k.State != api.JobRunning {
			list = append(list, k.Job)
		}
	}
	for _, old := range sorted(list)[min(maxKnown/2, len(list)):] {
		delete(j.known, old.ID)
	}
}

func sorted(list []api.Job) []api.Job {
	slices.SortFunc(list, func(a, b api.Job) int { return b.StartedAt.Compare(a.StartedAt) })
	return list
}

// findLost ends the jobs whose relay has fallen silent.
func (j *Jobs) findLost(ctx context.Context) {
	j.mu.Lock()
	silent := map[string]int{} // with the last beat that was heard
	for id, k := range j.known {
		if k.State == api.JobRunning && j.here[id] == nil && time.Since(k.heard) > lostAfter {
			silent[id] = k.Beat
			k.heard = time.Now() // not again at once, should the store not answer
		}
	}
	j.mu.Unlock()
	for id, beat := range silent {
		j.work.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
			defer cancel()
			if _, err := j.end(ctx, id, func(r *record) {
				if r.Beat != beat {
					return // this relay was away, not that one
				}
				r.State = api.JobLost
				r.Fault = &wire.Fault{Code: wire.Unavailable, Message: "the relay that worked on it is gone", Hint: "start it again"}
			}); err != nil && ctx.Err() == nil {
				j.log.Warn("ending a job that is lost", "job", id, "err", err)
			}
		})
	}
}

// end ends a job that runs; one that has ended stays as it is, and one that how
// leaves running.
func (j *Jobs) end(ctx context.Context, id string, how func(*record)) (api.Job, error) {
	store := j.cfg.Bridge.JobStore()
	if store == nil {
		return api.Job{}, unavailable("this relay has not reached the store yet")
	}
	for {
		entry, err := store.Get(ctx, id)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return api.Job{}, notFound(id)
		} else if err != nil {
			return api.Job{}, unavailable("the job could not be read: " + err.Error())
		}
		var r record
		if err := json.Unmarshal(entry.Value(), &r); err != nil {
			return api.Job{}, fmt.Errorf("reading job %s: %w", id, err)
		}
		if r.State != api.JobRunning {
			return r.Job, nil
		}
		if how(&r); r.State == api.JobRunning {
			return r.Job, nil
		}
		now := j.cfg.Bridge.Now().UTC().Truncate(time.Millisecond)
		r.EndedAt = &now
		value, err := json.Marshal(r)
		if err != nil {
			return api.Job{}, err
		}
		rev, err := store.Update(ctx, id, value, entry.Revision())
		if err == nil {
			j.take(r, rev)
			return r.Job, nil
		}
		if !wrongRevision(err) || ctx.Err() != nil {
			return api.Job{}, unavailable("the job could not be ended: " + err.Error())
		}
	}
}
