// Package spool keeps a run's blocks on the bench's disk until the hub has
// stored them, and sends them: each block is written before it is sent, sent
// again as the same bytes until it is acknowledged in order, and kept for a
// while after that, because a broker that dies may forget its last seconds.
// Results and the bench's state, of which only the newest counts, go the same
// way without the disk.
//
// It knows NATS only as a Link that publishes, and nothing of adb. What it
// holds is bounded: beyond the bound the oldest lines become a counted gap.
package spool

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Config is what a spool needs. Dir is made if it is missing; the caller holds
// its lock.
type Config struct {
	Dir    string
	Bound  int64 // bytes of blocks on disk; 0 means 1 GiB
	Window int   // bytes of one run that may be under way, unacknowledged; 0: as the link asks for
	// AckWait is how long an acknowledgement may take (0: 5 s), Keep how long
	// acknowledged blocks stay (0: 30 s), Hold how long the blocks of an
	// earlier life wait to learn what the hub has of them (0: 2 s).
	AckWait, Keep, Hold time.Duration
	Logger              *slog.Logger
	// Told is called, once a run, when the hub has stored the result of its end.
	Told func(run string)
}

// Link publishes what the spool sends. Publish must not keep the data after it
// returned. It gives whatever answers to Spool.Answered, with the token.
type Link interface {
	Publish(Message) error
}

// Message is one publish. First and Last are the lines of a block, 0 where the
// message is none.
type Message struct {
	Subject     string
	Token       string
	First, Last int64
	Data        []byte
}

// Spool is safe for use by several goroutines.
type Spool struct {
	c     Config
	began time.Time
	wake  chan struct{} // 1: the sender has something to look at; more signals add nothing

	mu    sync.Mutex // guards what follows and everything inside runs
	runs  map[string]*run
	byNo  map[int]*run
	lastN int    // number given to the newest run, for tokens
	turns []*run // runs that may have something to send, in turn
	state *latest
	link  Link // nil while the link is down
	bytes int64
	born  int64 // order of segments, over all runs
	// moved is when an acknowledgement last came; room is closed and replaced
	// whenever space was made.
	moved time.Time
	room  chan struct{}
	pace  pace

	reading reading // of the sender alone
}

// Open reads what an earlier life left in the directory.
func Open(c Config) (*Spool, error) {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.AckWait, 5*time.Second)
	def(&c.Keep, 30*time.Second)
	def(&c.Hold, 2*time.Second)
	if c.Bound == 0 {
		c.Bound = 1 << 30
	}
	if c.Told == nil {
		c.Told = func(string) {}
	}
	s := &Spool{
		c:    c,
		wake: make(chan struct{}, 1),
		runs: map[string]*run{},
		byNo: map[int]*run{},
		room: make(chan struct{}),
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	return s, s.load()
}

// Last returns the number of a run's last line in the spool and the bytes
// counted up to there: how far an earlier life came.
func (s *Spool) Last(run string) (line, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.runs[run]; r != nil {
		return r.lastLine, r.bytes
	}
	return 0, 0
}

// Size is the number of bytes on disk.
func (s *Spool) Size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// Idle says whether everything that can be sent is sent and acknowledged.
func (s *Spool) Idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		if r.acked < r.end() || r.result != nil && !r.result.stored {
			return false
		}
	}
	return s.state == nil || s.state.stored
}

// Flush waits until all is stored by the hub. The context's end and a link that
// is down end the wait: what is left stays for the next life.
func (s *Spool) Flush(ctx context.Context) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !s.Idle() {
		s.mu.Lock()
		down := s.link == nil
		s.mu.Unlock()
		if down {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Run sends, syncs and trims until the context ends.
func (s *Spool) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { s.keepHouse(ctx) })
	wg.Go(func() { s.syncEverySecond(ctx) })
	s.send(ctx)
	wg.Wait()
	return s.close()
}

func (s *Spool) run(id string) *run {
	r := s.runs[id]
	if r == nil {
		s.lastN++
		r = &run{id: id, no: s.lastN, base: firstSeq, acked: firstSeq, next: firstSeq}
		s.runs[id], s.byNo[r.no] = r, r
	}
	return r
}

// mayHaveWork puts a run in the line of those that take turns.
func (s *Spool) mayHaveWork(r *run) {
	if !r.inLine {
		r.inLine = true
		s.turns = append(s.turns, r)
	}
	s.poke()
}

func (s *Spool) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
