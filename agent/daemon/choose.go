package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
)

// chooseADB finds the adb server: the one named; or, with auto, the PC's own
// where it runs and has devices; or the simulation, in this process.
func (d *Daemon) chooseADB() error {
	addr, err := adbAddress(d.c.ADB)
	if err != nil {
		return err
	}
	if d.c.ADB == "auto" && hasDevices(adb.DefaultAddr) {
		addr = adb.DefaultAddr
	}
	if addr != "" {
		d.adb = adb.New(addr)
		return nil
	}
	bench := adbsim.New(adbsim.Config{Devices: d.c.SimDevices, Logger: d.c.Logger})
	at, err := bench.ListenHost("127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the simulated bench: %w", err)
	}
	d.simBench = bench
	d.adb = adb.New(at.String())
	return nil
}

func hasDevices(addr string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	devices, err := adb.New(addr).Devices(ctx)
	return err == nil && len(devices) > 0
}
