package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/nats-io/nats.go/jetstream"
)

// MarkerTTL is how long the bucket remembers that a claim was withdrawn or cut,
// so that relays which watch it hear of that.
const MarkerTTL = 10 * time.Minute

// Bounds of stream EVENTS: beyond these bytes its oldest events go, whatever
// their room (package events cuts each room's own history long before), and for
// how long a key is remembered.
const (
	EventsMaxBytes = 256 << 20
	EventKeysFor   = 10 * time.Minute
)

// prepare makes sure that the streams and buckets are there as this version
// wants them. No stream allows rollup headers: with them one bench could erase
// another's messages. Later issues add CMD here.
func (b *Bridge) prepare(ctx context.Context) error {
	maxBytes := b.cfg.RunsMaxBytes
	if maxBytes == 0 {
		maxBytes = -1
	}
	streams := []jetstream.StreamConfig{{
		Name: wire.StreamRuns, Description: "blocks of runs' lines; the keeper alone removes any",
		Subjects: []string{wire.HubRun("*", "*")}, Discard: jetstream.DiscardNew, MaxBytes: maxBytes,
	}, {
		Name: wire.StreamResults, Description: "what the agent last said of each run",
		Subjects: []string{wire.HubResult("*", "*")}, Discard: jetstream.DiscardOld, MaxMsgsPerSubject: 1, MaxBytes: -1,
	}, {
		Name: wire.StreamBenches, Description: "each bench's inventory",
		Subjects: []string{wire.HubUp("*", wire.UpState)}, Discard: jetstream.DiscardOld, MaxMsgsPerSubject: 1, MaxBytes: -1,
	}, {
		Name: wire.StreamReserved, Description: "every grant and end of a reservation",
		Subjects: []string{"reserved.*.*"}, Discard: jetstream.DiscardOld, MaxBytes: reservedBytes,
	}, {
		// Only relays write here, so their keys (message ids) can be trusted.
		Name: wire.StreamEvents, Description: "what was said in rooms",
		Subjects: []string{wire.EventsAll}, Discard: jetstream.DiscardOld, MaxAge: wire.EventsFor, MaxBytes: EventsMaxBytes,
		Duplicates: EventKeysFor,
	}}
	for _, cfg := range streams {
		cfg.Storage, cfg.Replicas, cfg.AllowDirect = jetstream.FileStorage, b.cfg.Replicas, true
		if cfg.Duplicates == 0 {
			cfg.Duplicates = time.Second // nothing of these carries a message id
		}
		if _, err := b.js.CreateOrUpdateStream(ctx, cfg); err != nil {
			return fmt.Errorf("stream %s: %w", cfg.Name, err)
		}
	}
	runs, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: wire.BucketRuns, Description: "claims of runs", History: 1, Replicas: b.cfg.Replicas,
		LimitMarkerTTL: MarkerTTL,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", wire.BucketRuns, err)
	}
	// The bucket's own age bound, not a key's: an update of a key with its own
	// time to live would make it permanent.
	leases, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: wire.BucketLeases, Description: "who is the keeper", History: 1, Replicas: b.cfg.Replicas,
		TTL: wire.LeaseFor,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", wire.BucketLeases, err)
	}
	documents, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: wire.BucketDocuments, Description: "the lab's checks, people's settings", History: 1, Replicas: b.cfg.Replicas,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", wire.BucketDocuments, err)
	}
	people, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: wire.BucketPeople, Description: "people, their sessions, links that sign in", History: 1, Replicas: b.cfg.Replicas,
		LimitMarkerTTL: MarkerTTL,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", wire.BucketPeople, err)
	}
	reserved, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: wire.BucketReservations, Description: "who has reserved what, a document a bench", History: 1, Replicas: b.cfg.Replicas,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", wire.BucketReservations, err)
	}
	jobs, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: wire.BucketJobs, Description: "long work of relays, and what came of it", History: 1, Replicas: b.cfg.Replicas,
		TTL: 24 * time.Hour, MaxValueSize: 128 << 10, MaxBytes: 64 << 20,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", wire.BucketJobs, err)
	}
	told, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: wire.BucketTold, Description: "runs whose end people were told of", History: 1, Replicas: b.cfg.Replicas,
		TTL: wire.EventsFor + time.Hour, MaxValueSize: 64, MaxBytes: 16 << 20,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", wire.BucketTold, err)
	}
	b.mu.Lock()
	b.people, b.reserved, b.jobs, b.told = people, reserved, jobs, told
	b.runs, b.leases, b.documents = runs, leases, documents
	b.mu.Unlock()
	return b.readClock(ctx)
}

// reservedBytes bounds the history of reservations: some 500,000 of them.
const reservedBytes = 256 << 20

// missing says whether a stream or bucket that was there is gone.
func (b *Bridge) missing(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for _, name := range []string{
		wire.StreamRuns, wire.StreamResults, wire.StreamBenches, wire.StreamEvents,
		"KV_" + wire.BucketRuns, "KV_" + wire.BucketLeases, "KV_" + wire.BucketDocuments, "KV_" + wire.BucketPeople,
		"KV_" + wire.BucketJobs, "KV_" + wire.BucketTold,
		"KV_" + wire.BucketReservations, wire.StreamReserved,
	} {
		if _, err := b.js.Stream(ctx, name); errors.Is(err, jetstream.ErrStreamNotFound) {
			b.log.Warn("a stream is gone, making it again", "stream", name)
			return true
		}
	}
	if err := b.readClock(ctx); err != nil {
		b.log.Debug("the broker's clock was not read", "err", err)
	}
	return false
}
