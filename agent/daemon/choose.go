package daemon

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbkey"
	"github.com/farbench/farbench/agent/adbserver"
	"github.com/farbench/farbench/agent/adbsim"
)

// chooseADB finds the adb server: the one named; the agent's own; with auto,
// the PC's own where it runs and has devices; or the simulation, in this
// process.
func (d *Daemon) chooseADB() error {
	m, err := parseADB(d.c.ADB)
	if err != nil {
		return err
	}
	if m.kind == "auto" && hasDevices(adb.DefaultAddr) {
		m.addr = adb.DefaultAddr
	}
	switch {
	case m.kind == "own":
		err = d.ownServer(m)
	case m.addr != "":
		d.unauthorized = acceptPrompt + ": it names the key of whoever started the adb server at " + m.addr
		d.findADB()
	default:
		return d.simulate()
	}
	d.adb = adb.New(m.addr)
	return err
}

const acceptPrompt = "Accept the key prompt on the head unit"

// ownServer makes an adb server of the agent's own, with a key of its own in the
// state directory: a service has no home in which adb could keep one that
// stays.
func (d *Daemon) ownServer(m adbMode) error {
	program, err := adbserver.Find(context.Background(), d.c.ADBPath)
	if err != nil {
		return err
	}
	home := filepath.Join(d.c.Data, "adb")
	host, _ := os.Hostname()
	key, err := adbkey.Ensure(adbserver.KeyIn(home), "farbench-"+d.c.Bench+"@"+host)
	if err != nil {
		return err
	}
	d.unauthorized = acceptPrompt + ", always for this computer"
	if runtime.GOOS != "windows" { // unconfirmed there: adb.exe may look for its home elsewhere
		d.unauthorized += ": it shows the agent's own key, " + adbkey.Fingerprint(&key.PublicKey)
	}
	d.adbVersion = program.Version
	d.c.Logger.Info("the agent's own adb server", "addr", m.addr, "adb", program.Path, "version", program.Version, "key", adbkey.Fingerprint(&key.PublicKey))
	if m.addr != adb.DefaultAddr && listens(adb.DefaultAddr) {
		d.c.Logger.Warn("another adb server runs on this PC: two cannot both have a device on USB; end it, or use --adb attach", "addr", adb.DefaultAddr)
	}
	d.adbServer = adbserver.New(adbserver.Config{Program: program, Port: m.port, Home: home, Logger: d.c.Logger})
	return nil
}

// findADB reports the PC's adb, which the agent does not need as long as
// somebody else runs a server.
func (d *Daemon) findADB() {
	program, err := adbserver.Find(context.Background(), d.c.ADBPath)
	if err != nil {
		d.c.Logger.Info("no adb on this PC: the server is somebody else's", "err", err)
		return
	}
	d.adbVersion = program.Version
	d.c.Logger.Info("adb of this PC", "adb", program.Path, "version", program.Version)
}

func (d *Daemon) simulate() error {
	bench := adbsim.New(adbsim.Config{Devices: d.c.SimDevices, Logger: d.c.Logger})
	at, err := bench.ListenHost("127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the simulated bench: %w", err)
	}
	d.simBench = bench
	d.adb = adb.New(at.String())
	return nil
}

func listens(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func hasDevices(addr string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	devices, err := adb.New(addr).Devices(ctx)
	return err == nil && len(devices) > 0
}
