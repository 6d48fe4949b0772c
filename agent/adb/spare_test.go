package adb_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

// selecting is a server of one device that counts how often its transport was
// selected, and a client that watches it.
func selecting(t *testing.T) (server *adbtest.Server, c *adb.Client, selected *atomic.Int64) {
	t.Helper()
	server, selected = adbtest.Start(t), &atomic.Int64{}
	server.Set(adbtest.Line("X", "device", "", 1))
	shell := func(conn net.Conn, _ string) {
		io.WriteString(conn, "OKAY"+adbtest.Packet(3, "\x00"))
	}
	server.Handle("shell,v2,raw:", shell)
	server.Handle("host:transport-id:1", func(conn net.Conn, _ string) {
		selected.Add(1)
		io.WriteString(conn, "OKAY")
		if request, err := adbtest.Request(conn); err == nil && strings.HasPrefix(request, "shell,v2,raw:") {
			shell(conn, request)
		}
	})
	c = adb.New(server.Addr())
	return server, c, selected
}

func shellOnce(t *testing.T, c *adb.Client) {
	t.Helper()
	shell, err := c.Shell(t.Context(), 1, "true")
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	if r := readAll(shell); r.exit != 0 {
		t.Fatalf("exit %d, %v", r.exit, r.end)
	}
}

func reaches(t *testing.T, what string, n *atomic.Int64, want int64) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); n.Load() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: %d, want %d", what, n.Load(), want)
		}
	}
}

func TestClient_Shell_spare(t *testing.T) {
	t.Run("made after a shell, used by the next", func(t *testing.T) {
		server, c, selected := selecting(t)
		watch(t, c)
		shellOnce(t, c)
		reaches(t, "selected for the shell and the spare", selected, 2)
		server.Handle("host:transport-id:1", func(conn net.Conn, _ string) { io.WriteString(conn, "FAIL"+adbtest.Block("no more")) })
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
			shell, err := c.Shell(t.Context(), 1, "true")
			if err == nil {
				shell.Close()
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("the spare was not used: %v", err)
			}
		}
	})
	t.Run("none without Watch", func(t *testing.T) {
		_, c, selected := selecting(t)
		shellOnce(t, c)
		shellOnce(t, c)
		reaches(t, "selected", selected, 2)
	})
	t.Run("a dead one is not used", func(t *testing.T) {
		server, c, selected := selecting(t)
		watch(t, c)
		shellOnce(t, c)
		reaches(t, "selected for the shell and the spare", selected, 2)
		server.Stop()
		if _, err := c.Shell(t.Context(), 1, "true"); code(err) != wire.Unavailable || !strings.Contains(err.Error(), "no adb server answers") {
			t.Errorf("without a server: %v", err)
		}
	})
	t.Run("closed when its device is gone", func(t *testing.T) {
		server, c, selected := selecting(t)
		var closed atomic.Int64
		server.Handle("host:transport-id:1", func(conn net.Conn, _ string) {
			selected.Add(1)
			io.WriteString(conn, "OKAY")
			if _, err := adbtest.Request(conn); err != nil {
				closed.Add(1)
				return
			}
			io.WriteString(conn, "OKAY"+adbtest.Packet(3, "\x00"))
		})
		w := watch(t, c)
		w.until(t, "the device", func(d []adb.Device, err error) bool { return len(d) == 1 })
		shellOnce(t, c)
		reaches(t, "selected for the shell and the spare", selected, 2)
		server.Set()
		reaches(t, "closed spares", &closed, 1)
	})
}

// Once the server has the request, the command may have reached the device:
// it is neither tried again nor said that nothing started.
func TestClient_Shell_hungUp(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	var asked atomic.Int64
	server.Handle("shell,v2,raw:", func(net.Conn, string) { asked.Add(1) })
	c := adb.New(server.Addr())
	if _, err := c.Shell(t.Context(), 1, "true"); code(err) != wire.OpenFailed {
		t.Errorf("a server that hangs up gives %v", err)
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}
