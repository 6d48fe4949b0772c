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

// transfer pushes and pulls a file by agent/adb, by the adb client and by
// farbench through the whole chain, in turn: at the simulation's own adb server,
// and at a real one with the simulation's adbd behind it. (BenchmarkTransfer of
// agent/adb compares with gadb too.)
func (b *bench) transfer(ctx context.Context, t *table, commands int) error {
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
	m := mover{b: b, t: t, local: local, back: filepath.Join(dir, "back")}
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
	return m.at(ctx, "real adb server: ", "real", doc.Devices[0], b.server.Addr)
}

// mover moves one file in all ways.
type mover struct {
	b           *bench
	t           *table
	local, back string
}

const remote = "/data/local/tmp/transfer"

// at moves it to and from one device, by the adb server at addr.
func (m mover) at(ctx context.Context, prefix, bench string, device wire.Device, addr string) error {
	direct := adb.New(addr)
	there := bench + "/" + device.ID + ":" + remote
	for _, way := range []struct {
		name        string
		ours        func() error
		args, chain []string
	}{
		{"push of 64 MiB", func() error {
			_, err := direct.Push(ctx, device.TransportID, m.local, remote, adb.Transfer{})
			return err
		}, []string{"push", m.local, remote}, []string{"push", m.local, there}},
		{"pull of 64 MiB", func() error {
			_, err := direct.Pull(ctx, device.TransportID, remote, m.back, adb.Transfer{})
			return err
		}, []string{"pull", remote, m.back}, []string{"pull", there, m.back}},
	} {
		name := prefix + way.name
		ours, err := m.timed(name+", direct adb", way.ours)
		if err != nil {
			return err
		}
		whole, err := m.timed(name+", whole chain", func() error {
			return m.run(ctx, m.b.programs.Path("farbench"), way.chain, "FARBENCH_URL="+m.b.relay.Base, "FARBENCH_TOKEN="+lab.Token)
		})
		if err != nil {
			return err
		}
		if m.b.path == "" {
			m.t.row(name+", whole chain / direct adb", "×").add(whole / ours)
			continue
		}
		theirs, err := m.timed(name+", adb client", func() error {
			return m.run(ctx, m.b.path, append([]string{"-s", device.Serial}, way.args...), "ADB_SERVER_SOCKET=tcp:"+addr)
		})
		if err != nil {
			return err
		}
		m.t.row(name+", direct adb / adb client", "×").floor(0.9).add(ours / theirs)
		row := m.t.row(name+", whole chain / adb client", "×")
		if row.add(whole / theirs); prefix != "" {
			row.floor(0.8) // what a tester would do without Farbench
		}
	}
	return nil
}

func (m mover) timed(what string, do func() error) (rate float64, err error) {
	began := time.Now()
	if err := do(); err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	rate = transferBytes / 1e6 / time.Since(began).Seconds()
	m.t.row(what, "MB/s").add(rate)
	return rate, nil
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
