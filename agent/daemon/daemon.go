// Package daemon is a whole agent: it wires journal, spool, runner, inventory
// and link, and ends them in the order in which nothing is lost. The command
// farbench-agent runs one, local mode another in its own process; it knows
// neither, and no command line.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/act"
	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbserver"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/console"
	"github.com/farbench/farbench/agent/danger"
	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/fence"
	"github.com/farbench/farbench/agent/files"
	"github.com/farbench/farbench/agent/flag"
	"github.com/farbench/farbench/agent/inventory"
	"github.com/farbench/farbench/agent/journal"
	"github.com/farbench/farbench/agent/level"
	"github.com/farbench/farbench/agent/life"
	"github.com/farbench/farbench/agent/link"
	"github.com/farbench/farbench/agent/run"
	"github.com/farbench/farbench/agent/session"
	"github.com/farbench/farbench/agent/spool"
	"github.com/farbench/farbench/agent/wire"
)

// Config is an agent's configuration.
type Config struct {
	Bench string // its id, also the name of its NATS account
	Name  string // for people; empty: the id
	// Labels are the lab's own words for the bench; a simulation says that it is
	// one by itself.
	Labels []string
	Data   string // directory of journal and spool
	// ADB is whose devices: "sim", "auto", "attach" (the PC's adb server), "own"
	// or "own:PORT" (one that the agent runs), "tcp:HOST:PORT".
	ADB     string
	ADBPath string // the adb program; empty: of PATH or ANDROID_HOME
	NATS    dial.Server

	Version string // of the program, for people

	Logger  *slog.Logger
	Console io.Writer // runs' lines are shown there; nil: nowhere
	// Ready is called once, when the broker is connected and knows the
	// inventory.
	Ready func()

	SimDevices int              // 0: as many as a simulated bench has by default
	Wall       func() time.Time // for people only; nil: the system's clock
	SpoolBound int64            // 0 means 1 GiB
	ackWait    time.Duration    // of the spool, for tests
	window     int              // of the spool, for tests
}

// Daemon is one life of an agent.
type Daemon struct {
	c       Config
	life    *life.Life
	release func() error // of the data directory
	journal *journal.Journal
	spool   *spool.Spool
	runner  *run.Runner
	devices *inventory.Inventory
	adb     *adb.Client
	link    *link.Link
	desk    *session.Desk
	fence   *fence.Fence
	flag    *flag.Watcher
	gate    *flag.Gate
	console *console.Console
	ready   sync.Once
	// simBench is nil where a real adb server is used.
	simBench *adbsim.Bench
	// adbServer is nil but where the agent runs its own.
	adbServer    *adbserver.Server
	adbVersion   string // of the PC's platform tools, "" where there are none
	unauthorized string // what to do about a device that does not trust this PC

	mu      sync.Mutex // guards what follows
	state   wire.State
	altered chan struct{} // closed and renewed at each change of the devices
}

// New takes the data directory and reads what is in it. Every mistake of the
// configuration is in the error.
func New(c Config) (_ *Daemon, err error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Name == "" {
		c.Name = c.Bench
	}
	if c.Wall == nil {
		c.Wall = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Daemon{c: c, life: life.New(), altered: make(chan struct{})}
	if d.release, err = journal.LockDir(c.Data); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.release())
		}
	}()
	if d.journal, err = journal.Open(journal.Config{Dir: c.Data, Logger: c.Logger}); err != nil {
		return nil, err
	}
	d.spool, err = spool.Open(spool.Config{
		Dir: filepath.Join(c.Data, "spool"), Bound: c.SpoolBound, AckWait: c.ackWait, Window: c.window, Logger: c.Logger, Told: d.told,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the spool: %w", err)
	}
	if err := d.chooseADB(); err != nil {
		return nil, err
	}
	return d, d.wire()
}

