package adb_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
)

// The variables that name the suite's real device are the adb client's own.
const (
	serialVariable  = "ANDROID_SERIAL"
	addressVariable = "ANDROID_ADB_SERVER_ADDRESS"
	portVariable    = "ANDROID_ADB_SERVER_PORT"
)

// oldestSDK is Android 8: what is older has no shell tools to test with.
const oldestSDK = 26

// TestMain looks for the named device first: without it each test of the suite
// would fail for the same reason.
func TestMain(m *testing.M) {
	if err := usable(context.Background(), os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "the suite's real device:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// usable says why the suite cannot run on the device that the environment
// names, and what to do next. No name is no error.
func usable(ctx context.Context, getenv func(string) string) error {
	serial := getenv(serialVariable)
	if serial == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	addr, err := serverAddr(getenv)
	if err != nil {
		return err
	}
	c := adb.New(addr)
	d, err := listedAs(ctx, c, serial)
	if err != nil {
		return err
	}
	properties, err := c.Properties(ctx, d.TransportID)
	if err != nil {
		return advised(fmt.Sprintf("%s=%s is listed as %q", serialVariable, serial, d.State), err)
	}
	if sdk, err := strconv.Atoi(properties["ro.build.version.sdk"]); err != nil || sdk < oldestSDK {
		return fmt.Errorf("%s=%s runs API %q: the suite needs Android 8 (API %d) or newer; choose another device", serialVariable, serial, properties["ro.build.version.sdk"], oldestSDK)
	}
	return nil
}

// serverAddr is where the adb client of this environment would ask.
func serverAddr(getenv func(string) string) (string, error) {
	port := cmp.Or(getenv(portVariable), "5037")
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("%s=%q is no port: give the adb server's, 5037 unless it was started with -P", portVariable, port)
	}
	return net.JoinHostPort(cmp.Or(getenv(addressVariable), "127.0.0.1"), port), nil
}

// listedAs is the one device that a server lists under a serial.
func listedAs(ctx context.Context, c *adb.Client, serial string) (found adb.Device, err error) {
	devices, err := c.Devices(ctx)
	if err != nil {
		return found, advised("asking for "+serialVariable+"="+serial, err)
	}
	var others []string
	n := 0
	for _, d := range devices {
		if d.Serial == serial {
			found, n = d, n+1
		} else {
			others = append(others, d.Serial)
		}
	}
	switch {
	case n > 1:
		return found, fmt.Errorf("%s=%s: the adb server at %s lists %d devices by this serial; leave one connected", serialVariable, serial, c.Addr(), n)
	case n == 0 && len(others) == 0:
		return found, fmt.Errorf("%s=%s: the adb server at %s lists no device; connect it (see adb devices), or unset %[1]s", serialVariable, serial, c.Addr())
	case n == 0:
		return found, fmt.Errorf("%s=%s: the adb server at %s lists only %s; connect it, name one of these, or unset %[1]s", serialVariable, serial, c.Addr(), strings.Join(others, ", "))
	case found.State == "unauthorized" || found.State == "offline" || found.State == "device":
		return found, nil // a request says the rest
	default:
		return found, fmt.Errorf("%s=%s is in the state %q; the suite needs a booted Android that takes adb", serialVariable, serial, found.State)
	}
}

// advised is an error with what to do about it.
func advised(what string, err error) error {
	if known, ok := errors.AsType[*adb.Error](err); ok && known.Hint != "" {
		return fmt.Errorf("%s: %w; %s", what, err, known.Hint)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// onDevice is the bench of the device that the environment names.
func onDevice(t testing.TB) *bench {
	t.Helper()
	addr, err := serverAddr(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Client: adb.New(addr), serial: os.Getenv(serialVariable), tag: tag + "-" + rand.Text()[:8]}
	if _, err := listedAs(t.Context(), b.Client, b.serial); err != nil {
		t.Fatal(err)
	}
	return b
}

// speaks is the version of the sync protocol that the device has.
func (b *bench) speaks(t testing.TB) string {
	t.Helper()
	features, err := b.Features(t.Context(), b.transport(t))
	if err != nil {
		t.Fatal(err)
	}
	if features.Has("stat_v2") {
		return "v2"
	}
	return "v1"
}

// remove takes the test's folder away when its context is over.
func (b *bench) remove(t testing.TB) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := adb.New(b.Addr()) // the test's own may have been hurried
	d, err := listedAs(ctx, c, b.serial)
	if err != nil {
		t.Error("removing the test's folder:", err)
		return
	}
	shell, err := c.Shell(ctx, d.TransportID, "chmod -R u+rwX "+b.scratch+"; rm -rf "+b.scratch)
	if err != nil {
		t.Error("removing the test's folder:", err)
		return
	}
	defer shell.Close()
	defer context.AfterFunc(ctx, func() { shell.Close() })()
	if r := readAll(shell); r.exit != 0 {
		t.Errorf("removing the test's folder: %+v", r)
	}
}
