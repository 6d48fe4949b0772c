package reader

import (
	"context"
	"sync"

	"github.com/nats-io/nats.go"
)

// turns lets benches ask one after the other: of each at most one question is
// being answered and one waits, its newest. So a bench that asks without end
// keeps one worker busy and nobody else waiting.
type turns struct {
	next chan string // benches whose question waits; full: dropped, the agent asks again

	mu      sync.Mutex // guards the fields below
	waiting map[string]*nats.Msg
	busy    map[string]bool
}

func newTurns(most int) *turns {
	return &turns{next: make(chan string, most), waiting: map[string]*nats.Msg{}, busy: map[string]bool{}}
}

// ask lets a bench's question wait in the place of its earlier one.
func (t *turns) ask(bench string, question *nats.Msg) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, queued := t.waiting[bench]
	t.waiting[bench] = question
	if !queued && !t.busy[bench] {
		t.queue(bench)
	}
}

// queue gives a bench its place; the caller holds mu.
func (t *turns) queue(bench string) {
	select {
	case t.next <- bench:
	default:
		delete(t.waiting, bench)
	}
}

// work answers questions until ctx ends. Several may work at once.
func (t *turns) work(ctx context.Context, answer func(*nats.Msg)) {
	for {
		select {
		case <-ctx.Done():
			return
		case bench := <-t.next:
			t.mu.Lock()
			question := t.waiting[bench]
			delete(t.waiting, bench)
			t.busy[bench] = true
			t.mu.Unlock()
			answer(question)
			t.mu.Lock()
			delete(t.busy, bench)
			if t.waiting[bench] != nil {
				t.queue(bench)
			}
			t.mu.Unlock()
		}
	}
}
