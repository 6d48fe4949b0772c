package act_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/act"
	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/inventory"
	"github.com/farbench/farbench/agent/wire"
)

// bench is a simulated bench with its list of devices.
type bench struct {
	t       *testing.T
	sim     *adbsim.Bench
	device  *adbsim.Device
	client  *adb.Client
	devices *inventory.Inventory
	acts    *act.Acts
	id      string       // of the device
	connect func() error // where the server has to be told of it
	stale   *wire.Device // the list as it was, where a test holds it

	mu      sync.Mutex // guards changed
	changed chan struct{}
}

// newBench is one behind the simulation's own adb server.
func newBench(t *testing.T, bootTime time.Duration, change ...func(*adb.Client)) *bench {
	t.Helper()
	b := &bench{t: t, sim: adbsim.New(adbsim.Config{BootTime: bootTime}), id: "sim0001"}
	addr, err := b.sim.ListenHost("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.start(adb.New(addr.String()), change...)
	return b
}

// newRealBench is one behind a real adb server, which reaches its device at an
// address.
func newRealBench(t *testing.T, bootTime time.Duration) *bench {
	t.Helper()
	server := adbtest.StartReal(t)
	b := &bench{t: t, sim: adbsim.New(adbsim.Config{Devices: 1, BootTime: bootTime})}
	addrs, err := b.sim.ListenADBD("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.id = strings.NewReplacer(".", "-", ":", "-").Replace(addrs[0].String())
	client := adb.New(server.Addr())
	b.connect = func() error { return client.Connect(t.Context(), addrs[0].String()) }
	b.start(client)
	return b
}

// start runs the bench until the test ends.
func (b *bench) start(client *adb.Client, change ...func(*adb.Client)) {
	b.t.Helper()
	b.client, b.device, b.changed = client, b.sim.Devices()[0], make(chan struct{})
	for _, f := range change {
		f(b.client)
	}
	b.devices = inventory.New(inventory.Config{
		Client: b.client, Logger: slog.New(slog.DiscardHandler), KeepGone: 100 * time.Millisecond,
		Changed: func([]wire.Device, string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			close(b.changed)
			b.changed = make(chan struct{})
		},
	})
	b.acts = act.New(act.Config{Client: b.client, Device: b.listed, Changes: b.changes, Rebooting: b.devices.Rebooting, Logger: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { _ = b.sim.Run(ctx) })
	b.t.Cleanup(func() { cancel(); parts.Wait() })
	if b.connect != nil {
		if err := b.connect(); err != nil {
			b.t.Fatal(err)
		}
	}
	parts.Go(func() { _ = b.devices.Run(ctx) })
	b.until("the device", func() bool { d, ok := b.devices.Device(b.id); return ok && d.State == wire.DeviceReady })
}

func (b *bench) changes() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

func (b *bench) listed(id string) (wire.Device, bool) {
	if b.stale != nil {
		return *b.stale, true
	}
	return b.devices.Device(id)
}

// sh runs a command on the device and gives its stdout.
func (b *bench) sh(command string) string {
	b.t.Helper()
	d, _ := b.devices.Device(b.id)
	shell, err := b.client.Shell(b.t.Context(), d.TransportID, command)
	if err != nil {
		b.t.Fatal(err)
	}
	defer shell.Close()
	var out strings.Builder
	for exited := false; !exited; {
		err := shell.Read(func(id adb.Packet, data []byte) {
			if id == adb.Stdout {
				out.Write(data)
			}
			exited = exited || id == adb.Exit
		})
		if err != nil && !exited {
			b.t.Fatalf("running %q: %v", command, err)
		}
	}
	return strings.TrimSpace(out.String())
}

func (b *bench) bootID() string { return b.sh("cat /proc/sys/kernel/random/boot_id") }

func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("waited too long for %s", what)
		}
	}
}

// record is what an act told.
type record struct {
	mu    sync.Mutex // guards what follows
	said  []string
	lines strings.Builder
}

func (r *record) Say(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, text)
}

func (r *record) Print(_ wire.Stream, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines.Write(data)
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.said, "\n")
}

// going is an act that goes on.
type going struct {
	*record
	b      *bench
	cancel context.CancelFunc
	ended  chan act.Ending
}

func (b *bench) begin(a wire.Act) *going {
	b.t.Helper()
	if mistakes := a.Check(); mistakes != nil {
		b.t.Fatal(mistakes)
	}
	device, _ := b.devices.Device(b.id)
	device.ID = b.id
	ctx, cancel := context.WithCancel(b.t.Context())
	g := &going{record: &record{}, b: b, cancel: cancel, ended: make(chan act.Ending, 1)}
	go func() { g.ended <- b.acts.Do(ctx, device, a, g) }()
	b.t.Cleanup(cancel)
	return g
}

func (g *going) end() act.Ending {
	g.b.t.Helper()
	select {
	case e := <-g.ended:
		return e
	case <-time.After(30 * time.Second):
		g.b.t.Fatalf("the act does not end; it said:\n%s", g.text())
		return act.Ending{}
	}
}

// says waits until the act has said it.
func (g *going) says(what string) {
	g.b.t.Helper()
	g.b.until("the words "+what, func() bool { return strings.Contains(g.text(), what) })
}

func (g *going) exits(code int) {
	g.b.t.Helper()
	if e := g.end(); e.Outcome != wire.Exited || e.Code != code || (e.Fault == nil) != (code == 0) {
		g.b.t.Fatalf("ended as %s %d, %+v; it said:\n%s", e.Outcome, e.Code, e.Fault, g.text())
	}
}
