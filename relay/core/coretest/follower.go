package coretest

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reader"
)

// Follower collects a run's blocks and checks the promise: every line once, in
// order, holes only as gaps.
type Follower struct {
	t testing.TB

	mu     sync.Mutex // guards the fields below
	next   int64
	open   bool
	lines  int64
	gaps   []string
	offset string
	lives  int
	lags   int
	ended  *api.Run
	room   int           // blocks that still fit; -1: any number
	freed  chan struct{} // closed by Free
	Seen   []*reader.Block
}

// NewFollower begins at line from.
func NewFollower(t testing.TB, from int64) *Follower {
	return &Follower{t: t, next: from, room: -1, freed: make(chan struct{})}
}

// Narrow lets n more blocks in.
func (f *Follower) Narrow(n int) { f.mu.Lock(); defer f.mu.Unlock(); f.room = n }

// Free makes room for n more blocks, -1 for any number.
func (f *Follower) Free(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room = n
	close(f.freed)
	f.freed = make(chan struct{})
}

func (f *Follower) Block(b *reader.Block) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.room == 0 {
		return false
	}
	if f.room > 0 {
		f.room--
	}
	if f.ended != nil {
		f.t.Errorf("a block after the end: %d", b.First)
	}
	if b.First != f.next && !(f.open && b.First > f.next) {
		f.t.Errorf("the block begins at line %d, expected %d", b.First, f.next)
	}
	var columns wire.Block
	if err := json.Unmarshal(b.Data, &columns); err != nil {
		f.t.Errorf("a block is no JSON: %v", err)
	}
	if err := columns.Check(); err != nil {
		f.t.Errorf("a block is wrong: %v", err)
	}
	last, known := columns.Last()
	if !known {
		last = -1
	}
	if columns.First != b.First || last != b.Last || (columns.Gap != "") != b.Gap {
		f.t.Errorf("the block says %d to %d, its JSON %d to %d", b.First, b.Last, columns.First, last)
	}
	for line := range columns.Lines {
		f.lines++
		if want := fmt.Sprintf("line %d", line.N); string(line.Bytes) != want {
			f.t.Errorf("line %d is %q", line.N, line.Bytes)
		}
	}
	if b.Gap {
		f.gaps = append(f.gaps, fmt.Sprintf("%d-%d", b.First, b.Last))
	}
	if f.offset = b.Offset; b.Last < 0 {
		f.next, f.open = b.First, true
	} else {
		f.next, f.open = b.Last+1, false
	}
	f.Seen = append(f.Seen, b)
	return true
}

func (f *Follower) Room(done <-chan struct{}) error {
	for {
		f.mu.Lock()
		free, freed := f.room != 0, f.freed
		f.mu.Unlock()
		if free {
			return nil
		}
		select {
		case <-freed:
		case <-done:
			return errors.New("gone")
		}
	}
}

func (f *Follower) Lag()  { f.mu.Lock(); defer f.mu.Unlock(); f.lags++ }
func (f *Follower) Live() { f.mu.Lock(); defer f.mu.Unlock(); f.lives++ }

func (f *Follower) End(run api.Run) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lives != f.lags+1 {
		f.t.Errorf("the end came with live %d and lag %d times", f.lives, f.lags)
	}
	f.ended = &run
}

// Next is the line that is expected next.
func (f *Follower) Next() int64 { f.mu.Lock(); defer f.mu.Unlock(); return f.next }

// Lines counts the lines that came.
func (f *Follower) Lines() int64 { f.mu.Lock(); defer f.mu.Unlock(); return f.lines }

// Gaps lists the gaps that came as first-last.
func (f *Follower) Gaps() string { f.mu.Lock(); defer f.mu.Unlock(); return fmt.Sprint(f.gaps) }

// Offset is where to go on after the last block.
func (f *Follower) Offset() string { f.mu.Lock(); defer f.mu.Unlock(); return f.offset }

// Lives and Lags count the calls.
func (f *Follower) Lives() int { f.mu.Lock(); defer f.mu.Unlock(); return f.lives }
func (f *Follower) Lags() int  { f.mu.Lock(); defer f.mu.Unlock(); return f.lags }

// Ended is what End said, nil before.
func (f *Follower) Ended() *api.Run { f.mu.Lock(); defer f.mu.Unlock(); return f.ended }
