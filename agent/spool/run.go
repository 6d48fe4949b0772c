package spool

import "time"

// firstSeq leaves room for gaps to be put in front.
const firstSeq = 1 << 20

// run is what the spool knows of one run. Blocks are counted by a sequence of
// their own, from firstSeq on; blocks[0] has the number base.
//
//	base ≤ acked ≤ next ≤ end()
//
// Before acked: stored by the hub in order. Before next: sent on this attempt.
type run struct {
	id     string
	no     int
	blocks []block
	base   int
	acked  int
	next   int
	inLine bool // stands in Spool.turns

	attempt   int       // grows with every rewind: answers to an older one say nothing
	flying    int       // blocks sent on this attempt and not yet answered
	bytesUp   int       // of them
	waiting   time.Time // since when the first of them is
	lastSent  time.Time
	settling  bool // refused or missing: nothing more is sent until flying is 0
	fails     int  // in a row, for the backoff
	after     time.Time
	seqBefore uint64 // stream sequence of the last block acknowledged on this attempt

	asking  bool      // the hub has not yet said what it has, since the link is up
	resumed time.Time // when it last said so

	lastLine, bytes int64
	inMemory        int  // bytes of unsent blocks that are in memory too
	pinned          int  // bytes of blocks that are in memory alone
	open            bool // more blocks may come
	loaded          bool // begun by an earlier life
	segments        []*segment
	result          *latest
}

// block is one block in order of its lines.
type block struct {
	first, last int64
	seg         *segment      // nil: only in memory
	at          int64         // of its record in the segment
	n           int32         // of the record's payload
	stored      bool          // answered well on this attempt, or before acked
	gap         bool          // made here, in place of lines that were dropped
	void        bool          // stands for nothing any more: a gap before it covers it
	seq         uint64        // in the hub's stream
	sent        time.Duration // since Spool.began
	// data is the block's JSON, in a buffer with Room before it. Where there is
	// a segment it goes to the sender with the first send and is nil afterwards.
	data []byte
}

func (r *run) end() int          { return r.base + len(r.blocks) }
func (r *run) at(seq int) *block { return &r.blocks[seq-r.base] }

// size is what the block counts in the window.
func (b *block) size() int {
	if b.seg == nil {
		return len(b.data)
	}
	return int(b.n)
}

// rewind begins a new attempt at the first block that is not acknowledged.
func (r *run) rewind() {
	r.attempt++
	for seq := r.acked; seq < r.next; seq++ {
		r.at(seq).stored = false
	}
	r.next, r.flying, r.bytesUp, r.settling, r.seqBefore = r.acked, 0, 0, false, 0
}

// forget lets go of a block's bytes in memory.
func (r *run) forget(b *block) {
	switch {
	case b.data == nil || b.gap:
	case b.seg == nil:
		r.pinned -= len(b.data)
	default:
		r.inMemory -= len(b.data)
	}
	b.data = nil
}

// latest is a message of which only the newest counts: sent until it is
// stored, and again after every reconnect.
type latest struct {
	subject string
	data    []byte
	rev     int64
	last    bool // a run's end: goes behind the run's last block, and never changes
	attempt int
	flying  bool
	stored  bool
	told    bool
	sent    time.Time
	since   time.Time // stored since
	fails   int
	after   time.Time
}

func (l *latest) due(now time.Time) bool {
	return l != nil && !l.stored && !l.flying && !now.Before(l.after)
}

// again forgets what was sent: another link, or no answer.
func (l *latest) again() {
	if l != nil {
		l.attempt++
		l.flying, l.stored = false, false
	}
}
