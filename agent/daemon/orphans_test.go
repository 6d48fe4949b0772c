package daemon

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
)

func TestDaemon_EndsForwardsOfAnEarlierLife(t *testing.T) {
	sim := adbsim.New(adbsim.Config{Devices: 1})
	addr := must(sim.ListenHost("127.0.0.1:0"))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = sim.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })

	data := t.TempDir()
	path := filepath.Join(t.TempDir(), "leases") // of the life that dies
	earlier := adb.New(addr.String())
	earlier.Ledger = must(adb.OpenLedger(path))
	lease := must(earlier.Forward(ctx, 1, "tcp:0", "tcp:7"))
	if err := os.WriteFile(filepath.Join(data, "leases"), must(os.ReadFile(path)), 0o600); err != nil {
		t.Fatal(err)
	}
	startBench(t, newHub(t), func(c *Config) { c.ADB, c.Data = "tcp:"+addr.String(), data })
	wait(t, "the forward "+lease.Local+" to end", func() bool {
		list, err := adb.New(addr.String()).Forwards(ctx)
		return err == nil && len(list) == 0
	})
	t.Cleanup(func() { cancel(); <-lease.Done() })
}
