package adb_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/electricbubble/gadb"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
)

// BenchmarkTransfer pushes and pulls a file of 64 MiB by this package, the adb
// client and gadb in turn, so that a neighbour's load falls on all of them, and
// gives the medians in MB/s and this package's share of the faster other: of
// their medians, and of their best rounds, which a busy machine disturbs less.
// Run it with -benchtime 5x.
func BenchmarkTransfer(b *testing.B) {
	cfg := adbsim.Config{Quota: 1 << 30}
	b.Run("simulated", func(b *testing.B) { benchmarkTransfer(b, onSimulated(b, cfg, "")) })
	b.Run("real", func(b *testing.B) { benchmarkTransfer(b, onReal(b, cfg, "")) })
}

const transferSize = 64 << 20

func benchmarkTransfer(b *testing.B, on *bench) {
	client, err := exec.LookPath("adb")
	if err != nil {
		b.Skip("no adb: install it (Debian: apt-get install adb) to compare with")
	}
	dir := b.TempDir()
	local, back := filepath.Join(dir, "file"), filepath.Join(dir, "back")
	if err := os.WriteFile(local, noise(transferSize), 0o644); err != nil {
		b.Fatal(err)
	}
	transport := on.transport(b)
	other, err := gadbOf(on)
	if err != nil {
		b.Fatal(err)
	}
	tool := func(args ...string) error {
		cmd := exec.Command(client, append([]string{"-s", on.serial}, args...)...)
		cmd.Env = append(os.Environ(), "ADB_SERVER_SOCKET=tcp:"+on.Addr(), "HOME="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	ways := []struct {
		name       string
		push, pull func() error
	}{
		{"ours", func() error {
			_, err := on.Push(b.Context(), transport, local, on.scratch+"/ours", adb.Transfer{})
			return err
		}, func() error {
			_, err := on.Pull(b.Context(), transport, on.scratch+"/ours", back, adb.Transfer{})
			return err
		}},
		{"adb", func() error { return tool("push", local, on.scratch+"/adb") }, func() error { return tool("pull", on.scratch+"/adb", back) }},
		{"gadb", func() error {
			f, err := os.Open(local)
			if err != nil {
				return err
			}
			defer f.Close()
			return other.PushFile(f, on.scratch+"/gadb")
		}, func() error {
			f, err := os.Create(back)
			if err != nil {
				return err
			}
			defer f.Close()
			return other.Pull(on.scratch+"/gadb", f)
		}},
	}
	rates := map[string][]float64{}
	for b.Loop() {
		for _, way := range ways {
			for i, do := range []func() error{way.push, way.pull} {
				what := way.name + []string{"-push", "-pull"}[i]
				// Not over the last one: what a disk does at once where a file is
				// replaced (ext4 writes it out) is not what is compared.
				if err := os.RemoveAll(back); err != nil {
					b.Fatal(err)
				}
				began := time.Now()
				if err := do(); err != nil {
					b.Fatal(what, err)
				}
				rates[what] = append(rates[what], transferSize/1e6/time.Since(began).Seconds())
			}
		}
	}
	b.StopTimer()
	sent, _ := os.ReadFile(local)
	if got, err := os.ReadFile(back); err != nil || !bytes.Equal(got, sent) {
		b.Errorf("%d bytes came back, %v", len(got), err)
	}
	for _, what := range []string{"push", "pull"} {
		mid, best := map[string]float64{}, map[string]float64{}
		for _, way := range ways {
			v := slices.Sorted(slices.Values(rates[way.name+"-"+what]))
			mid[way.name], best[way.name] = v[len(v)/2], v[len(v)-1]
			b.ReportMetric(mid[way.name], way.name+"-"+what+"-MB/s")
		}
		b.ReportMetric(mid["ours"]/max(mid["adb"], mid["gadb"]), what+"-share")
		b.ReportMetric(best["ours"]/max(best["adb"], best["gadb"]), what+"-share-of-best")
	}
}

func gadbOf(on *bench) (gadb.Device, error) {
	addr, err := netip.ParseAddrPort(on.Addr())
	if err != nil {
		return gadb.Device{}, err
	}
	c, err := gadb.NewClientWith(addr.Addr().String(), int(addr.Port()))
	if err != nil {
		return gadb.Device{}, err
	}
	devices, err := c.DeviceList()
	if err != nil {
		return gadb.Device{}, err
	}
	for _, d := range devices {
		if d.Serial() == on.serial {
			return d, nil
		}
	}
	return gadb.Device{}, fmt.Errorf("gadb does not list %s", on.serial)
}
