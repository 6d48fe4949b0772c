package core_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reader"
)

// busy has a queue of eight blocks that drains only once its gate is open.
type busy struct {
	t     *testing.T
	queue chan *reader.Block // 8; full: no room
	room  chan struct{}      // 1
	gate  <-chan struct{}
	next  atomic.Int64 // the line that is not read yet
	lives atomic.Int64
	ended chan struct{}
	left  chan struct{}
}

func newBusy(t *testing.T, gate <-chan struct{}) *busy {
	b := &busy{
		t: t, gate: gate, queue: make(chan *reader.Block, 8), room: make(chan struct{}, 1),
		ended: make(chan struct{}), left: make(chan struct{}),
	}
	b.next.Store(1)
	t.Cleanup(func() { close(b.left) })
	go b.drain()
	return b
}

func (b *busy) drain() {
	select {
	case <-b.gate:
	case <-b.left:
		return
	}
	for {
		select {
		case block := <-b.queue:
			if block.First != b.next.Load() {
				b.t.Errorf("a block begins at line %d, expected %d", block.First, b.next.Load())
			}
			b.next.Store(block.Last + 1)
		case <-b.left:
			return
		}
		select {
		case b.room <- struct{}{}:
		default:
		}
	}
}

func (b *busy) Block(block *reader.Block) bool {
	select {
	case b.queue <- block:
		return true
	default:
		return false
	}
}

func (b *busy) Room(done <-chan struct{}) error {
	for len(b.queue) > cap(b.queue)/2 {
		select {
		case <-b.room:
		case <-done:
			return errLeft
		}
	}
	return nil
}

func (b *busy) Lag()        {}
func (b *busy) Live()       { b.lives.Add(1) }
func (b *busy) End(api.Run) { close(b.ended) }

var errLeft = errors.New("the follower left")

// flood publishes blocks of one line of 60 KiB each.
func flood(t *testing.T, b *coretest.Bench, run string, from, to int64) {
	t.Helper()
	text := strings.Repeat("x", 60<<10)
	for n := from; n <= to; n++ {
		block := wire.Block{Run: run}
		block.Add(wire.Line{N: n, UnixMS: 1, Stream: wire.Out, Level: wire.Plain, Bytes: []byte(text)})
		msg := coretest.BlockMsg(t, &block)
		msg.Reply = b.NC.NewInbox()
		if err := b.NC.PublishMsg(msg); err != nil {
			t.Fatal(err)
		}
		if n%32 == 0 {
			b.Flush()
		}
	}
	b.Flush()
}

// crowd gives a relay that has just started a run.
func crowd(t *testing.T) (l *coretest.Lab, b *coretest.Bench, c follower, run string) {
	t.Helper()
	l = coretest.New(t)
	b = l.NewBench("b1")
	relay := relay(t, l)
	b.Arrive()
	online(t, relay, "b1")
	return l, b, relay, start(t, relay, api.RunRequest{}).ID
}

type follower interface{ Reader() *reader.Reader }

// Followers who are all busy are served by one pass over the store, not by one
// each.
func TestFollow_ACrowdReadsTheStoreTogether(t *testing.T) {
	l, b, c, run := crowd(t)
	var passes atomic.Int64
	hub := l.Connect("hub")
	if _, err := hub.Subscribe("$JS.API.CONSUMER.CREATE."+wire.StreamRuns+".>", func(*nats.Msg) { passes.Add(1) }); err != nil {
		t.Fatal(err)
	}
	if err := hub.Flush(); err != nil {
		t.Fatal(err)
	}
	const blocks, followers = 400, 10 // 24 MiB
	gate := make(chan struct{})
	var all []*busy
	for range followers {
		f := newBusy(t, gate)
		all = append(all, f)
		go func() { _ = c.Reader().Follow(t.Context(), run, reader.From{}, f) }()
		coretest.Eventually(t, "it is live", func() bool { return f.lives.Load() > 0 })
	}
	flood(t, b, run, 1, blocks)
	b.Ended(run, blocks)
	close(gate)
	for _, f := range all {
		<-f.ended
		coretest.Eventually(t, "every line was read", func() bool { return f.next.Load() == blocks+1 })
	}
	if n := passes.Load(); n == 0 || n >= followers {
		t.Errorf("%d followers read the store in %d passes", followers, n)
	}
}

// One who has stopped reading holds up nobody who reads.
func TestFollow_AStalledOneSlowsNoOther(t *testing.T) {
	_, b, c, run := crowd(t)
	open, never := make(chan struct{}), make(chan struct{})
	close(open)
	stalled, fast := newBusy(t, never), newBusy(t, open)
	for _, f := range []*busy{stalled, fast} {
		go func() { _ = c.Reader().Follow(t.Context(), run, reader.From{}, f) }()
		coretest.Eventually(t, "it is live", func() bool { return f.lives.Load() > 0 })
	}
	const blocks = 400
	flood(t, b, run, 1, blocks)
	coretest.Eventually(t, "the other has every line", func() bool { return fast.next.Load() == blocks+1 })
	flood(t, b, run, blocks+1, blocks+1)
	coretest.Eventually(t, "and is live", func() bool { return fast.next.Load() == blocks+2 })
	b.Ended(run, blocks+1)
	<-fast.ended
}
