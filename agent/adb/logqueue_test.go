package adb

import (
	"context"
	"errors"
	"strconv"
	"testing"
)

func TestLogQueue_keepsTheNewestWithinItsLimitAndCountsTheRest(t *testing.T) {
	const limit, lines = 100 << 10, 10_000
	q := newLogQueue(limit)
	for i := range lines {
		entries := append(q.room(), LogEntry{Text: strconv.Itoa(i)})
		if i%1000 == 10 {
			entries = append(entries, LogEntry{Kind: LogLost, Text: "lost"})
		}
		q.put(entries, 4)
		if q.bytes > limit {
			t.Fatalf("%d bytes are kept", q.bytes)
		}
	}
	over := errors.New("over")
	q.end(over)
	var messages, lost, next int
	var dropped int64
	for {
		entries, done, err := q.take(context.Background())
		if done {
			if err != over {
				t.Errorf("it ends with %v", err)
			}
			break
		}
		for _, e := range entries {
			switch e.Kind {
			case LogDropped:
				dropped += e.Count
				next = int(dropped)
			case LogLost:
				lost++
			default:
				if e.Text != strconv.Itoa(next) {
					t.Fatalf("%q comes where %d should", e.Text, next)
				}
				messages, next = messages+1, next+1
			}
		}
		q.give(entries)
	}
	if messages+int(dropped) != lines || lost != lines/1000 || messages < 100 {
		t.Errorf("%d messages, %d dropped, lost %d times", messages, dropped, lost)
	}
}

func TestLogQueue_takeEndsWithItsContext(t *testing.T) {
	q := newLogQueue(1 << 20)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, done, err := q.take(ctx); !done || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", done, err)
	}
}
