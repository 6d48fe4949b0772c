package adb_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

func TestClient_Beat(t *testing.T) {
	for name, c := range map[string]struct {
		answer adbtest.Handler
		silent bool
		code   wire.Code
	}{
		"lives":                  {func(conn net.Conn, _ string) { io.WriteString(conn, "OKAYalive\r\n") }, false, ""},
		"opens and says no more": {func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"); hang(conn) }, true, wire.OpenFailed},
		"never opens":            {func(conn net.Conn, _ string) { hang(conn) }, true, wire.OpenFailed},
		"half an answer":         {func(conn net.Conn, _ string) { io.WriteString(conn, "OK"); hang(conn) }, true, wire.OpenFailed},
		"has no shell":           {func(conn net.Conn, _ string) { io.WriteString(conn, "FAIL"+adbtest.Block("closed")) }, false, wire.OpenFailed},
		"has gone offline":       {func(conn net.Conn, _ string) { io.WriteString(conn, "FAIL"+adbtest.Block("device offline")) }, false, wire.DeviceOffline},
		"ends at once":           {func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY") }, false, wire.Unavailable},
		"server dies":            {func(net.Conn, string) {}, false, wire.OpenFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := adbtest.Start(t)
			server.Set(adbtest.Line("X", "device", "", 7))
			server.Handle("shell:echo", c.answer)
			client := adb.New(server.Addr())
			client.OpenTimeout = 300 * time.Millisecond
			err := client.Beat(t.Context(), 7)
			if adb.Silent(err) != c.silent || code(err) != c.code {
				t.Errorf("Beat gives %v (%s), silent %v", err, code(err), adb.Silent(err))
			}
		})
	}
}

// hang keeps a connection until the other side leaves it.
func hang(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func TestClient_Reconnect(t *testing.T) {
	for answer, want := range map[string]wire.Code{
		"OKAY" + adbtest.Block("reconnecting X [offline]\n"):      "",
		"OKAY" + adbtest.Block("done"):                            "",
		"OKAY" + adbtest.Block("unable to do so"):                 wire.OpenFailed,
		"FAIL" + adbtest.Block("no device with transport id '7'"): wire.DeviceOffline,
		"FAIL" + adbtest.Block("unknown host service"):            wire.Unavailable,
		"FAIL0000": wire.OpenFailed,
	} {
		server := adbtest.Start(t)
		server.Handle("host-transport-id:7:reconnect", func(conn net.Conn, _ string) { io.WriteString(conn, answer) })
		if err := adb.New(server.Addr()).Reconnect(t.Context(), 7); code(err) != want {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

func TestClient_StreamLost(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 7))
	server.Handle("shell,v2,raw:cut", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"+adbtest.Packet(1, "half")) })
	server.Handle("shell,v2,raw:whole", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"+adbtest.Packet(3, "\x00")) })
	client := adb.New(server.Addr())
	lost := make(chan int64, 4)
	client.StreamLost = func(id int64) { lost <- id }
	for _, command := range []string{"whole", "cut"} {
		shell, err := client.Shell(t.Context(), 7, command)
		if err != nil {
			t.Fatal(err)
		}
		readAll(shell)
		shell.Close()
	}
	server.Handle("shell,v2,raw:getprop", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY") })
	if _, err := client.Properties(t.Context(), 7); code(err) != wire.StreamLost {
		t.Errorf("Properties gives %v", err)
	}
	if id := <-lost; id != 7 || len(lost) > 0 { // our own question is nobody's stream
		t.Errorf("the lost stream is of %d, and %d more", id, len(lost))
	}
}

func TestBench_Beat(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		if err := b.Beat(t.Context(), b.transport(t)); err != nil {
			t.Errorf("Beat gives %v", err)
		}
	})
}

func TestBench_beatAndReconnect(t *testing.T) {
	onBothServers(t, "drops its connection and freezes it", func(t *testing.T, b *bench) {
		ctx := t.Context()
		shell := b.open(t, "sleep 600")
		if err := b.Reconnect(ctx, b.transport(t)); err != nil {
			t.Errorf("Reconnect gives %v", err)
		}
		if r := readAll(shell); r.exit != -1 {
			t.Errorf("what ran on the old connection ended with %+v", r)
		}
		if strings.Contains(b.serial, ":") { // a real server forgets it
			if err := b.Connect(ctx, b.serial); err != nil {
				t.Errorf("Connect gives %v", err)
			}
		}
		watch(t, b.Client).until(t, "the device again", func(devices []adb.Device, err error) bool {
			d := b.in(devices)
			return err == nil && d.State == "device" && b.Beat(ctx, d.TransportID) == nil
		})
		b.device.Freeze()
		defer b.device.Thaw()
		b.OpenTimeout = 500 * time.Millisecond
		devices, err := b.Devices(ctx)
		if err != nil || b.in(devices).State != "device" {
			t.Errorf("a frozen device is listed as %v, %v", b.in(devices), err)
		}
		if err := b.Beat(ctx, b.in(devices).TransportID); !adb.Silent(err) {
			t.Errorf("of a frozen device Beat gives %v", err)
		}
	})
}
