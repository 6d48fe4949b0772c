package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/farbench/farbench/agent/adb"
)

const transferBytes = 64 << 20

// transfer pushes and pulls a file by agent/adb and by the adb client in turn.
// (BenchmarkTransfer of agent/adb compares with gadb too, and through a real
// adb server.)
func (b *bench) transfer(ctx context.Context, t *table) error {
	dir, err := os.MkdirTemp("", "farbench-transfer")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	content := make([]byte, transferBytes)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	local, back := filepath.Join(dir, "file"), filepath.Join(dir, "back")
	if err := os.WriteFile(local, content, 0o600); err != nil {
		return err
	}
	const remote = "/data/local/tmp/transfer"
	timed := func(what string, do func() error) (rate float64, err error) {
		began := time.Now()
		if err := do(); err != nil {
			return 0, fmt.Errorf("%s: %w", what, err)
		}
		rate = transferBytes / 1e6 / time.Since(began).Seconds()
		t.row(what, "MB/s").add(rate)
		return rate, nil
	}
	client := func(args ...string) error {
		cmd := exec.CommandContext(ctx, b.path, append([]string{"-s", b.device.Serial}, args...)...)
		cmd.Env = append(cmd.Environ(), "ADB_SERVER_SOCKET=tcp:"+b.sim.Host)
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		return err
	}
	for _, way := range []struct {
		name string
		ours func() error
		args []string
	}{
		{"push of 64 MiB", func() error {
			_, err := b.adb.Push(ctx, b.device.TransportID, local, remote, adb.Transfer{})
			return err
		}, []string{"push", local, remote}},
		{"pull of 64 MiB", func() error {
			_, err := b.adb.Pull(ctx, b.device.TransportID, remote, back, adb.Transfer{})
			return err
		}, []string{"pull", remote, back}},
	} {
		ours, err := timed(way.name+", direct adb", way.ours)
		if err != nil {
			return err
		}
		if b.path == "" {
			continue
		}
		theirs, err := timed(way.name+", adb client", func() error { return client(way.args...) })
		if err != nil {
			return err
		}
		t.row(way.name+", direct adb / adb client", "×").floor(0.9).add(ours / theirs)
	}
	return nil
}
