package adbsim

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/adbsim/android"
	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
	"github.com/farbench/farbench/agent/adbsim/toolbox"
)

// Device is one simulated device.
type Device struct {
	bench   *Bench
	machine *machine.Machine
	model   model

	mu          sync.Mutex // guards what is below
	serial      string
	devPath     string
	state       string // adb's word, "" while it has vanished
	transportID int64
	connection  context.Context // ends when the device is lost
	lose        context.CancelFunc
	frozen      chan struct{} // not nil while frozen; closed when it thaws
	noExit      bool
	noise       bool          // outputs begin with bytes that are no text
	stuck       bool          // offline until somebody reconnects it
	forgotten   bool          // by the host server, until somebody connects it
	interrupt   *interruption // of the next transfer
	features    string
	link        link
	trust       trust

	boot                   int    // how often it has rebooted
	firmware, nextFirmware string // incremental versions; "" is the one that it was built with
	otherSlot              bool
	reverses               []*reverse
}

func newDevice(b *Bench, index int, cfg Config) *Device {
	at := placed(index)
	d := &Device{
		bench:   b,
		model:   models[index%len(models)],
		serial:  at.serial,
		devPath: at.devPath,

		features: deviceFeatures,
	}
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(at.factory))
	_, _ = seed.Write(binary.LittleEndian.AppendUint64(nil, cfg.Seed))
	var mu sync.Mutex // guards source: one for the device, whichever process reads
	source := rand.NewChaCha8([32]byte(binary.LittleEndian.AppendUint64(make([]byte, 24), seed.Sum64())))
	d.machine = &machine.Machine{
		FS:    memfs.New(cfg.Quota, cfg.Now),
		Props: machine.NewProps(properties(d.model, at.factory)),
		Log:   logd.New(cfg.Now, seed.Sum64()),
		Now:   cfg.Now,
		Random: func(p []byte) {
			mu.Lock()
			defer mu.Unlock()
			_, _ = source.Read(p)
		},
		Panicked: func(name string, fault any, stack []byte) {
			cfg.Logger.Error("a simulated program panicked", "program", name, "fault", fault, "stack", string(stack))
		},
	}
	d.machine.Boot(cfg.Now().Add(-time.Hour - time.Duration(index)*7*time.Minute))
	d.machine.Props.Changed = d.propertyChanged
	toolbox.Install(d.machine)
	d.model.choosePackages(d.machine.Packages)
	android.Install(d.machine, d.model.Model)
	d.bootPorts()
	return d
}

// Serial is the device's serial number as adb lists it.
func (d *Device) Serial() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.serial
}

// listed is a device as it stands in adb's list at one moment.
type listed struct {
	*Device
	Serial, DevPath, State string
	TransportID            int64
}

// list gives the devices that are not vanished.
func (b *Bench) list() []listed {
	var out []listed
	for _, d := range b.devices {
		d.mu.Lock()
		if d.state != "" && !d.forgotten {
			out = append(out, listed{d, d.serial, d.devPath, d.state, d.transportID})
		}
		d.mu.Unlock()
	}
	return out
}

// attach begins a connection: a new transport id, and a state in which the
// device is there.
func (d *Device) attach(state string) {
	id := d.bench.newTransportID()
	d.mu.Lock()
	d.transportID = id
	d.state = state
	d.connection, d.lose = newConnection()
	d.stuck, d.forgotten = false, false
	d.mu.Unlock()
	d.machine.Resume()
}

func newConnection() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// connected gives the context that ends when the device is lost, and its
// state.
func (d *Device) connected() (context.Context, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.connection, d.state
}

// usable says whether services can be opened in a state: a recovery that the
// device has booted into has an adbd too.
func usable(connection context.Context, state string) bool {
	return state == StateDevice || (state == StateRecovery || state == StateSideload) && connection.Err() == nil
}

// thawed waits while the device is frozen.
func (d *Device) thawed(ctx context.Context) error {
	for {
		d.mu.Lock()
		frozen := d.frozen
		d.mu.Unlock()
		if frozen == nil {
			return ctx.Err()
		}
		select {
		case <-frozen:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