// wire joins the parts.
func (d *Daemon) wire() (err error) {
	c := d.c
	if d.adb.Ledger, err = adb.OpenLedger(filepath.Join(c.Data, "leases")); err != nil {
		return err
	}
	d.devices = inventory.New(inventory.Config{
		Client: d.adb, Logger: c.Logger, Changed: d.changed, Path: filepath.Join(c.Data, "devices"),
		Unauthorized: d.unauthorized,
	})
	if d.fence, err = fence.Open(filepath.Join(c.Data, "epochs"), c.Logger); err != nil {
		return err
	}
	d.gate = flag.NewGate(c.Bench)
	runs := run.Config{
		Life: d.life, Journal: d.journal, Spool: d.spool, Device: d.devices.Device,
		Open: func(ctx context.Context, id int64, command string) (run.Shell, error) {
			return d.adb.Shell(ctx, id, command)
		},
		Act: act.New(act.Config{
			Client: d.adb, Device: d.devices.Device, Changes: d.changes, Rebooting: d.devices.Rebooting, Logger: c.Logger,
		}).Do,
		Pass:  d.fence.Pass,
		Ask:   d.ask,
		Level: level.Of, Wall: c.Wall, Logger: c.Logger,
	}
	if c.Console != nil {
		d.console = console.New(console.Config{Writer: c.Console, Paint: console.PaintFor(c.Console, os.Getenv)})
		runs.Line = d.console.Line
	}
	if d.runner, err = run.New(runs); err != nil {
		return err
	}
	serve := &files.Server{ADB: d.adb}
	d.desk = session.NewDesk(session.Config{
		Device: d.usable, Pass: d.fence.Pass, Serve: serve.Serve, Logger: c.Logger,
		Ask: func(o wire.SessionOpen) (func(), *wire.Fault) {
			return d.gate.Pass(o.Confirmed, func() *danger.Danger { return danger.OfSession(o.SessionSpec) })
		},
	})
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	labels := tidy(c.Labels)
	if d.simBench != nil && len(labels) < wire.MaxLabels && !slices.Contains(labels, simulated) {
		labels = append(labels, simulated)
	}
	d.state = wire.State{
		Labels: labels,
		Bench:  c.Bench, Name: c.Name, Life: d.life.Name(), Devices: []wire.Device{}, At: c.Wall().UTC(),
		Agent: wire.AgentInfo{Version: c.Version, OS: runtime.GOOS, Arch: runtime.GOARCH, ADB: d.adbVersion},
	}
	d.flag = flag.Watch(c.Data, d.flagged, c.Logger)
	d.link, err = link.New(link.Config{
		Server: c.NATS, Name: c.Bench, Host: host, PID: os.Getpid(),
		Life: d.life, Spool: d.spool, Bench: answers{d}, Sessions: d.desk, Logger: c.Logger, StateSent: d.stateSent,
	})
	return err
}

// answers is the bench as the link asks it.
type answers struct{ d *Daemon }

func (a answers) Start(s wire.Start) wire.Answer   { return a.d.runner.Start(s) }
func (a answers) Cancel(c wire.Cancel) wire.Answer { return a.d.runner.Cancel(c) }
func (a answers) Ask(q wire.Request) wire.Answer   { return a.d.runner.Ask(q) }
func (a answers) Epochs(e wire.Epochs) wire.Answer {
	known, fault := a.d.fence.Tell(e.Devices)
	return wire.Answer{Epochs: known, Fault: fault}
}

func (a answers) State() wire.State {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	return a.d.state
}

// changed takes a new inventory.
func (d *Daemon) changed(devices []wire.Device, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if devices == nil {
		devices = []wire.Device{}
	}
	d.state.Rev++
	d.state.Devices, d.state.Reason, d.state.At = devices, reason, d.c.Wall().UTC()
	d.spool.SetState(d.state)
	close(d.altered)
	d.altered = make(chan struct{})
}

// flagged takes what is said of who is at the bench. It counts here before anybody
// is told.
func (d *Daemon) flagged(f *wire.Flag) {
	d.gate.Raise(f)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state.Flag = f
	if d.state.Rev > 0 { // else the first inventory tells it
		d.state.Rev++
		d.state.At = d.c.Wall().UTC()
		d.spool.SetState(d.state)
	}
}

// ask lets a run begin, or asks whether it may. An act may take long until it says
// its first word: only one that would be asked about is waited for.
func (d *Daemon) ask(s wire.Start) (begun func(), fault *wire.Fault) {
	does := func() *danger.Danger { return danger.OfRun(s.Command, s.Act) }
	if s.Act != nil && does() == nil {
		return func() {}, nil
	}
	return d.gate.Pass(s.Confirmed, does)
}

// changes gives a channel that is closed at the next change of the devices.
func (d *Daemon) changes() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.altered
}

// usable finds a device that is ready.
func (d *Daemon) usable(id string) (wire.Device, *wire.Fault) {
	device, known := d.devices.Device(id)
	return device, run.NotReady(id, device, known)
}

func (d *Daemon) stateSent() {
	if d.c.Ready != nil {
		d.ready.Do(d.c.Ready)
	}
}

func (d *Daemon) told(run string) {
	if err := d.journal.Told(run); err != nil {
		d.c.Logger.Error("journal not written", "run", run, "err", err)
	}
}
