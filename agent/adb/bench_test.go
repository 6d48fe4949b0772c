package adb_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// bench is what a test of the suite works with: a device behind an adb server,
// simulated or real.
type bench struct {
	*adb.Client
	device  *adbsim.Device // nil where it is a real one, or one that passes for it
	server  *adbtest.Real  // nil where it is not the test's own
	serial  string         // of the device, as the server lists it
	scratch string         // a folder of the test's own on the device, empty at first
	found   []adb.Forward  // the server's and the device's, before the test
	tag     string         // under which the test writes to the device's log
}

// scratchIn is where every Android lets adb write.
const scratchIn = "/data/local/tmp/"

// settled is the bench with its folder made.
func (b *bench) settled(t testing.TB) *bench {
	t.Helper()
	b.scratch = scratchIn + "farbench-test-" + strings.ToLower(rand.Text()[:12])
	if r := b.run(t, "mkdir -m 770 "+b.scratch); r.exit != 0 {
		t.Fatalf("making a folder for the test: %+v", r)
	}
	if b.device == nil { // a simulated one goes with all that is on it
		t.Cleanup(func() { b.remove(t) })
		b.found = append(b.forwards(t), b.reverses(t)...)
	}
	return b
}

// simulate runs a simulated bench until the test ends.
func simulate(t testing.TB, cfg adbsim.Config, listen func(*adbsim.Bench)) *adbsim.Bench {
	t.Helper()
	cfg.Devices, cfg.Logger = 2, slog.New(slog.DiscardHandler)
	sim := adbsim.New(cfg)
	listen(sim)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- sim.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the simulation ended with %v", err)
		}
	})
	return sim
}

// onSimulated is a bench behind the simulation's own adb server. Its device
// offers features, unless they are empty.
func onSimulated(t testing.TB, cfg adbsim.Config, features string) *bench {
	var addr string
	sim := simulate(t, cfg, func(b *adbsim.Bench) {
		a, err := b.ListenHost("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr = a.String()
	})
	b := &bench{Client: adb.New(addr), device: sim.Device("SIM0001"), serial: "SIM0001", tag: tag}
	if features != "" {
		b.device.SetFeatures(features)
	}
	return b.settled(t)
}

// onReal is a bench behind a real adb server.
func onReal(t testing.TB, cfg adbsim.Config, features string) *bench {
	server := adbtest.StartReal(t)
	var serial string
	sim := simulate(t, cfg, func(b *adbsim.Bench) {
		addrs, err := b.ListenADBD("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		serial = addrs[0].String()
	})
	t.Cleanup(server.Kill) // before the simulation ends: it would try to connect again
	if features != "" {
		sim.Device("SIM0001").SetFeatures(features)
	}
	b := &bench{Client: adb.New(server.Addr()), server: server, device: sim.Device("SIM0001"), serial: serial, tag: tag}
	b.OpenTimeout = 30 * time.Second // it begins beside a server, a device and their handshake
	if err := b.Connect(t.Context(), serial); err != nil {
		t.Fatal(err)
	}
	watch(t, b.Client).until(t, "the device", func(devices []adb.Device, err error) bool {
		return err == nil && b.in(devices).State == "device"
	})
	return b.settled(t)
}

// in is the device in a list, the zero Device where it is not.
func (b *bench) in(devices []adb.Device) adb.Device {
	for _, d := range devices {
		if d.Serial == b.serial {
			return d
		}
	}
	return adb.Device{}
}

func (b *bench) transport(t testing.TB) int64 {
	t.Helper()
	devices, err := b.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.in(devices).TransportID
}

func (b *bench) open(t testing.TB, command string) *adb.Shell {
	t.Helper()
	shell, err := b.Shell(t.Context(), b.transport(t), command)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	t.Cleanup(func() { shell.Close() })
	return shell
}

func (b *bench) run(t testing.TB, command string) result {
	t.Helper()
	shell := b.open(t, command)
	if err := shell.CloseStdin(); err != nil {
		t.Logf("%s: closing stdin: %v", command, err) // it may have ended already
	}
	return readAll(shell)
}

func TestBench_control(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		if version, err := b.Version(ctx); err != nil || version < 40 {
			t.Errorf("Version gives %d, %v", version, err)
		}
		if got := b.forwards(t); len(got) != 0 {
			t.Errorf("Forwards gives %v", got)
		}
		if state, err := b.State(ctx, b.serial); err != nil || state != "device" {
			t.Errorf("State gives %q, %v", state, err)
		}
		features, err := b.Features(ctx, b.transport(t))
		if err != nil || !features.Has("shell_v2") || !features.Has("cmd") || features.Has("no_such_feature") {
			t.Errorf("Features gives %v, %v", features, err)
		}
		properties, err := b.Properties(ctx, b.transport(t))
		if err != nil || properties["ro.product.model"] == "" {
			t.Errorf("Properties gives %v, %v", properties, err)
		}
		for _, name := range []string{"ro.product.model", "ro.build.version.sdk", "ro.build.fingerprint"} {
			if got := strings.TrimSpace(b.sh(t, "getprop "+name)); got != properties[name] {
				t.Errorf("%s is %q, Properties gives %q", name, got, properties[name])
			}
		}
		if b.device != nil && properties["ro.serialno"] != "SIM0001" {
			t.Errorf("the serial is %q", properties["ro.serialno"])
		}
	})
}

