package daemon

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbkey"
	"github.com/farbench/farbench/agent/adbserver"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/wire"
)

func TestParseADB(t *testing.T) {
	for text, want := range map[string]adbMode{
		"sim":                {kind: "sim"},
		"auto":               {kind: "auto"},
		"attach":             {kind: "attach", addr: "127.0.0.1:5037"},
		"own":                {kind: "own", addr: "127.0.0.1:5038", port: 5038},
		"own:6001":           {kind: "own", addr: "127.0.0.1:6001", port: 6001},
		"tcp:10.0.0.7:5037":  {kind: "tcp", addr: "10.0.0.7:5037"},
		"tcp:[fe80::1]:5037": {kind: "tcp", addr: "[fe80::1]:5037"},
	} {
		if got, err := parseADB(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "usb", "sim:1", "auto:", "attach:1", "own:", "own:0", "own:70000", "own:-1", "tcp:", "tcp:host"} {
		if err := CheckADB(text); err == nil || !strings.Contains(err.Error(), "own:PORT") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// An agent with an adb server of its own: a device sees the agent's key, which
// outlives the agent; a server that is killed comes back with its TCP devices;
// the agent's end is the server's.
func TestDaemon_ownADBServer(t *testing.T) {
	program, err := adbserver.Find(t.Context(), "")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Setenv("HOME", t.TempDir())
	sim := adbsim.New(adbsim.Config{Devices: 3})
	addrs, err := sim.ListenADBD("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	background(t, sim.Run)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()

	h := newHub(t)
	c := Config{Bench: "b1", Data: t.TempDir(), ADB: "own:" + strconv.Itoa(port), NATS: dial.Server{URL: h.url()}}
	log := &countedLog{}
	c.Logger = slog.New(slog.NewTextHandler(log, nil))
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	stop := background(t, d.Run)
	if d.state.Agent.ADB != program.Version {
		t.Errorf("the bench says that its adb is %q, want %q", d.state.Agent.ADB, program.Version)
	}
	wait(t, "the server", func() bool { _, err := d.adb.Devices(t.Context()); return err == nil })
	asks, plain := addrs[2].String(), addrs[0].String()
	for _, addr := range []string{asks, plain} {
		if err := d.adb.Connect(t.Context(), addr); err != nil && addr == plain {
			t.Fatal(err)
		}
	}
	id := strings.NewReplacer(".", "-", ":", "-")
	is := func(addr string, state wire.DeviceState) func() bool {
		return func() bool { d, _ := d.devices.Device(id.Replace(addr)); return d.State == state }
	}
	wait(t, "the device that does not know the agent", is(asks, "unauthorized"))
	device := sim.Device("SIM0003")
	wait(t, "a key at the prompt", func() bool { return device.Offered() != nil })
	prompt := adbkey.Fingerprint(device.Offered())
	if shown, _ := d.devices.Device(id.Replace(asks)); !strings.Contains(shown.Hint, prompt) {
		t.Errorf("the remedy is %q, the prompt shows %s", shown.Hint, prompt)
	}
	device.Authorize()
	wait(t, "the device", is(asks, wire.DeviceReady))
	wait(t, "the other device", is(plain, wire.DeviceReady))

	conn, err := net.Dial("tcp", d.adb.Addr())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(conn, "0009host:kill") // an older server obeys
	io.Copy(io.Discard, conn)
	conn.Close()
	wait(t, "another server", func() bool { return log.count("adb server started") == 2 || program.Version > "31" })
	wait(t, "both devices on it", func() bool {
		return is(asks, wire.DeviceReady)() && is(plain, wire.DeviceReady)()
	})
	stop()
	if listens(net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) {
		t.Error("the server outlives its agent")
	}
}

// background runs a part until the test ends or it is stopped.
func background(t *testing.T, part func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- part(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// countedLog is a log whose words can be counted.
type countedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *countedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *countedLog) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), words)
}
