package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// task is a job that this relay works on.
type task struct {
	j    *Jobs
	plan Plan
	ctx  context.Context
	stop context.CancelFunc

	settled chan struct{} // closed once it is stored, or will not be

	mu sync.Mutex // guards what follows
	record
	rev     uint64
	stopped bool // its relay stops
}

// run is a job from its beginning to its end.
func (t *task) run() {
	defer t.j.leave(t)
	var beats sync.WaitGroup
	working, done := context.WithCancel(t.ctx)
	beats.Go(func() { t.beat(working) })
	result, err := t.plan.Work(t.ctx, t.progress)
	overdue := errors.Is(t.ctx.Err(), context.DeadlineExceeded)
	done()
	beats.Wait()
	within, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := t.j.end(within, t.ID, func(r *record) { t.outcome(r, result, err, overdue) }); err != nil {
		t.j.log.Warn("a job's end was not stored: it will be lost", "job", t.ID, "err", err)
	}
}

// outcome is how the work ended. A job that was ended by others never comes here.
func (t *task) outcome(r *record, result any, err error, overdue bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Done, r.Of = t.Done, t.Of
	var body json.RawMessage
	if err == nil {
		body, err = json.Marshal(result)
	}
	var fault *wire.Fault
	switch {
	case t.stopped && err != nil:
		r.State, r.Fault = api.JobLost, &wire.Fault{Code: wire.Draining, Message: "the relay that worked on it was stopped", Hint: "start it again"}
	case overdue:
		r.State, r.Fault = api.JobFailed, &wire.Fault{Code: wire.TooLarge, Message: fmt.Sprintf("it was not done within %v", longest), Hint: "narrow it down"}
	case err == nil && len(body) <= maxResult:
		r.State, r.Result = api.JobDone, body
	case err == nil:
		r.State, r.Fault = api.JobFailed, &wire.Fault{Code: wire.TooLarge, Message: "its result is too large to be kept", Hint: "narrow it down"}
	case errors.As(err, &fault):
		r.State, r.Fault = api.JobFailed, fault
	default:
		id := wire.NewID("")
		t.j.log.Error("a job failed", "job", t.ID, "kind", t.Kind, "id", id, "err", err)
		r.State, r.Fault = api.JobFailed, &wire.Fault{Code: wire.Internal, Message: "internal error", ID: id}
	}
}

// progress takes how far the work is; the next beat tells it.
func (t *task) progress(done, of int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Done, t.Of = done, of
}

// beat says that the job is worked on and how far it is, once a second where it
// moves. A job that others have ended is worked on no more.
func (t *task) beat(ctx context.Context) {
	tick := time.NewTicker(beatEvery / 2)
	defer tick.Stop()
	var told record
	for turn := 0; ; turn++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		t.mu.Lock()
		now, rev := t.record, t.rev
		t.mu.Unlock()
		if now.Done == told.Done && now.Of == told.Of && turn%2 == 0 {
			continue
		}
		now.Beat++
		value, err := json.Marshal(now)
		if err != nil {
			return
		}
		next, err := t.store(ctx, value, rev)
		switch {
		case err == nil:
			told = now
			t.mu.Lock()
			t.Beat, t.rev = now.Beat, next
			t.mu.Unlock()
		case wrongRevision(err) && t.superseded(ctx):
			t.stop()
			return
		}
	}
}

// store writes the job over the revision that was read. An answer that is lost
// costs one beat, not the job.
func (t *task) store(ctx context.Context, value []byte, rev uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	return t.j.cfg.Bridge.JobStore().Update(ctx, t.ID, value, rev)
}

// superseded reads what stands in the place of the job: an update of ours whose
// answer was lost, or another's word that it has ended.
func (t *task) superseded(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	entry, err := t.j.cfg.Bridge.JobStore().Get(ctx, t.ID)
	if err != nil {
		return errors.Is(err, jetstream.ErrKeyNotFound)
	}
	var r record
	if json.Unmarshal(entry.Value(), &r) != nil || r.State != api.JobRunning {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rev, t.Beat = entry.Revision(), r.Beat
	return false
}

func wrongRevision(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}
