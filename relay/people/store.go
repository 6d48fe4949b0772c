package people

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
)

const (
	answerIn = 3 * time.Second
	// tries is how often a change is made anew where others were faster.
	tries = 16
)

// errMoved says that somebody else changed the record since it was read.
var errMoved = errors.New("somebody else changed it meanwhile")

// read reads a record; rev 0 means that there is none.
func (p *People) read(ctx context.Context, key string) (entry, error) {
	kv, err := p.store()
	if err != nil {
		return entry{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	got, err := kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return entry{}, nil
	} else if err != nil {
		return entry{}, away("reading a person", err)
	}
	var r record
	if err := json.Unmarshal(got.Value(), &r); err != nil {
		return entry{}, err
	}
	return entry{record: r, rev: got.Revision()}, nil
}

// write writes a record over the revision that was read, 0 where there was
// none, and takes it. ttl 0: it stays.
func (p *People) write(ctx context.Context, key string, r record, read uint64, ttl time.Duration) error {
	kv, err := p.store()
	if err != nil {
		return err
	}
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	var rev uint64
	switch {
	case read > 0:
		rev, err = kv.Update(ctx, key, value, read)
	case ttl > 0:
		rev, err = kv.Create(ctx, key, value, jetstream.KeyTTL(ttl))
	default:
		rev, err = kv.Create(ctx, key, value)
	}
	switch {
	case err == nil:
		p.put(key, rev, r)
		return nil
	case errors.Is(err, jetstream.ErrKeyExists), errors.Is(err, jetstream.ErrKeyRevisionMismatch):
		return errMoved
	}
	return away("saving a person", err)
}

// remove takes a record away, where it still is the one that was read.
func (p *People) remove(ctx context.Context, key string, read uint64) error {
	kv, err := p.store()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	err = kv.Purge(ctx, key, jetstream.LastRevision(read), jetstream.PurgeTTL(bridge.MarkerTTL))
	var refused *jetstream.APIError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrKeyRevisionMismatch), errors.As(err, &refused) && refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence:
		return errMoved
	}
	return away("removing a person", err)
}

func (p *People) store() (jetstream.KeyValue, error) {
	kv := p.cfg.Bridge.People()
	if err := p.cfg.Bridge.Ready(); err != nil {
		return nil, away("reaching the store", err)
	} else if kv == nil {
		return nil, away("reaching the store", bridge.ErrAway)
	}
	return kv, nil
}

func away(doing string, err error) error {
	return &wire.Fault{Code: wire.Unavailable, Message: doing + ": " + err.Error(), Hint: "ask again in a moment", Retry: true}
}
