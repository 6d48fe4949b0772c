package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// sumOf is by what a request is known when it comes again under its id: by who
// asks, too, since a job is its starter's.
func sumOf(by api.User, q api.JobRequest) string {
	var plain bytes.Buffer
	if json.Compact(&plain, q.D) != nil {
		plain.Reset()
		plain.Write(q.D)
	}
	sum := sha256.Sum256([]byte(by.ID + "\n" + q.Kind + "\n" + plain.String()))
	return hex.EncodeToString(sum[:16])
}

// begun is the job that was begun under an id by the same request, if it was.
func (j *Jobs) begun(ctx context.Context, id, sum string) (job api.Job, ok bool, err error) {
	r, err := j.read(ctx, id)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return job, false, nil
	case err != nil:
		return job, false, err
	case r.Sum != sum:
		return job, false, &wire.Fault{Code: wire.IDConflict, Message: fmt.Sprintf("job %s was begun by another request", id), Hint: "use another id, or leave it out"}
	}
	return r.Job, true, nil
}

// asBegun is the job that another start at this relay begins in this moment, once
// that is settled.
func (j *Jobs) asBegun(ctx context.Context, other *task, sum string) (api.Job, error) {
	select {
	case <-other.settled:
	case <-ctx.Done():
		return api.Job{}, unavailable("the job is still being begun")
	}
	job, ok, err := j.begun(ctx, other.ID, sum)
	if err == nil && !ok {
		err = unavailable("the job could not be begun")
	}
	return job, err
}

// Get is a job as it stands, with its result.
func (j *Jobs) Get(ctx context.Context, id string) (api.Job, error) {
	if !wire.ValidID(id) {
		return api.Job{}, notFound(id)
	}
	j.mu.Lock()
	k := j.known[id]
	j.mu.Unlock()
	if k != nil {
		return k.Job, nil
	}
	// Another relay may have begun it in this moment.
	r, err := j.read(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return api.Job{}, notFound(id)
	}
	return r.Job, err
}

// read reads a job from the store; ErrKeyNotFound where it holds none.
func (j *Jobs) read(ctx context.Context, id string) (r record, err error) {
	store := j.cfg.Bridge.JobStore()
	if err := j.cfg.Bridge.Ready(); err != nil || store == nil {
		return r, unavailable("the job could not be read")
	}
	entry, err := store.Get(ctx, id)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return r, err
	case err != nil:
		return r, unavailable("the job could not be read: " + err.Error())
	}
	if err := json.Unmarshal(entry.Value(), &r); err != nil {
		return r, fmt.Errorf("reading job %s: %w", id, err)
	}
	return r, nil
}
