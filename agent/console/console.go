// Package console prints runs' lines on the bench's own terminal, in the
// colours that the browser gives their levels. A terminal is slow and its owner
// may stop it with a key, so printing never holds up a run: what does not fit
// the queue is dropped and counted, and the count is printed.
//
// It knows lines and terminals, nothing else.
package console

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// maxQueue is how many bytes may wait for the terminal: some 2,000 lines.
const maxQueue = 256 << 10

// Config says where lines go. Zone is of the time in front of each line, the
// system's own where nil.
type Config struct {
	Writer io.Writer
	Paint  Paint
	Zone   *time.Location
}

// Console prints lines to one writer.
type Console struct {
	w     io.Writer
	paint Paint
	zone  *time.Location
	wake  chan struct{} // of Run; full: it is awake

	mu      sync.Mutex // guards what follows
	queue   []byte
	dropped int64
}

// New makes a console; lines are queued at once and printed while Run runs.
func New(c Config) *Console {
	if c.Zone == nil {
		c.Zone = time.Local
	}
	return &Console{w: c.Writer, paint: c.Paint, zone: c.Zone, wake: make(chan struct{}, 1)}
}

// Line queues a line of a run on a device. It keeps nothing of line and never
// waits for the terminal.
func (c *Console) Line(device string, line wire.Line) {
	c.mu.Lock()
	if len(c.queue) >= maxQueue {
		c.dropped++
		c.mu.Unlock()
		return
	}
	c.note()
	c.queue = c.paint.line(c.queue, c.zone, device, line)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// note queues how many lines are missing at this place. Callers hold mu.
func (c *Console) note() {
	if c.dropped == 0 {
		return
	}
	c.queue = c.paint.line(c.queue, c.zone, "", wire.Line{
		UnixMS: time.Now().UnixMilli(), Stream: wire.Sys, Level: wire.System,
		Bytes: fmt.Appendf(nil, "%d lines not shown here: the terminal is too slow; the run's log has them", c.dropped),
	})
	c.dropped = 0
}

// Run writes until ctx ends, then what is queued by then. It returns what is
// wrong with the writer, nil when ctx ended it.
func (c *Console) Run(ctx context.Context) error {
	var writing []byte
	for {
		select {
		case <-c.wake:
		case <-ctx.Done():
		}
		ended := ctx.Err() != nil
		c.mu.Lock()
		if ended {
			c.note()
		}
		writing, c.queue = c.queue, writing[:0]
		c.mu.Unlock()
		if len(writing) > 0 {
			if _, err := c.w.Write(writing); err != nil {
				return fmt.Errorf("writing to the console: %w", err)
			}
		}
		if ended {
			return nil
		}
	}
}
