package reader

import (
	"sync"

	"github.com/farbench/farbench/relay/api"
)

// Block is a block of a run on its way to followers. Data is the JSON as the
// agent published it (or as the reader made it, for a gap). It is shared:
// nobody changes it.
type Block struct {
	Run    string
	First  int64
	Last   int64 // -1: a gap whose end nobody knows
	Gap    bool
	Data   []byte
	Offset string // where a subscription resumes after this block

	once  sync.Once
	frame []byte
}

// Frame returns the bytes that every browser gets for this block, made once.
func (b *Block) Frame(build func(*Block) []byte) []byte {
	b.once.Do(func() { b.frame = build(b) })
	return b.frame
}

// Follower takes one run's blocks in order, each line once. The reader calls
// its methods one at a time; none may block but Room.
type Follower interface {
	// Block hands over the next block. False means that there is no room: the
	// block does not count as delivered, the reader marks the follower as
	// behind, waits for Room and goes on by replay.
	Block(*Block) bool
	// Room waits until there is room again, or the follower is gone (an error).
	Room(done <-chan struct{}) error
	// Lag opens a pause, Live closes it and the first replay.
	Lag()
	Live()
	// End comes last, after every line that the result counts and after Live.
	End(api.Run)
}
