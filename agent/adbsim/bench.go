// Package adbsim is the simulated bench: one model of devices and two front
// ends for it, an adb host server (ListenHost: what the adb client and the
// agent speak to) and an adbd over TCP for each device (ListenADBD: what a
// real adb server connects to). It is a production variant for local mode,
// demos, training and tests, with faults on demand; it never runs a host
// command or opens a host file, and knows nothing of NATS or runs.
package adbsim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Config is what a Bench is made of.
type Config struct {
	Devices int // how many; 0 means DefaultDevices
	Logger  *slog.Logger
	Now     func() time.Time // nil means time.Now
	// After is the clock of reboots; nil means time.After.
	After func(d time.Duration) <-chan time.Time
	// Seed makes what is random on the devices: with the same seed and clock
	// two benches are alike. Devices of a bench differ in any case.
	Seed uint64
	// BootTime is how long a device is away when it reboots; 0 means 3 s.
	BootTime time.Duration
	// Quota bounds the bytes in each device's files; 0 means 512 MiB.
	Quota int64
}

// Bench is a simulated bench. Listen, then Run.
type Bench struct {
	log      *slog.Logger
	bootTime time.Duration
	after    func(d time.Duration) <-chan time.Time
	devices  []*Device // as made; the list does not change
	asked    chan asked
	host     *hostFaults

	mu       sync.Mutex // guards what is below
	servers  []server
	changed  chan struct{} // closed and renewed whenever the list of devices changes
	nextID   int64
	forwards []*forward
}

type server struct {
	listener net.Listener
	handle   func(ctx context.Context, conn net.Conn)
}

// New makes a bench whose devices are all there.
func New(cfg Config) *Bench {
	if cfg.Devices == 0 {
		cfg.Devices = DefaultDevices
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Quota == 0 {
		cfg.Quota = 512 << 20
	}
	if cfg.BootTime == 0 {
		cfg.BootTime = 3 * time.Second
	}
	if cfg.After == nil {
		cfg.After = time.After
	}
	b := &Bench{log: cfg.Logger, bootTime: cfg.BootTime, after: cfg.After, changed: make(chan struct{}), asked: make(chan asked, maxAsked), host: newHostFaults()}
	for i := range cfg.Devices {
		b.devices = append(b.devices, newDevice(b, i, cfg))
	}
	for i, d := range b.devices {
		d.attach(placed(i).state)
	}
	return b
}

// Devices are the bench's devices, in order; those that have vanished too.
func (b *Bench) Devices() []*Device { return b.devices }

// Device finds a device by its serial; nil if there is none.
func (b *Bench) Device(serial string) *Device {
	for _, d := range b.devices {
		if d.Serial() == serial {
			return d
		}
	}
	return nil
}

// ListenHost opens the adb host server's port and gives its address. Run
// serves it.
func (b *Bench) ListenHost(addr string) (net.Addr, error) {
	l, err := b.listen(addr, b.serveHost)
	if err != nil {
		return nil, fmt.Errorf("listening as an adb host server: %w", err)
	}
	return l.Addr(), nil
}

func (b *Bench) listen(addr string, handle func(context.Context, net.Conn)) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.servers = append(b.servers, server{l, handle})
	return l, nil
}

// Run serves what was listened for until ctx ends. Then every connection is
// closed, every process on the devices killed, and waited for.
func (b *Bench) Run(ctx context.Context) error {
	b.mu.Lock()
	servers := b.servers
	b.mu.Unlock()
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range servers {
		group.Go(func() error { return b.serve(ctx, s) })
	}
	group.Go(func() error {
		b.carryOut(ctx)
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		for _, s := range servers {
			_ = s.listener.Close()
		}
		return nil
	})
	err := group.Wait()
	for _, d := range b.devices {
		d.machine.Halt()
	}
	return err
}

// serve accepts until ctx ends and waits for the connections that it began.
func (b *Bench) serve(ctx context.Context, s server) error {
	var running sync.WaitGroup
	defer running.Wait()
	for {
		conn, err := s.listener.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			return nil
		}
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			b.log.Warn("accepting a connection", "error", err)
			select { // out of descriptors, most likely: do not spin
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		}
		running.Go(func() {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer stop()
			defer conn.Close()
			s.handle(ctx, conn)
		})
	}
}

// notify wakes all trackers.
func (b *Bench) notify() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// changes gives a channel that is closed at the next change of the list. Ask
// for it before reading the list.
func (b *Bench) changes() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

func (b *Bench) newTransportID() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nextID++
	return b.nextID
}
