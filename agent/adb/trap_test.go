package adb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// The traps of gadb that no user of this package meets, by their numbers; those
// of shells (1, 6) and of files' kinds (7) stand beside their like.

// gadb loses the last piece of a reader that returns it together with its end.
func TestBench_Trap2_theLastPieceOfAPushArrives(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		data := noise(100_000)
		s := b.sync(t)
		n, err := s.Put(t.Context(), b.scratch+"/whole", 0o644, time.Now(), iotest.DataErrReader(bytes.NewReader(data)))
		if err != nil || n != int64(len(data)) {
			t.Fatalf("sent %d, %v", n, err)
		}
		var got bytes.Buffer
		if _, err := s.Receive(t.Context(), b.scratch+"/whole", &got); err != nil || !bytes.Equal(got.Bytes(), data) {
			t.Errorf("%d bytes arrived, %v", got.Len(), err)
		}
	})
}

// gadb leaves the socket of a selection that failed to the garbage collector.
func TestTrap3_aRefusedSelectionLeavesNothingOpen(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	server := adbtest.Start(t)
	var open atomic.Int64
	server.Handle("host:transport-id:", func(conn net.Conn, _ string) {
		open.Add(1)
		in(conn, "FAIL"+adbtest.Block("no device with transport id '9'"))
		_, _ = conn.Read(make([]byte, 1)) // until the other side has closed
		open.Add(-1)
	})
	c := adb.New(server.Addr())
	for range 100 {
		if _, err := c.Shell(t.Context(), 9, "true"); code(err) != wire.DeviceOffline {
			t.Fatalf("a device that is gone gives %v", err)
		}
	}
	for deadline := time.Now().Add(20 * time.Second); open.Load() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections stay open", open.Load())
		}
	}
}

// gadb drops lines of few fields, the state, and what follows a second colon.
func TestTrap4_noDeviceAndNoStateIsLost(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(
		"192.168.1.7:5555      unauthorized transport_id:3",
		"ABC                    offline transport_id:4",
		"DEF                    no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html] usb:1-4 transport_id:5",
		"GHI                    device usb:1-5 product:a:b model:<b>x</b> device:c:d:e transport_id:6",
	)
	got, err := adb.New(server.Addr()).Devices(t.Context())
	if err != nil || len(got) != 4 {
		t.Fatalf("%d devices, %v: %+v", len(got), err, got)
	}
	if got[0].Serial != "192.168.1.7:5555" || got[0].State != "unauthorized" || got[1].State != "offline" {
		t.Errorf("without attributes: %+v", got[:2])
	}
	if !strings.HasPrefix(got[2].State, "no permissions (") || got[2].DevPath != "usb:1-4" {
		t.Errorf("without permissions: %+v", got[2])
	}
	if d := got[3]; d.Product != "a:b" || d.Model != "<b>x</b>" || d.Name != "c:d:e" {
		t.Errorf("with colons: %+v", d)
	}
}

// gadb knows device and offline alone.
func TestBench_Trap5_everyStateHasItsName(t *testing.T) {
	onSimulation(t, adbsim.Config{}, "sets the device's state", func(t *testing.T, b *bench) {
		for _, state := range []string{
			adbsim.StateOffline, adbsim.StateUnauthorized, adbsim.StateRecovery, adbsim.StateSideload, adbsim.StateBootloader, adbsim.StateDevice,
		} {
			b.device.SetState(state)
			if got, err := b.State(t.Context(), b.serial); err != nil || got != state {
				t.Errorf("a device in %s is %q, %v", state, got, err)
			}
			if d := b.listed(t); d.State != state {
				t.Errorf("a device in %s is listed as %q", state, d.State)
			}
		}
	})
}

// frozen is an adb server that takes connections and never answers.
func frozen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String() // the system takes what nobody accepts
}

