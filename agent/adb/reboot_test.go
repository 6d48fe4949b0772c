package adb_test

import (
	"net"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

func TestBench_Boot(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		first, err := b.Boot(t.Context(), b.transport(t))
		if err != nil || !first.Completed || first.ID == "" {
			t.Errorf("%+v, %v", first, err)
		}
		if second, err := b.Boot(t.Context(), b.transport(t)); err != nil || second != first {
			t.Errorf("then %+v, %v", second, err)
		}
	})
}

func TestBench_Client_Reboot(t *testing.T) {
	onBothServers(t, "reboots", func(t *testing.T, b *bench) {
		before, err := b.Boot(t.Context(), b.transport(t))
		if err != nil || before.ID == "" || !before.Completed {
			t.Fatalf("before: %+v, %v", before, err)
		}
		if err := b.Reboot(t.Context(), b.transport(t), ""); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			after, err := b.Boot(t.Context(), b.transport(t))
			if err == nil && after.Completed && after.ID != before.ID {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("after: %+v, %v", after, err)
			}
		}
	})
}

func TestClient_Reboot_whatTheDeviceSays(t *testing.T) {
	for answer, want := range map[string]wire.Code{
		"OKAY": "",
		"OKAYreboot (mars) failed: no such mode\n": wire.ActFailed,
		"FAIL0006closed": wire.OpenFailed,
		"":               wire.OpenFailed,
	} {
		server := adbtest.Start(t)
		server.Set(adbtest.Line("X", "device", "", 1))
		server.Handle("reboot:", func(conn net.Conn, _ string) { in(conn, answer) })
		if err := adb.New(server.Addr()).Reboot(t.Context(), 1, "mars"); code(err) != want {
			t.Errorf("%q gives %v", answer, err)
		}
	}
}
