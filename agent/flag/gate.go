package flag

import (
	"sync"

	"github.com/farbench/farbench/agent/danger"
	"github.com/farbench/farbench/agent/wire"
)

// Gate is what everything passes that begins on the bench's devices. Once Raise
// has returned with a flag that is up, nothing begins any more that is asked about
// and was not confirmed, whatever a relay knew of the flag: what has begun goes on.
type Gate struct {
	bench string

	mu      sync.Mutex // guards what follows
	up      *wire.Flag
	passing *sync.WaitGroup // what has passed and not begun yet
}

// NewGate makes the gate of a bench; the flag is down.
func NewGate(bench string) *Gate { return &Gate{bench: bench, passing: new(sync.WaitGroup)} }

// Raise puts the flag up, changes it or takes it away (nil), and waits for what
// passed before.
func (g *Gate) Raise(f *wire.Flag) {
	g.mu.Lock()
	g.up = f
	before := g.passing
	g.passing = new(sync.WaitGroup)
	g.mu.Unlock()
	if f != nil {
		before.Wait()
	}
}

// Pass lets something begin, or asks whether it may. does says what it would do,
// and is asked only while the flag is up. begun is to be called when it has begun,
// or will not; more than once changes nothing.
func (g *Gate) Pass(confirmed bool, does func() *danger.Danger) (begun func(), fault *wire.Fault) {
	if confirmed {
		return func() {}, nil
	}
	g.mu.Lock()
	up, passing := g.up, g.passing
	if up == nil {
		passing.Add(1)
	}
	g.mu.Unlock()
	if up == nil {
		return sync.OnceFunc(passing.Done), nil
	}
	if d := does(); d != nil {
		return func() {}, d.Ask(g.bench, up)
	}
	return func() {}, nil
}
