package inventory

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

// watched is a running inventory and what it told last.
type watched struct {
	*Inventory
	mu      sync.Mutex
	devices []wire.Device
	reason  string
	told    int
}

func run(t *testing.T, addr string, c Config) *watched {
	t.Helper()
	w := &watched{}
	if c.Client == nil {
		c.Client = adb.New(addr)
	}
	c.Client.PollEvery = 20 * time.Millisecond
	c.Logger = slog.New(slog.DiscardHandler)
	c.Changed = func(devices []wire.Device, reason string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.devices, w.reason = devices, reason
		w.told++
	}
	w.Inventory = New(c)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	})
	return w
}

// until waits for what was told last to be as wanted.
func (w *watched) until(t *testing.T, what string, ok func(devices map[string]wire.Device, reason string) bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		w.mu.Lock()
		devices := map[string]wire.Device{}
		for _, d := range w.devices {
			devices[d.ID] = d
		}
		good := w.told > 0 && ok(devices, w.reason)
		reason := w.reason
		w.mu.Unlock()
		if good {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not seen; last told: %v, %q", what, devices, reason)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestInventory(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("SIM0001", "device", "usb:1-4", 1), adbtest.Line("ABC.7", "unauthorized", "", 2))
	w := run(t, server.Addr(), Config{KeepGone: 100 * time.Millisecond})

	w.until(t, "both devices, one with properties", func(d map[string]wire.Device, reason string) bool {
		one, two := d["sim0001"], d["abc-7"]
		return reason == "" && len(d) == 2 && one.State == wire.DeviceReady && one.Model == "Farbench HU" &&
			one.Properties["ro.build.version.release"] == "14" && one.Hint == "" &&
			two.State == "unauthorized" && two.Hint == "Accept the key prompt on the head unit"
	})
	if d, ok := w.Device("sim0001"); !ok || d.TransportID != 1 || d.Serial != "SIM0001" {
		t.Errorf("Device gives %v, %v", d, ok)
	}

	server.Set(adbtest.Line("SIM0001", "device", "usb:1-4", 3))
	w.until(t, "the vanished one gone, the other under its new transport id", func(d map[string]wire.Device, _ string) bool {
		return len(d) == 1 && d["sim0001"].TransportID == 3 && d["sim0001"].Properties["ro.build.version.release"] == "14"
	})

	server.SetQuietly(adbtest.Line("SIM0001", "offline", "usb:1-4", 3))
	w.until(t, "what only the poll sees", func(d map[string]wire.Device, _ string) bool { return d["sim0001"].State == "offline" })

	server.Stop()
	w.until(t, "why the device cannot be used", func(d map[string]wire.Device, _ string) bool {
		return d["sim0001"].State == wire.DeviceServerLost && d["sim0001"].Hint != ""
	})
	w.until(t, "no server, with the remedy", func(d map[string]wire.Device, reason string) bool {
		return len(d) == 0 && strings.Contains(reason, "No adb server answers at "+server.Addr()) && strings.Contains(reason, "adb start-server")
	})
	server.Resume()
	w.until(t, "the server is back", func(d map[string]wire.Device, reason string) bool { return len(d) == 1 && reason == "" })
}

func TestInventory_Run_noServerFromTheStart(t *testing.T) {
	server := adbtest.Start(t)
	server.Stop()
	w := run(t, server.Addr(), Config{})
	w.until(t, "the reason", func(_ map[string]wire.Device, reason string) bool { return reason != "" })
}

func TestInventory_Run_deviceThatLosesItsShell(t *testing.T) {
	server := adbtest.Start(t)
	var mu sync.Mutex
	asked := 0
	server.Handle("shell,v2,raw:getprop", func(conn net.Conn, _ string) {
		mu.Lock()
		asked++
		mu.Unlock()
		io.WriteString(conn, "OKAY") // and no exit packet
	})
	server.Set(adbtest.Line("SIM0001", "device", "", 1))
	w := run(t, server.Addr(), Config{})
	w.until(t, "the device, without properties", func(d map[string]wire.Device, _ string) bool {
		mu.Lock()
		defer mu.Unlock()
		return asked > 0 && d["sim0001"].State == wire.DeviceReady && len(d["sim0001"].Properties) == 0
	})
}

func TestInventory_Run_remembersIDs(t *testing.T) {
	path := t.TempDir() + "/devices.json"
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X1", "device", "usb:1-4", 1))
	first := run(t, server.Addr(), Config{Path: path, KeepGone: time.Millisecond})
	first.until(t, "one", func(d map[string]wire.Device, _ string) bool { return d["x1"].Serial != "" })
	server.Set(adbtest.Line("X1", "device", "usb:1-4", 1), adbtest.Line("X1", "device", "usb:1-5", 2))
	two := func(d map[string]wire.Device, _ string) bool {
		return len(d) == 2 && d["x1"].DevPath == "usb:1-4" && d["x1-usb-1-5"].DevPath == "usb:1-5"
	}
	first.until(t, "two", two)

	second := run(t, server.Addr(), Config{Path: path, KeepGone: time.Millisecond})
	second.until(t, "the same two", two)
	server.Set(adbtest.Line("X1", "device", "usb:1-5", 7))
	second.until(t, "the one that is left", func(d map[string]wire.Device, _ string) bool {
		return len(d) == 1 && d["x1-usb-1-5"].TransportID == 7
	})
}
