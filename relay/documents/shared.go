package documents

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/relay/bridge"
)

// tries is how often a change is made anew because somebody else was faster.
const tries = 32

// Change replaces a document by what change makes of it, nil where there is
// none yet. Of several changes at once each is made on the other's result;
// change may be called more than once. Making nothing of it leaves it as it is.
func (d *Documents) Change(ctx context.Context, key string, change func(old []byte) ([]byte, error)) error {
	kv, err := d.store()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	for range tries {
		var old []byte
		var read uint64
		switch entry, err := kv.Get(ctx, key); {
		case err == nil:
			old, read = entry.Value(), entry.Revision()
		case !errors.Is(err, jetstream.ErrKeyNotFound):
			return away("reading the document", err)
		}
		value, err := change(old)
		if err != nil || value == nil {
			return err
		}
		if _, err = d.save(ctx, key, value, read); !errors.Is(err, errMoved) {
			return err
		}
	}
	return away("saving the document", errors.New("too many change it at once"))
}

// Watch tells of every document whose key begins with prefix, as it stands and
// whenever it changes, by one goroutine, until ctx ends. After a time without
// the broker all of them are told again.
func (d *Documents) Watch(ctx context.Context, prefix string, tell func(key string, value []byte)) error {
	for {
		if err := d.bridge.Await(ctx); err != nil {
			return err
		}
		_, changed := d.bridge.Epoch()
		if err := d.watch(ctx, prefix, changed, tell); err != nil && ctx.Err() == nil {
			select { // the broker is away, or making its bucket anew
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (d *Documents) watch(ctx context.Context, prefix string, changed <-chan struct{}, tell func(string, []byte)) error {
	kv := d.bridge.Documents()
	if kv == nil {
		return bridge.ErrAway
	}
	watcher, err := kv.Watch(ctx, prefix+"*", jetstream.IgnoreDeletes())
	if err != nil {
		return fmt.Errorf("watching documents %s: %w", prefix, err)
	}
	defer func() { _ = watcher.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
			return nil
		case entry, open := <-watcher.Updates():
			switch {
			case !open:
				return errors.New("the watcher ended")
			case entry != nil: // nil: all that there was
				tell(strings.TrimPrefix(entry.Key(), prefix), entry.Value())
			}
		}
	}
}
