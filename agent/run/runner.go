// Package run starts commands and acts on devices, each at most once and never
// late, and makes numbered lines and a result of what they print. Of every run it
// says three things, in the journal first and then to the hub: accepted,
// running, ended. It alone ends a run.
//
// It knows nothing of NATS: the link hands it requests and sends its answers,
// the spool carries lines and results.
package run

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/act"
	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/journal"
	"github.com/farbench/farbench/agent/life"
	"github.com/farbench/farbench/agent/spool"
	"github.com/farbench/farbench/agent/wire"
)

// Shell is a command on a device, as *adb.Shell is one.
type Shell interface {
	Read(emit func(id adb.Packet, data []byte)) error
	WriteStdin(p []byte) error
	CloseStdin() error
	Close() error
}

// Config is what a runner needs.
type Config struct {
	Life    *life.Life
	Journal *journal.Journal
	Spool   *spool.Spool
	Device  func(id string) (wire.Device, bool)
	// Open starts a command on a device; it has a deadline of its own. Errors
	// of type *adb.Error say why it did not start.
	Open func(ctx context.Context, transportID int64, command string) (Shell, error)
	// Act does what is no command of a device's shell, until it is done or ctx
	// ends; what it tells is a run's lines.
	Act func(ctx context.Context, device wire.Device, a wire.Act, log act.Log) act.Ending
	// Pass lets a command pass that stands on its device's newest reservation, or
	// refuses it; nil: everything passes.
	Pass func(device string, d wire.Drive) *wire.Fault
	// Ask refuses what has to be confirmed first; nil: nothing has. begun is called
	// when what it let pass has begun, or will not.
	Ask   func(s wire.Start) (begun func(), fault *wire.Fault)
	Level func(text []byte) wire.Level
	// Line shows a line on the agent's console; nil: it is not shown. It must
	// not block or keep the line's bytes.
	Line   func(device string, line wire.Line)
	Wall   func() time.Time // for people only; nil: the system's clock
	Max    int              // runs at a time; 0 means 256
	Logger *slog.Logger
}

// Runner is safe for use by several goroutines.
type Runner struct {
	c    Config
	pace pacer // has a lock of its own

	mu       sync.Mutex // guards what follows
	draining bool
	going    map[string]*active
	ctx      context.Context // of all runs; ends when they must give up
	giveUp   context.CancelFunc
	wg       sync.WaitGroup // of the runs
}

// New makes a runner and settles what an earlier life left behind: a run that
// was going ends as unknown, and results that the hub may not have are given
// to the spool again.
func New(c Config) (*Runner, error) {
	if c.Max == 0 {
		c.Max = 256
	}
	if c.Wall == nil {
		c.Wall = time.Now
	}
	if c.Pass == nil {
		c.Pass = func(string, wire.Drive) *wire.Fault { return nil }
	}
	if c.Ask == nil {
		c.Ask = func(wire.Start) (func(), *wire.Fault) { return func() {}, nil }
	}
	r := &Runner{c: c, going: map[string]*active{}}
	r.ctx, r.giveUp = context.WithCancel(context.Background())
	return r, r.settle()
}

// Stop refuses new work, ends what runs on the devices and waits until all of
// that is journalled and spooled, for giveUpAfter at most.
func (r *Runner) Stop() {
	r.mu.Lock()
	r.draining = true
	for _, a := range r.going {
		a.end(stop{outcome: wire.Cancelled, fault: &wire.Fault{
			Code: wire.AgentStopped, Message: "the agent was stopped while the run went on", Hint: "start the agent and run the command again",
		}})
	}
	r.mu.Unlock()
	late := time.AfterFunc(giveUpAfter, r.giveUp)
	defer late.Stop()
	r.wg.Wait()
	r.giveUp()
}

// giveUpAfter bounds the end of an agent: what a device has not confirmed by
// then is written down as it is.
const giveUpAfter = 6 * time.Second

// Going is the number of runs that go on.
func (r *Runner) Going() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.going)
}

// put writes a result to the journal and gives it to the spool.
func (r *Runner) put(result wire.Result) {
	if err := r.c.Journal.Put(result); err != nil {
		r.c.Logger.Error("result not journalled", "run", result.Run, "state", result.State, "err", err)
	}
	r.c.Spool.SetResult(result)
}

func (r *Runner) now() *time.Time {
	t := r.c.Wall().UTC().Truncate(time.Millisecond)
	return &t
}
