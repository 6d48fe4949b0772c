package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// State is how a stream stands: when it was made, its first and last sequence
// (First is Last+1 where it is empty) and the bytes that it holds.
type State struct {
	Created     time.Time
	First, Last uint64
	Bytes       uint64
}

// State asks the broker how a stream stands.
func (b *Bridge) State(ctx context.Context, stream string) (State, error) {
	if b.Ready() != nil {
		return State{}, ErrAway
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s, err := b.JetStream().Stream(ctx, stream)
	if err != nil {
		return State{}, fmt.Errorf("opening stream %s: %w", stream, err)
	}
	info := s.CachedInfo()
	return State{Created: info.Created, First: max(info.State.FirstSeq, 1), Last: info.State.LastSeq, Bytes: info.State.Bytes}, nil
}

// How a tail reads: what may be under way to it, and how soon silence shows
// that its consumer is gone.
const (
	tailBatch   = 256
	tailBeat    = time.Second
	tailExpires = 30 * time.Second
)

// errHole is a message of a tail that did not arrive.
var errHole = errors.New("a message is missing")

// Tail hands over what is stored in s.Stream from sequence s.From on, in order
// and without a hole, and what is stored later as it comes, until ctx ends or an
// error shows that something may be missing: the caller looks at the stream's
// State and begins again behind the last message that it got. begun is told
// once how many messages there are already.
func (b *Bridge) Tail(ctx context.Context, s Scan, begun func(pending uint64), each func(Stored)) error {
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
		return fmt.Errorf("following %s: %w", s.Stream, err)
	}
	defer func() {
		drop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = js.DeleteConsumer(drop, s.Stream, consumer.CachedInfo().Name) // else it ends by itself, inactive
	}()
	messages, err := consumer.Messages(jetstream.PullMaxMessages(tailBatch), jetstream.PullHeartbeat(tailBeat), jetstream.PullExpiry(tailExpires))
	if err != nil {
		return fmt.Errorf("following %s: %w", s.Stream, err)
	}
	defer messages.Stop()
	begun(consumer.CachedInfo().NumPending)
	for next := uint64(1); ; next++ {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			return fmt.Errorf("following %s: %w", s.Stream, err)
		}
		if meta, err := msg.Metadata(); err != nil {
			return fmt.Errorf("following %s: %w", s.Stream, err)
		} else if meta.Sequence.Consumer != next {
			return fmt.Errorf("following %s: %w: the %dth came in place of the %dth", s.Stream, errHole, meta.Sequence.Consumer, next)
		}
		stored, err := storedOf(msg)
		if err != nil {
			return err
		}
		each(stored)
	}
}

// ackWithin bounds how long the store's word on a message is waited for.
const ackWithin = 5 * time.Second

// Storing is a message on its way into a stream.
type Storing struct{ future jetstream.PubAckFuture }

// Store sends a message to the stream that captures subject: in the order of the
// calls, without waiting. Of messages with the same key, where it is not empty,
// the stream keeps the first within its own window.
func (b *Bridge) Store(subject, key string, data []byte) (Storing, error) {
	if b.Ready() != nil {
		return Storing{}, ErrAway
	}
	msg := &nats.Msg{Subject: subject, Data: data}
	if key != "" {
		msg.Header = nats.Header{jetstream.MsgIDHeader: {key}}
	}
	future, err := b.JetStream().PublishMsgAsync(msg, jetstream.WithStallWait(20*time.Millisecond), jetstream.WithRetryAttempts(0))
	if err != nil {
		return Storing{}, fmt.Errorf("storing %s: %w", subject, err)
	}
	return Storing{future}, nil
}

// Wait gives the message's sequence once the store has it, within ackWithin.
func (s Storing) Wait() (uint64, error) {
	select {
	case ack := <-s.future.Ok():
		return ack.Sequence, nil
	case err := <-s.future.Err():
		return 0, err
	}
}