func TestBench_Shell(t *testing.T) {
	var numbers strings.Builder
	for i := range 50_000 {
		fmt.Fprintln(&numbers, i+1)
	}
	onEveryServer(t, func(t *testing.T, b *bench) {
		for _, c := range []struct {
			command string
			want    result
		}{
			{"echo hello; echo oh >&2; exit 7", result{"hello\n", "oh\n", 7, io.EOF}},
			{"true", result{"", "", 0, io.EOF}},
			{"kill -9 $$", result{"", "", 128 + 9, io.EOF}},
			{"seq 1 50000", result{numbers.String(), "", 0, io.EOF}},
			{"seq 1 50000 >&2; exit 1", result{"", numbers.String(), 1, io.EOF}},
			{"printf 'a\\000b\\377c'", result{"a\x00b\xffc", "", 0, io.EOF}},
		} {
			if got := b.run(t, c.command); got != c.want {
				t.Errorf("%s: %.200v", c.command, got)
			}
		}
	})
}

func TestBench_Shell_stdin(t *testing.T) {
	text := strings.Repeat("0123456789abcdef\n", 30_000)
	onEveryServer(t, func(t *testing.T, b *bench) {
		shell := b.open(t, "cat")
		var writing sync.WaitGroup
		writing.Go(func() {
			if err := errors.Join(shell.WriteStdin([]byte(text)), shell.CloseStdin()); err != nil {
				t.Error(err)
			}
		})
		got := readAll(shell)
		writing.Wait()
		if got.out != text || got.exit != 0 {
			t.Errorf("%d of %d bytes came back, exit %d, %v", len(got.out), len(text), got.exit, got.end)
		}
	})
}

func TestBench_Shell_endsWithoutExitPacket(t *testing.T) {
	onBothServers(t, "needs an adbd that leaves out the exit packet", func(t *testing.T, b *bench) {
		b.device.OmitExit(true)
		if got := b.run(t, "echo hello"); got != (result{"hello\n", "", -1, io.EOF}) {
			t.Errorf("%v", got)
		}
	})
}

func TestBench_Shell_deviceIsLost(t *testing.T) {
	onBothServers(t, "takes the device away in the middle of a command", func(t *testing.T, b *bench) {
		w := watch(t, b.Client)
		shell := b.open(t, "echo started; sleep 600")
		started := ""
		for started != "started\n" {
			if err := shell.Read(func(_ adb.Packet, data []byte) { started += string(data) }); err != nil {
				t.Fatal(err)
			}
		}
		b.device.Vanish()
		if got := readAll(shell); got.exit != -1 || got.end == nil {
			t.Errorf("the shell ended as %v", got)
		}
		w.until(t, "the device offline or gone", func(devices []adb.Device, err error) bool {
			return err == nil && b.in(devices).State != "device"
		})
	})
}

func TestBench_Shell_frozenDevice(t *testing.T) {
	onBothServers(t, "freezes the device", func(t *testing.T, b *bench) {
		impatient := adb.New(b.Addr())
		impatient.OpenTimeout = 200 * time.Millisecond
		transport := b.transport(t)
		b.device.Freeze()
		defer b.device.Thaw()
		if _, err := impatient.Shell(t.Context(), transport, "true"); code(err) != wire.OpenFailed {
			t.Errorf("gives %v", err)
		}
	})
}

func TestBench_Shell_refusedByState(t *testing.T) {
	onSimulation(t, adbsim.Config{}, "sets the device's state", func(t *testing.T, b *bench) {
		for state, want := range map[string]wire.Code{"offline": wire.DeviceOffline, "unauthorized": wire.DeviceUnauthorized} {
			b.device.SetState(state)
			if _, err := b.Shell(t.Context(), b.transport(t), "true"); code(err) != want {
				t.Errorf("%s gives %v", state, err)
			}
			if word, err := b.State(t.Context(), b.serial); word != state && code(err) == "" {
				t.Errorf("%s is %q, %v", state, word, err)
			}
		}
		b.device.SetState("recovery")
		if word, err := b.State(t.Context(), b.serial); word != "recovery" || err != nil {
			t.Errorf("recovery is %q, %v", word, err)
		}
	})
}
