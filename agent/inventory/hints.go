package inventory

import (
	"sync"
	"time"
)

// hint is a word from outside about a device: a stream of it was lost, or it
// was told to reboot.
type hint struct {
	transport int64
	rebooting string // its id
}

func (h hint) to(r *roster, now time.Time) {
	if h.rebooting != "" {
		r.rebooting(h.rebooting, now)
	} else {
		r.streamLost(h.transport, now)
	}
}

// hints are words that wait for the roster's goroutine. Who gives one does not
// wait.
type hints struct {
	wake chan struct{} // 1: full means that a look is due anyway

	mu      sync.Mutex // guards waiting
	waiting []hint     // at most maxHints; more are dropped
}

const maxHints = 1000

func (s *hints) add(h hint) {
	s.mu.Lock()
	if len(s.waiting) < maxHints {
		s.waiting = append(s.waiting, h)
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *hints) take() []hint {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.waiting
	s.waiting = nil
	return taken
}
