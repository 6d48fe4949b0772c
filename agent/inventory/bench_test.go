package inventory

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// simulated runs the simulated bench.
func simulated(t *testing.T) (sim *adbsim.Bench, addr string) {
	t.Helper()
	sim = adbsim.New(adbsim.Config{Logger: slog.New(slog.DiscardHandler)})
	at, err := sim.ListenHost("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- sim.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the simulation ended with %v", err)
		}
	})
	return sim, at.String()
}

func TestInventory_simulatedBench(t *testing.T) {
	sim, addr := simulated(t)
	one, two, three := sim.Devices()[0], sim.Devices()[2], sim.Devices()[1]
	w := run(t, addr, Config{KeepGone: 50 * time.Millisecond})

	w.until(t, "all three, two with properties", func(d map[string]wire.Device, reason string) bool {
		return reason == "" && len(d) == 3 && d["sim0001"].State == wire.DeviceReady && d["sim0002-5555"].State == wire.DeviceReady && d["sim0003"].State == "unauthorized" &&
			d["sim0001"].Properties["ro.build.fingerprint"] != "" && !strings.Contains(d["sim0001"].Model, "_")
	})
	three.Vanish()
	one.SetState(adbsim.StateUnauthorized)
	w.until(t, "what to do about it", func(d map[string]wire.Device, _ string) bool {
		return d["sim0001"].State == "unauthorized" && strings.Contains(d["sim0001"].Hint, "key prompt")
	})
	one.SetState(adbsim.StateDevice)
	two.Vanish()
	w.until(t, "one left", func(d map[string]wire.Device, _ string) bool {
		return len(d) == 1 && d["sim0001"].State == wire.DeviceReady
	})
	two.SetState(adbsim.StateDevice)
	w.until(t, "both again", func(d map[string]wire.Device, _ string) bool { return len(d) == 2 })

	one.SetSerial("0000")
	two.SetSerial("0000")
	w.until(t, "two that are both 0000", func(d map[string]wire.Device, _ string) bool {
		return len(d) == 2 && d["0000-usb-1-1"].State == wire.DeviceReady && d["0000-usb-1-3"].State == wire.DeviceReady
	})
	one.Vanish()
	w.until(t, "the other one, under its own id", func(d map[string]wire.Device, _ string) bool {
		return len(d) == 1 && d["0000-usb-1-3"].State == wire.DeviceReady
	})
}

func TestInventory_frozenDevice(t *testing.T) {
	sim, addr := simulated(t)
	client := adb.New(addr)
	client.OpenTimeout = time.Second
	w := run(t, addr, Config{Client: client})
	w.until(t, "both", func(d map[string]wire.Device, _ string) bool { return d["sim0001"].State == wire.DeviceReady })
	sim.Devices()[0].Freeze()
	w.until(t, "what adb lists as ready does not answer", func(d map[string]wire.Device, _ string) bool {
		return d["sim0001"].State == wire.DeviceNotAnswering && d["sim0001"].Hint != "" && d["sim0002-5555"].State == wire.DeviceReady
	})
	sim.Devices()[0].Thaw()
	w.until(t, "it answers again", func(d map[string]wire.Device, _ string) bool { return d["sim0001"].State == wire.DeviceReady })
}

func TestInventory_Rebooting(t *testing.T) {
	_, addr := simulated(t)
	w := run(t, addr, Config{KeepGone: 10 * time.Millisecond})
	var before wire.Device
	w.until(t, "the device", func(d map[string]wire.Device, _ string) bool {
		before = d["sim0001"]
		return before.State == wire.DeviceReady && len(before.Properties) > 0
	})
	shell, err := w.config.Client.Shell(t.Context(), before.TransportID, "setprop debug.farbench.fault reboot; sleep 60")
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	w.Rebooting("sim0001")
	w.until(t, "that it reboots", func(d map[string]wire.Device, _ string) bool { return d["sim0001"].State == wire.DeviceRebooting })
	w.until(t, "that it has left, and for longer than others are kept is still listed", func(d map[string]wire.Device, _ string) bool {
		list, err := w.config.Client.Devices(t.Context())
		return err == nil && len(list) == 2 && d["sim0001"].State == wire.DeviceRebooting
	})
	w.until(t, "it is back", func(d map[string]wire.Device, _ string) bool {
		return d["sim0001"].State == wire.DeviceReady && d["sim0001"].TransportID != before.TransportID
	})
}
