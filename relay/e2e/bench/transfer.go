package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/e2e/lab"
)

const transferBytes = 64 << 20

// What was measured of a real adbd (facts/adb.md), in bytes a second. The
// simulation's, whose storage is this PC's memory, is about twice as fast.
const (
	realPush = 299_000_000
	realPull = 458_000_000
)

// transfer pushes and pulls a file by agent/adb, by the adb client, by gadb and
// by farbench through the whole chain, in turn: at the simulation's own adb
// server, at a real one with the simulation's adbd behind it, and at that with
// an adbd as fast as a real one.
func (b *bench) transfer(ctx context.Context, t *table, round, commands int) error {
	dir, err := os.MkdirTemp("", "farbench-transfer")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	content := make([]byte, transferBytes)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	local := filepath.Join(dir, "file")
	if err := os.WriteFile(local, content, 0o600); err != nil {
		return err
	}
	m := mover{b: b, t: t, local: local, back: filepath.Join(dir, "back"), turn: round}
	if err := m.at(ctx, "", "demo", b.device, b.sim.Host); err != nil {
		return err
	}
	there := "demo/" + b.device.ID + ":" + remote
	for way, args := range map[string][]string{"pull": {"pull", there, m.back}, "push": {"push", local, there}} {
		if err := m.beside(ctx, way, args, commands); err != nil {
			return err
		}
	}
	if b.path == "" {
		return nil
	}
	doc, err := b.relay.Bench(ctx, "real")
	if err != nil {
		return err
	}
	if len(doc.Devices) == 0 || doc.Devices[0].State != wire.DeviceReady {
		return errors.New("the real adb server has no device")
	}
	if err := m.at(ctx, "real adb server: ", "real", doc.Devices[0], b.server.Addr); err != nil {
		return err
	}
	m.paced = true
	return m.at(ctx, "real adb server, adbd as fast as a real one: ", "real", doc.Devices[0], b.server.Addr)
}

// mover moves one file in all ways.
type mover struct {
	b           *bench
	t           *table
	local, back string
	turn        int  // who begins
	paced       bool // adbd is as fast as a real one
}

const remote = "/data/local/tmp/transfer"

// way is one of several to move a file.
type way struct {
	name       string
	push, pull func() error
}

// ways are those to and from one device, by the adb server at addr; the last is
// the whole chain.
func (m mover) ways(ctx context.Context, bench string, device wire.Device, addr string) ([]way, error) {
	direct, there := adb.New(addr), bench+"/"+device.ID+":"+remote
	other, err := gadbAt(addr, device.Serial)
	if err != nil {
		return nil, err
	}
	ways := []way{{
		"agent/adb",
		func() error {
			_, err := direct.Push(ctx, device.TransportID, m.local, remote, adb.Transfer{})
			return err
		},
		func() error {
			_, err := direct.Pull(ctx, device.TransportID, remote, m.back, adb.Transfer{})
			return err
		},
	}, {
		"gadb",
		func() error {
			file, err := os.Open(m.local)
			if err != nil {
				return err
			}
			defer file.Close()
			return other.PushFile(file, remote)
		},
		func() error {
			file, err := os.Create(m.back)
			if err != nil {
				return err
			}
			return errors.Join(other.Pull(remote, file), file.Close())
		},
	}}
	if m.b.path != "" {
		client := func(args ...string) func() error {
			return func() error {
				return m.run(ctx, m.b.path, append([]string{"-s", device.Serial}, args...), "ADB_SERVER_SOCKET=tcp:"+addr)
			}
		}
		ways = append(ways, way{"adb client", client("push", m.local, remote), client("pull", remote, m.back)})
	}
	chain := func(args ...string) func() error {
		return func() error {
			return m.run(ctx, m.b.programs.Path("farbench"), args, "FARBENCH_URL="+m.b.relay.Base, "FARBENCH_TOKEN="+lab.Token)
		}
	}
	return append(ways, way{"whole chain", chain("push", m.local, there), chain("pull", there, m.back)}), nil
}

// at moves it to and from one device, by the adb server at addr.
func (m mover) at(ctx context.Context, prefix, bench string, device wire.Device, addr string) error {
	ways, err := m.ways(ctx, bench, device, addr)
	if err != nil {
		return err
	}
	defer func() { _ = m.pace(ctx, 0) }()
	if err := errors.Join(m.once(ways[0].push), m.once(ways[0].pull)); err != nil { // the simulation gets its memory
		return err
	}
	for _, what := range []struct {
		name  string
		speed int64
		do    func(way) func() error
	}{
		{prefix + "push of 64 MiB, ", realPush, func(w way) func() error { return w.push }},
		{prefix + "pull of 64 MiB, ", realPull, func(w way) func() error { return w.pull }},
	} {
		if m.paced {
			if err := m.pace(ctx, what.speed); err != nil {
				return err
			}
		}
		rates := map[string][]float64{}
		for turn := range turns {
			for i := range ways {
				w := ways[(i+m.turn+turn)%len(ways)]
				began := time.Now()
				if err := m.once(what.do(w)); err != nil {
					return fmt.Errorf("%s%s: %w", what.name, w.name, err)
				}
				rates[w.name] = append(rates[w.name], transferBytes/1e6/time.Since(began).Seconds())
			}
		}
		m.compare(what.name, ways, rates)
	}
	return nil
}

// compare writes a round's figures down.
func (m mover) compare(name string, ways []way, rates map[string][]float64) {
	var others float64 // the faster of them
	for _, w := range ways {
		rate := median(rates[w.name])
		row := m.t.row(name+w.name, "MB/s")
		row.add(rate)
		switch w.name {
		case "agent/adb":
		case "whole chain":
			if m.paced {
				row.floor(250)
			}
		default:
			others = max(others, rate)
		}
	}
	direct, chain := median(rates["agent/adb"]), median(rates["whole chain"])
	m.t.row(name+"agent/adb / the faster other", "×").floor(0.9).add(direct / others)
	row := m.t.row(name+"whole chain / the fastest direct way", "×")
	if row.add(chain / max(direct, others)); m.paced {
		row.floor(0.8) // what a tester at the bench would have
	}
}

// pace lets the device be no faster than so many bytes a second.
func (m mover) pace(ctx context.Context, rate int64) error {
	return m.b.direct(ctx, fmt.Sprintf("setprop debug.farbench.fault 'slow %d'", rate))
}

// once moves the file in one way, onto nothing: a disk writes out at once what
// takes the place of another file (ext4 does, at a rename), which is not what is
// compared.
func (m mover) once(do func() error) error {
	if err := os.RemoveAll(m.back); err != nil {
		return err
	}
	return do()
}

func (m mover) run(ctx context.Context, program string, args []string, settings ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(cmd.Environ(), settings...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return err
}
