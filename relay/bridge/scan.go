package bridge

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Scan says which stored messages to read: those of Subject in Stream from
// sequence From on.
type Scan struct {
	Stream, Subject string
	From            uint64
	HeadersOnly     bool
}

// Stored is a message as the store holds it. Data is empty, and Size set, when
// only headers were asked for.
type Stored struct {
	Subject string
	Header  nats.Header
	Data    []byte
	Size    int64
	Seq     uint64
	At      time.Time // when it was stored, by the broker's clock
	Pending uint64    // how many more matched when this one was sent
}

// How many messages of a scan are under way at once. The broker cuts a client
// off for which 64 MiB wait: 32 replays of blocks of 64 KiB together stay at
// half of that. Headers are small.
const (
	scanBatch    = 16
	headersBatch = 256
)

// Each hands over the messages that are stored, in stream order, until all
// were, or each returns false. It neither acknowledges nor guards against
// loss: readers of lines see a hole by the lines' numbers.
func (b *Bridge) Each(ctx context.Context, s Scan, each func(Stored) bool) error {
	if b.Ready() != nil {
		return ErrAway
	}
	js := b.JetStream()
	open, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	consumer, err := js.CreateConsumer(open, s.Stream, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(s.From, 1),
		AckPolicy: jetstream.AckNonePolicy, FilterSubject: s.Subject, HeadersOnly: s.HeadersOnly,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: 10 * time.Second,
	})
	if err != nil {
		return fmt.Errorf("reading %s of %s: %w", s.Subject, s.Stream, err)
	}
	defer func() {
		drop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = js.DeleteConsumer(drop, s.Stream, consumer.CachedInfo().Name) // else it ends by itself, inactive
	}()
	if consumer.CachedInfo().NumPending == 0 {
		return nil
	}
	size := scanBatch
	if s.HeadersOnly {
		size = headersBatch
	}
	for empty := 0; empty < 2; {
		batch, err := consumer.FetchNoWait(size)
		if err != nil {
			return fmt.Errorf("reading %s of %s: %w", s.Subject, s.Stream, err)
		}
		empty++
		for {
			var msg jetstream.Msg
			var more bool
			select {
			case msg, more = <-batch.Messages():
			case <-ctx.Done():
				return ctx.Err()
			}
			if !more {
				break
			}
			empty = 0
			stored, err := storedOf(msg)
			if err != nil {
				return err
			}
			if !each(stored) || stored.Pending == 0 {
				return nil
			}
		}
		if err := batch.Error(); err != nil && !errors.Is(err, jetstream.ErrNoMessages) {
			return fmt.Errorf("reading %s of %s: %w", s.Subject, s.Stream, err)
		}
	}
	return nil
}

func storedOf(msg jetstream.Msg) (Stored, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return Stored{}, fmt.Errorf("reading a stored message: %w", err)
	}
	s := Stored{
		Subject: msg.Subject(), Header: msg.Headers(), Data: msg.Data(), Size: int64(len(msg.Data())),
		Seq: meta.Sequence.Stream, At: meta.Timestamp, Pending: meta.NumPending,
	}
	if size := s.Header.Get(nats.MsgSize); size != "" {
		if s.Size, err = strconv.ParseInt(size, 10, 64); err != nil {
			return Stored{}, fmt.Errorf("reading a stored message's size: %w", err)
		}
	}
	return s, nil
}

// At returns the first message of subject at or behind seq; ok is false where
// there is none.
func (b *Bridge) At(ctx context.Context, stream, subject string, seq uint64) (Stored, bool, error) {
	return b.one(ctx, stream, func(ctx context.Context, s jetstream.Stream) (*jetstream.RawStreamMsg, error) {
		return s.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(subject))
	})
}

// Last returns the last message of subject.
func (b *Bridge) Last(ctx context.Context, stream, subject string) (Stored, bool, error) {
	return b.one(ctx, stream, func(ctx context.Context, s jetstream.Stream) (*jetstream.RawStreamMsg, error) {
		return s.GetLastMsgForSubject(ctx, subject)
	})
}

func (b *Bridge) one(ctx context.Context, stream string, get func(context.Context, jetstream.Stream) (*jetstream.RawStreamMsg, error)) (Stored, bool, error) {
	if b.Ready() != nil {
		return Stored{}, false, ErrAway
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s, err := b.stream(ctx, stream)
	if err != nil {
		return Stored{}, false, err
	}
	msg, err := get(ctx, s)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Stored{}, false, nil
	} else if err != nil {
		return Stored{}, false, fmt.Errorf("reading a message of %s: %w", stream, err)
	}
	return Stored{Subject: msg.Subject, Header: msg.Header, Data: msg.Data, Size: int64(len(msg.Data)), Seq: msg.Sequence, At: msg.Time}, true, nil
}

// Mark is a place in a stream up to which somebody has read. The zero Mark is
// the beginning.
type Mark struct {
	Seq     uint64
	created time.Time
	epoch   int
}

// Renew returns m where it still holds, and the beginning where it does not: a
// stream that was deleted and made again, or put back to an older copy (for
// which the broker stops, so this connection too), gives its sequences anew.
func (b *Bridge) Renew(ctx context.Context, stream string, m Mark) (Mark, error) {
	epoch, _ := b.Epoch()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s, err := b.JetStream().Stream(ctx, stream)
	if err != nil {
		return m, fmt.Errorf("opening stream %s: %w", stream, err)
	}
	info := s.CachedInfo()
	if !info.Created.Equal(m.created) || epoch != m.epoch || info.State.LastSeq < m.Seq {
		m.Seq = 0
	}
	m.created, m.epoch = info.Created, epoch
	return m, nil
}

// stream opens a stream once and remembers it.
func (b *Bridge) stream(ctx context.Context, name string) (jetstream.Stream, error) {
	b.mu.Lock()
	s := b.streams[name]
	b.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := b.JetStream().Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("opening stream %s: %w", name, err)
	}
	b.mu.Lock()
	b.streams[name] = s
	b.mu.Unlock()
	return s, nil
}

// Purge removes the messages of subject before sequence before; 0 means all.
func (b *Bridge) Purge(ctx context.Context, stream, subject string, before uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s, err := b.stream(ctx, stream)
	if err != nil {
		return err
	}
	options := []jetstream.StreamPurgeOpt{jetstream.WithPurgeSubject(subject)}
	if before > 0 {
		options = append(options, jetstream.WithPurgeSequence(before))
	}
	if err := s.Purge(ctx, options...); err != nil {
		return fmt.Errorf("removing %s from %s: %w", subject, stream, err)
	}
	return nil
}
