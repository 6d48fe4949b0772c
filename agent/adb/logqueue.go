package adb

import (
	"context"
	"sync"
)

// logQueue holds what was read of a log until somebody takes it. When it is
// full the oldest goes, counted, so that reading never waits: a log that is
// not read loses lines in the device, where nobody counts them.
type logQueue struct {
	limit int
	ready chan struct{} // 1: there is something to take, or the end has come

	mu      sync.Mutex // guards what is below
	blocks  []logBlock
	bytes   int
	dropped int64
	kept    []LogEntry // words on the stream from blocks that went
	free    [][]LogEntry
	ended   bool
	err     error
}

// logBlock is what one read brought.
type logBlock struct {
	entries []LogEntry
	bytes   int
}

// entrySize is what an entry costs beside its text.
const entrySize = 160

func newLogQueue(limit int) *logQueue {
	return &logQueue{limit: limit, ready: make(chan struct{}, 1)}
}

// room gives a slice for the next block.
func (q *logQueue) room() []LogEntry {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.free); n > 0 {
		room := q.free[n-1]
		q.free = q.free[:n-1]
		return room[:0]
	}
	return make([]LogEntry, 0, 1024)
}

// put adds a block whose text is of so many bytes.
func (q *logQueue) put(entries []LogEntry, text int) {
	if len(entries) == 0 {
		return
	}
	b := logBlock{entries, text + len(entries)*entrySize}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.blocks = append(q.blocks, b)
	q.bytes += b.bytes
	for q.bytes > q.limit && len(q.blocks) > 1 {
		q.drop()
	}
	q.wake()
}

// drop forgets the oldest block but for the words on the stream in it.
func (q *logQueue) drop() {
	b := q.blocks[0]
	q.blocks[0] = logBlock{}
	q.blocks = q.blocks[1:]
	q.bytes -= b.bytes
	const mostKept = 64
	for i := range b.entries {
		switch b.entries[i].Kind {
		case LogMessage, LogOther, LogBuffer:
			q.dropped++
		default:
			if len(q.kept) < mostKept {
				q.kept = append(q.kept, b.entries[i])
			}
		}
	}
	q.recycle(b.entries)
}

func (q *logQueue) recycle(entries []LogEntry) {
	const mostFree = 32 // 4 MiB: a taker that is held up takes many at once
	if len(q.free) < mostFree {
		q.free = append(q.free, entries)
	}
}

func (q *logQueue) wake() {
	select {
	case q.ready <- struct{}{}:
	default: // it is awake
	}
}

// end says that nothing more will come, and why.
func (q *logQueue) end(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended, q.err = true, err
	q.wake()
}

// take waits for entries and gives those of one read, with done at the end of
// all. They go back by give.
func (q *logQueue) take(ctx context.Context) (entries []LogEntry, done bool, err error) {
	for {
		q.mu.Lock()
		switch {
		case len(q.kept) > 0 || q.dropped > 0:
			entries, q.kept = q.kept, nil
			if q.dropped > 0 {
				entries = append(entries, LogEntry{Kind: LogDropped, Count: q.dropped})
				q.dropped = 0
			}
		case len(q.blocks) > 0:
			entries = q.blocks[0].entries
			q.bytes -= q.blocks[0].bytes
			q.blocks[0] = logBlock{}
			q.blocks = q.blocks[1:]
		case q.ended:
			done, err = true, q.err
		}
		q.mu.Unlock()
		if entries != nil || done {
			return entries, done, err
		}
		select {
		case <-q.ready:
		case <-ctx.Done():
			return nil, true, ctx.Err()
		}
	}
}

// give takes back what was taken.
func (q *logQueue) give(entries []LogEntry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.recycle(entries)
}
