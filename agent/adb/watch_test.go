package adb_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

// watching collects what Watch tells.
type watching struct {
	mu      sync.Mutex
	devices []adb.Device
	err     error
	told    int
}

func watch(t testing.TB, c *adb.Client) *watching {
	t.Helper()
	w := &watching{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		ended <- c.Watch(ctx, func(devices []adb.Device, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.devices, w.err = devices, err
			w.told++
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch ended with %v", err)
		}
	})
	return w
}

func (w *watching) until(t testing.TB, what string, ok func([]adb.Device, error) bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		w.mu.Lock()
		devices, err, told := w.devices, w.err, w.told
		w.mu.Unlock()
		if told > 0 && ok(devices, err) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not seen; last told: %v, %v", what, devices, err)
		}
		time.Sleep(time.Millisecond)
	}
}

func (w *watching) untilState(t *testing.T, state string) {
	t.Helper()
	w.until(t, state, func(d []adb.Device, err error) bool { return err == nil && len(d) == 1 && d[0].State == state })
}

func TestClient_Watch_hints(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	c := adb.New(server.Addr())
	c.PollEvery = time.Hour // nothing is seen but by a hint
	w := watch(t, c)
	w.untilState(t, "device")

	server.Set(adbtest.Line("X", "recovery", "", 1))
	w.untilState(t, "recovery")

	// A shell that ends without an exit packet is a hint.
	server.Handle("shell,v2,raw:", func(conn net.Conn, _ string) { in(conn, "OKAY") })
	shell, err := c.Shell(t.Context(), 1, "sleep 600")
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	server.SetQuietly(adbtest.Line("X", "offline", "", 1))
	if got := readAll(shell); got.end != io.EOF || got.exit != -1 {
		t.Fatalf("the shell ended as %v", got)
	}
	w.untilState(t, "offline")
}

func TestClient_Watch_poll(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	c := adb.New(server.Addr())
	c.PollEvery = 10 * time.Millisecond
	w := watch(t, c)
	w.untilState(t, "device")
	server.SetQuietly(adbtest.Line("X", "offline", "", 1))
	w.untilState(t, "offline")
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.told != 2 {
		t.Errorf("told %d times of two lists", w.told)
	}
}

func TestClient_Watch_serverRestarts(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	w := watch(t, adb.New(server.Addr()))
	for range 3 {
		w.untilState(t, "device")
		server.Stop()
		w.until(t, "no server", func(_ []adb.Device, err error) bool { return code(err) == wire.Unavailable })
		server.Resume()
	}
	w.untilState(t, "device")
}

// A server that was killed and is back before anybody asks has forgotten what
// it knew: whoever watches is told.
func TestClient_Watch_serverIsBackAtOnce(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	c := adb.New(server.Addr())
	lost := make(chan error, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- c.Watch(ctx, func(_ []adb.Device, err error) { lost <- err })
	}()
	defer func() {
		cancel()
		<-ended
	}()
	if err := <-lost; err != nil {
		t.Fatal(err)
	}
	server.Stop()
	server.Resume()
	select {
	case err := <-lost:
		if code(err) != wire.Unavailable {
			t.Errorf("told %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("nothing was told")
	}
}

func TestClient_Watch_rubbishFromTheTracker(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	server.Handle("host:track-devices", func(conn net.Conn, _ string) { in(conn, "OKAYzzzz") })
	w := watch(t, adb.New(server.Addr()))
	w.untilState(t, "device")
	server.SetQuietly(adbtest.Line("X", "offline", "", 1))
	w.untilState(t, "offline") // each try to track begins with the list
}
