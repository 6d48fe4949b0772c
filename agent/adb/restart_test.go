package adb_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// listed is the device as the server lists it now.
func (b *bench) listed(t testing.TB) adb.Device {
	t.Helper()
	devices, err := b.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.in(devices)
}

func patiently(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestBench_WaitBooted_isAnotherBootThatHasCompleted(t *testing.T) {
	onBothQuickly(t, "reboots", func(t *testing.T, b *bench) {
		ctx, was := patiently(t), b.listed(t)
		before, err := b.Boot(ctx, was.TransportID)
		if err != nil || before.ID == "" || !before.Completed {
			t.Fatalf("before: %+v, %v", before, err)
		}
		if err := b.Reboot(ctx, was.TransportID, ""); err != nil {
			t.Fatal(err)
		}
		d, boot, err := b.WaitBooted(ctx, was, before)
		if err != nil {
			t.Fatal(err)
		}
		if boot.ID == before.ID || !boot.Completed || d.State != "device" {
			t.Errorf("%+v with %+v, before %+v with %+v", d, boot, was, before)
		}
	})
}

func TestBench_WaitBooted_deviceThatNeverLeft(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		was := b.listed(t)
		before, err := b.Boot(t.Context(), was.TransportID)
		if err != nil {
			t.Fatal(err)
		}
		for name, before := range map[string]adb.Boot{"a known boot": before, "none known": {}} {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			if _, _, err := b.WaitBooted(ctx, was, before); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: a device that did not reboot counts as rebooted: %v", name, err)
			}
			cancel()
		}
	})
}

func TestBench_Root_waitsForADBDToComeBack(t *testing.T) {
	onBothQuickly(t, "changes adbd's rights and the system partitions", func(t *testing.T, b *bench) {
		ctx, was := patiently(t), b.listed(t)
		got, err := b.Root(ctx, was.TransportID)
		if err != nil || !got.Restarted || got.Device.State != "device" {
			t.Fatalf("Root: %+v, %v", got, err)
		}
		if again, err := b.Root(ctx, got.Device.TransportID); err != nil || again.Restarted || again.Said != "adbd is already running as root" {
			t.Errorf("Root again: %+v, %v", again, err)
		}
		if _, err := b.Remount(ctx, got.Device.TransportID); code(err) != wire.Forbidden || !strings.Contains(err.Error(), "dm-verity") {
			t.Errorf("Remount with verity: %v", err)
		}
		if said, err := b.Verity(ctx, got.Device.TransportID, false); err != nil || !strings.Contains(said, "Successfully disabled verity") {
			t.Errorf("Verity: %q, %v", said, err)
		}
		if said, err := b.Remount(ctx, got.Device.TransportID); err != nil || said != "remount succeeded" {
			t.Errorf("Remount: %q, %v", said, err)
		}
		if r := b.sh(t, "id -un"); r != "root\n" {
			t.Errorf("the rights of %q", r)
		}
		back, err := b.Unroot(ctx, got.Device.TransportID)
		if err != nil || !back.Restarted {
			t.Errorf("Unroot: %+v, %v", back, err)
		}
		if _, err := b.Remount(ctx, back.Device.TransportID); code(err) != wire.Forbidden {
			t.Errorf("Remount without root: %v", err)
		}
	})
}

func TestTCPIP_saysWhatADBDDoes(t *testing.T) {
	b := onSimulated(t, adbsim.Config{BootTime: 150 * time.Millisecond}, "")
	ctx, was := patiently(t), b.listed(t)
	if _, err := b.TCPIP(ctx, was.TransportID, 0); code(err) != wire.Invalid {
		t.Errorf("port 0: %v", err)
	}
	got, err := b.TCPIP(ctx, was.TransportID, 6000)
	if err != nil || got.Said != "restarting in TCP mode port: 6000" || got.Device.TransportID == was.TransportID {
		t.Errorf("TCPIP: %+v, %v", got, err)
	}
	if _, err := b.Root(ctx, 4711); code(err) != wire.DeviceOffline {
		t.Errorf("Root of nobody: %v", err)
	}
}

func TestRoot_productionBuild(t *testing.T) {
	b := onSimulated(t, adbsim.Config{}, "")
	b.device.SetDebuggable(false)
	if _, err := b.Root(t.Context(), b.transport(t)); code(err) != wire.Forbidden {
		t.Errorf("a production build: %v", err)
	}
}
