// Package life is one process of an agent: its random name, and the clock by
// which it decides whether a command comes too late. The clock counts
// milliseconds since the process started, suspended time included, so that a
// laptop that slept does not run what was meant for an hour ago. Wall clocks
// enter no decision.
//
// It knows nothing of NATS or runs.
package life

import (
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Life names one agent process and holds its clock. It is safe for use by
// several goroutines.
type Life struct {
	name  string
	since func() time.Duration
	start time.Duration
}

// New begins a life on the system's clock.
func New() *Life { return WithClock(sinceBoot) }

// WithClock begins a life on a clock of the caller's, which must never go
// backwards.
func WithClock(since func() time.Duration) *Life {
	return &Life{name: wire.NewID(""), since: since, start: since()}
}

// Name is random, one of a kind.
func (l *Life) Name() string { return l.name }

// ClockMS is the time since the life began.
func (l *Life) ClockMS() int64 { return (l.since() - l.start).Milliseconds() }
