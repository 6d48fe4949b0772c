package bridge

import (
	"log/slog"
	"sync"
	"time"
)

// Of what a bench sends and nobody can read, a line is logged each junkEvery, a
// bench and kind; at most maxJunk of these are remembered.
const (
	junkEvery = time.Minute
	maxJunk   = 1024
)

// Junk logs messages of benches that are none: a bench that sends a thousand a
// second must not fill the relay's disk, nor hide what else is logged. The zero
// Junk is ready.
type Junk struct {
	mu   sync.Mutex // guards seen
	seen map[junkOf]*junkSaid
}

type junkOf struct{ bench, what string }

type junkSaid struct {
	at     time.Time
	unsaid int // since then
}

// Warn logs what a bench sent, or counts it: the count stands in the next line.
func (j *Junk) Warn(log *slog.Logger, bench, what string, args ...any) {
	if unsaid, say := j.note(junkOf{bench, what}, time.Now()); say {
		if unsaid > 0 {
			args = append(args, "before", unsaid)
		}
		log.Warn(what, append([]any{"bench", bench}, args...)...)
	}
}

func (j *Junk) note(of junkOf, now time.Time) (unsaid int, say bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	said := j.seen[of]
	switch {
	case said == nil && len(j.seen) >= maxJunk:
		for key, old := range j.seen {
			if now.Sub(old.at) >= junkEvery {
				delete(j.seen, key)
			}
		}
		if len(j.seen) >= maxJunk {
			return 0, false // more benches than anybody has send junk: those that are known are enough
		}
		fallthrough
	case said == nil:
		if j.seen == nil {
			j.seen = map[junkOf]*junkSaid{}
		}
		j.seen[of] = &junkSaid{at: now}
		return 0, true
	case now.Sub(said.at) < junkEvery:
		said.unsaid++
		return 0, false
	}
	unsaid = said.unsaid
	said.at, said.unsaid = now, 0
	return unsaid, true
}