// gadb has no context, no deadlines, no errors but strings; it can panic on a
// short line, and cannot reach a server over IPv6.
func TestTrap8_everyCallEndsAndSaysWhy(t *testing.T) {
	calls := map[string]func(context.Context, *adb.Client) error{
		"Devices":    func(ctx context.Context, c *adb.Client) error { _, err := c.Devices(ctx); return err },
		"Version":    func(ctx context.Context, c *adb.Client) error { _, err := c.Version(ctx); return err },
		"State":      func(ctx context.Context, c *adb.Client) error { _, err := c.State(ctx, "x"); return err },
		"Connect":    func(ctx context.Context, c *adb.Client) error { return c.Connect(ctx, "127.0.0.1:7") },
		"Disconnect": func(ctx context.Context, c *adb.Client) error { return c.Disconnect(ctx, "127.0.0.1:7") },
		"Forwards":   func(ctx context.Context, c *adb.Client) error { _, err := c.Forwards(ctx); return err },
		"Features":   func(ctx context.Context, c *adb.Client) error { _, err := c.Features(ctx, 1); return err },
		"Shell":      func(ctx context.Context, c *adb.Client) error { _, err := c.Shell(ctx, 1, "x"); return err },
		"Sync":       func(ctx context.Context, c *adb.Client) error { _, err := c.Sync(ctx, 1); return err },
		"Install": func(ctx context.Context, c *adb.Client) error {
			return c.Install(ctx, 1, []adb.APK{apk("a.b", "", 1)}, adb.InstallOptions{})
		},
		"Uninstall": func(ctx context.Context, c *adb.Client) error {
			return c.Uninstall(ctx, 1, "a.b", adb.UninstallOptions{})
		},
		"Packages": func(ctx context.Context, c *adb.Client) error {
			_, err := c.Packages(ctx, 1, adb.PackageFilter{})
			return err
		},
		"Forward": func(ctx context.Context, c *adb.Client) error {
			_, err := c.Forward(ctx, 1, "tcp:0", "tcp:7")
			return err
		},
		"Reverse": func(ctx context.Context, c *adb.Client) error {
			_, err := c.Reverse(ctx, 1, "tcp:0", "tcp:7")
			return err
		},
		"Reverses": func(ctx context.Context, c *adb.Client) error { _, err := c.Reverses(ctx, 1); return err },
		"Reboot":   func(ctx context.Context, c *adb.Client) error { return c.Reboot(ctx, 1, "") },
		"Boot":     func(ctx context.Context, c *adb.Client) error { _, err := c.Boot(ctx, 1); return err },
		"Root":     func(ctx context.Context, c *adb.Client) error { _, err := c.Root(ctx, 1); return err },
		"Remount":  func(ctx context.Context, c *adb.Client) error { _, err := c.Remount(ctx, 1); return err },
		"Pair":     func(ctx context.Context, c *adb.Client) error { return c.Pair(ctx, "127.0.0.1:7", "123456") },
	}
	addr := frozen(t)
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := adb.New(addr)
			c.OpenTimeout = 50 * time.Millisecond
			if err := call(t.Context(), c); code(err) == "" && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("in its time: %v", err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := call(ctx, adb.New(addr)); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
		})
	}
}

func TestTrap8_aServerOverIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6")
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if request, err := adbtest.Request(conn); err == nil && request == "host:version" {
				io.WriteString(conn, "OKAY"+adbtest.Block("0029"))
			}
			conn.Close()
		}
	}()
	defer func() { l.Close(); <-served }()
	if version, err := adb.New(l.Addr().String()).Version(t.Context()); err != nil || version != 41 {
		t.Errorf("version %d, %v", version, err)
	}
}

// gadb lists a folder that is not there as an empty one.
func TestBench_Trap9_aFolderThatIsNotThereIsNoEmptyFolder(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		if list, err := b.sync(t).List(t.Context(), b.scratch+"/nosuch"); code(err) != wire.NotFound {
			t.Errorf("%v, %v", list, err)
		}
	})
}
