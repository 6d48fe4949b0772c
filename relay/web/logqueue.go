package web

import (
	"errors"
	"sync"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reader"
)

// logQueueMax is how many bytes of blocks wait for a log over HTTP.
const logQueueMax = 512 << 10

// logQueue stands between the reader and a log that is streamed over HTTP: a
// follower with a bounded queue.
type logQueue struct {
	ready chan struct{} // holds one: there is something to take
	left  chan struct{} // closed when the reader has let go

	mu     sync.Mutex // guards what follows
	blocks []*reader.Block
	bytes  int
	end    *api.Run
	closed bool
	room   chan struct{} // closed when the queue was taken; nil while nobody waits
}

var errClosed = errors.New("the log's reader has left")

func newLogQueue() *logQueue {
	return &logQueue{ready: make(chan struct{}, 1), left: make(chan struct{})}
}

func (q *logQueue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// Block implements reader.Follower.
func (q *logQueue) Block(b *reader.Block) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.bytes > 0 && q.bytes+len(b.Data) > logQueueMax {
		return false
	}
	q.blocks = append(q.blocks, b)
	q.bytes += len(b.Data)
	q.wake()
	return true
}

// Room implements reader.Follower.
func (q *logQueue) Room(done <-chan struct{}) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return errClosed
	}
	if q.bytes < logQueueMax/2 {
		q.mu.Unlock()
		return nil
	}
	if q.room == nil {
		q.room = make(chan struct{})
	}
	room := q.room
	q.mu.Unlock()
	select {
	case <-room:
	case <-done:
		return errClosed
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed
	}
	return nil
}

// Lag and Live say nothing to a log.
func (q *logQueue) Lag()  {}
func (q *logQueue) Live() {}

// End implements reader.Follower.
func (q *logQueue) End(run api.Run) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end = &run
	q.wake()
}

func (q *logQueue) take() ([]*reader.Block, *api.Run) {
	q.mu.Lock()
	defer q.mu.Unlock()
	blocks, end := q.blocks, q.end
	q.blocks, q.bytes, q.end = nil, 0, nil
	q.release()
	return blocks, end
}

func (q *logQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.release()
}

func (q *logQueue) release() {
	if q.room != nil {
		close(q.room)
		q.room = nil
	}
}
