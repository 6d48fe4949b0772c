package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/reader"
)

// again is how long a room waits before it asks a reader that failed again.
const again = time.Second

// runSub is a socket in a run's room: it takes the run's blocks from the reader
// and queues them at the hub.
type runSub struct {
	c      *hub.Conn
	room   string
	ctx    context.Context // ends with the subscription
	cancel context.CancelFunc

	mu    sync.Mutex // guards what follows, and orders stop against what is queued
	gone  bool
	next  int64 // the line that a reader goes on from
	ended bool
}

// stop ends the subscription: nothing of the room is queued afterwards.
func (r *runSub) stop() {
	r.mu.Lock()
	r.gone = true
	r.mu.Unlock()
	r.cancel()
}

func (v *Visit) newRunSub(room string) *runSub {
	sub := &runSub{c: v.c, room: room}
	sub.ctx, sub.cancel = context.WithCancel(v.ctx)
	v.keep(room, sub)
	return sub
}

// follow joins a run's room: first the answer, then its lines. Called from
// within do.
func (v *Visit) follow(i *int64, run api.Run, sub *runSub, offset string) {
	v.c.Send(answerFrame(i, run))
	v.working.Add(1)
	go func() {
		defer v.working.Done()
		defer sub.cancel()
		defer v.forget(sub.room, sub)
		defer func() {
			if cause := recover(); cause != nil {
				v.g.cfg.Faults.Panicked("following "+sub.room, cause)
			}
		}()
		v.g.read(sub.ctx, run.ID, sub, reader.From{Offset: offset})
	}()
}

// read follows until the room's end. A reader that fails in the middle is asked
// again from the next line: the room pauses, nothing is missing.
func (g *Gateway) read(ctx context.Context, run string, sub *runSub, from reader.From) {
	for {
		err := g.cfg.Reader.Follow(ctx, run, from, sub)
		sub.mu.Lock()
		ended, next := sub.ended, sub.next
		sub.mu.Unlock()
		if ended || ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("the reader left before the end")
		}
		g.log.Warn("following a run: trying again", "run", run, "error", err)
		sub.Lag()
		if next > 0 {
			from = reader.From{Line: next}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(again):
		}
	}
}

// Block implements reader.Follower.
func (r *runSub) Block(b *reader.Block) bool {
	frame := b.Frame(blockFrame)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone || !r.c.Offer(frame) {
		return false
	}
	if b.Last >= 0 {
		r.next = b.Last + 1
	} else {
		r.next = b.First
	}
	return true
}

// Room implements reader.Follower.
func (r *runSub) Room(done <-chan struct{}) error { return r.c.Await(done) }

// Lag implements reader.Follower.
func (r *runSub) Lag() { r.say(api.Frame{T: "lag", Room: r.room}) }

// Live implements reader.Follower.
func (r *runSub) Live() { r.say(api.Frame{T: "live", Room: r.room}) }

// End implements reader.Follower.
func (r *runSub) End(run api.Run) {
	d, _ := json.Marshal(run)
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.say(api.Frame{T: "pub", Room: r.room, Ev: "end", D: d})
}

func (r *runSub) say(f api.Frame) {
	frame := frameOf(f)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.gone {
		r.c.Send(frame)
	}
}

// blockFrame builds a block's frame: the agent's own bytes within it, untouched.
// What cannot be sent as it is comes from a bench that breaks the contract, and
// is shown as a gap.
func blockFrame(b *reader.Block) []byte {
	data := b.Data
	if !sendable(data) {
		count := b.Last - b.First + 1
		if b.Last < 0 {
			count = -1
		}
		data, _ = json.Marshal(wire.GapBlock(b.Run, b.First, count, "the bench sent lines that cannot be read"))
	}
	room, _ := json.Marshal(RoomRun + b.Run)
	offset, _ := json.Marshal(b.Offset)
	return hub.TextOf([]byte(`{"t":"pub","room":`), room, []byte(`,"o":`), offset, []byte(`,"ev":"block","d":`), data, []byte(`}`))
}

// sendable says whether a bench's JSON can stand in a text frame as it is: a
// browser closes the socket on invalid UTF-8, and a newline would end the
// message early.
func sendable(data []byte) bool {
	return len(data) > 1 && data[0] == '{' && data[len(data)-1] == '}' && bytes.IndexByte(data, '\n') < 0 && utf8.Valid(data)
}
