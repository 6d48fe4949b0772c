package adb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

// code is the code of an *adb.Error, "" for none.
func code(err error) wire.Code {
	var e *adb.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// in sends text in the pieces that cuts leave, each in a segment of its own as
// far as the kernel goes along.
func in(conn net.Conn, text string, cuts ...int) {
	before := 0
	for _, cut := range append(cuts, len(text)) {
		io.WriteString(conn, text[before:cut])
		before = cut
	}
}

func TestClient_Devices_answerCutAtEveryByte(t *testing.T) {
	answer := "OKAY" + adbtest.Block(adbtest.Line("SIM0001", "device", "usb:1-4", 1)+"\n"+adbtest.Line("X", "offline", "", 2)+"\n")
	for cut := 1; cut < len(answer); cut++ {
		server := adbtest.Start(t)
		server.Handle("host:devices-l", func(conn net.Conn, _ string) { in(conn, answer, cut) })
		devices, err := adb.New(server.Addr()).Devices(t.Context())
		if err != nil || len(devices) != 2 || devices[0].Serial != "SIM0001" || devices[1].State != "offline" {
			t.Fatalf("cut at %d: %v, %v", cut, devices, err)
		}
		server.Stop()
	}
}

func TestClient_Devices_answerThatEndsTooSoon(t *testing.T) {
	answer := "OKAY" + adbtest.Block(adbtest.Line("SIM0001", "device", "usb:1-4", 1)+"\n")
	server := adbtest.Start(t)
	for end := range len(answer) {
		server.Handle("host:devices-l", func(conn net.Conn, _ string) { in(conn, answer[:end]) })
		if devices, err := adb.New(server.Addr()).Devices(t.Context()); code(err) != wire.Unavailable {
			t.Fatalf("ended at %d: %v, %v", end, devices, err)
		}
	}
}

func TestClient_Devices_hostileAnswers(t *testing.T) {
	server := adbtest.Start(t)
	for answer, want := range map[string]wire.Code{
		"FAIL0000":                         wire.OpenFailed,
		"FAIL" + adbtest.Block("dunno"):    wire.OpenFailed,
		"FAIL" + adbtest.Block("\xff\x00"): wire.OpenFailed,
		"FAILzzzz":                         wire.Unavailable,
		"OKAY-001":                         wire.Unavailable,
		"OKAY+0ff":                         wire.Unavailable,
		"OKAY 1ff":                         wire.Unavailable,
		"OKAY0x1f":                         wire.Unavailable,
		"OKAYffff":                         wire.Unavailable,
		"HTTP/1.1 400 Bad Request\r\n\r\n": wire.Unavailable,
		"okay0000":                         wire.Unavailable,
		"\x00\x00\x00\x00\x00\x00\x00\x00": wire.Unavailable,
	} {
		server.Handle("host:devices-l", func(conn net.Conn, _ string) { in(conn, answer) })
		if devices, err := adb.New(server.Addr()).Devices(t.Context()); code(err) != want {
			t.Errorf("%q gives %v, %v", answer, devices, err)
		}
	}
}

func TestClient_Shell_refusals(t *testing.T) {
	server := adbtest.Start(t)
	for words, want := range map[string]wire.Code{
		"device offline": wire.DeviceOffline,
		"device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\nTry 'adb kill-server' if that seems wrong.": wire.DeviceUnauthorized,
		"device still authorizing":                  wire.DeviceUnauthorized,
		"device still connecting":                   wire.DeviceOffline,
		"device 'X' not found":                      wire.DeviceUnknown,
		"no device with transport id '7'":           wire.DeviceOffline,
		"more than one device/emulator":             wire.DeviceUnknown,
		"no devices/emulators found":                wire.DeviceUnknown,
		"insufficient permissions for device: udev": wire.DeviceOffline,
		"closed": wire.OpenFailed,
		"":       wire.OpenFailed,
	} {
		server.Handle("host:transport-id:7", func(conn net.Conn, _ string) { in(conn, "FAIL"+adbtest.Block(words)) })
		_, err := adb.New(server.Addr()).Shell(t.Context(), 7, "true")
		if code(err) != want {
			t.Errorf("%q gives %v (%s), want %s", words, err, code(err), want)
		}
		var e *adb.Error
		if errors.As(err, &e) && e.Fault().Message == "" {
			t.Errorf("%q gives a fault without a message", words)
		}
	}
}

func TestClient_noServer(t *testing.T) {
	server := adbtest.Start(t)
	server.Stop()
	c := adb.New(server.Addr())
	ctx := t.Context()
	_, devices := c.Devices(ctx)
	_, shell := c.Shell(ctx, 1, "true")
	_, version := c.Version(ctx)
	_, forwards := c.Forwards(ctx)
	for what, err := range map[string]error{"Devices": devices, "Shell": shell, "Version": version, "Forwards": forwards, "Connect": c.Connect(ctx, "127.0.0.1:1")} {
		var e *adb.Error
		if !errors.As(err, &e) || e.Code != wire.Unavailable || !strings.Contains(e.Message, "no adb server answers at "+server.Addr()) || e.Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// hung never answers, as a server that was stopped or a frozen device.
func hung(conn net.Conn, _ string) { io.Copy(io.Discard, conn) }

func TestClient_givesUpInTime(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	server.Handle("host:version", hung)
	server.Handle("host:list-forward", hung)
	server.Handle("shell,v2,raw:", hung)
	for what, call := range map[string]func(context.Context, *adb.Client) error{
		"Shell":      func(ctx context.Context, c *adb.Client) error { _, err := c.Shell(ctx, 1, "true"); return err },
		"Properties": func(ctx context.Context, c *adb.Client) error { _, err := c.Properties(ctx, 1); return err },
		"Version":    func(ctx context.Context, c *adb.Client) error { _, err := c.Version(ctx); return err },
		"Forwards":   func(ctx context.Context, c *adb.Client) error { _, err := c.Forwards(ctx); return err },
	} {
		t.Run(what+"/deadline", func(t *testing.T) {
			c := adb.New(server.Addr())
			c.OpenTimeout = 50 * time.Millisecond
			if err := call(t.Context(), c); code(err) == "" && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("gives %v", err)
			}
		})
		t.Run(what+"/cancelled", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(20*time.Millisecond, cancel)
			if err := call(ctx, adb.New(server.Addr())); !errors.Is(err, context.Canceled) {
				t.Errorf("gives %v", err)
			}
		})
	}
}

func TestClient_Shell_refusesWhatTheProtocolCannotCarry(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	got := make(chan string, 1)
	server.Handle("shell,v2,raw:", func(conn net.Conn, request string) { got <- request; in(conn, "OKAY") })
	c := adb.New(server.Addr())
	if _, err := c.Shell(t.Context(), 1, strings.Repeat("x", 1<<16)); code(err) != wire.TooLarge {
		t.Errorf("64 KiB give %v", err)
	}
	longest := strings.Repeat("x", 1<<16-1-len("shell,v2,raw:"))
	shell, err := c.Shell(t.Context(), 1, longest)
	if err != nil {
		t.Fatal(err)
	}
	shell.Close()
	if request := <-got; request != "shell,v2,raw:"+longest {
		t.Errorf("the longest arrived as %d bytes", len(request))
	}
}

func TestClient_control_survivesAnswersThatMakeGadbPanic(t *testing.T) {
	server := adbtest.Start(t)
	for _, answer := range []string{"OKAY" + adbtest.Block("short"), "OKAY-001", "FAIL-001"} {
		server.Handle("host:list-forward", func(conn net.Conn, _ string) { in(conn, answer) })
		if forwards, err := adb.New(server.Addr()).Forwards(t.Context()); err == nil {
			t.Errorf("%q gives %v", answer, forwards)
		}
	}
	server.Handle("host:list-forward", func(conn net.Conn, _ string) { in(conn, "OKAY"+adbtest.Block("SIM0001 tcp:1 tcp:2\n")) })
	forwards, err := adb.New(server.Addr()).Forwards(t.Context())
	if err != nil || len(forwards) != 1 || forwards[0] != (adb.Forward{Serial: "SIM0001", Local: "tcp:1", Remote: "tcp:2"}) {
		t.Errorf("a good list gives %v, %v", forwards, err)
	}
}

func TestClient_Connect(t *testing.T) {
	server := adbtest.Start(t)
	const addr = "127.0.0.1:7001"
	var asked bytes.Buffer
	server.Handle("host:connect:", func(conn net.Conn, request string) {
		asked.WriteString(request + "\n")
		in(conn, "OKAY"+adbtest.Block("connected to "+addr))
	})
	server.Handle("host:disconnect:", func(conn net.Conn, request string) {
		asked.WriteString(request + "\n")
		in(conn, "OKAY"+adbtest.Block("disconnected "+addr))
	})
	c := adb.New(server.Addr())
	for _, step := range []struct{ line, asks string }{
		{adbtest.Line(addr, "device", "", 1), ""},
		{adbtest.Line(addr, "offline", "", 1), "host:disconnect:" + addr + "\nhost:connect:" + addr + "\n"},
		{adbtest.Line("other", "device", "", 1), "host:connect:" + addr + "\n"},
	} {
		asked.Reset()
		server.Set(step.line)
		if err := c.Connect(t.Context(), addr); err != nil || asked.String() != step.asks {
			t.Errorf("%s: %v, asked %q", step.line, err, asked.String())
		}
	}
	server.Handle("host:connect:", func(conn net.Conn, _ string) {
		in(conn, "OKAY"+adbtest.Block("failed to connect to '127.0.0.1:7001': Connection refused"))
	})
	if err := c.Connect(t.Context(), addr); code(err) != wire.OpenFailed || !strings.Contains(err.Error(), "Connection refused") {
		t.Errorf("a failure behind OKAY gives %v", err)
	}
	if err := c.Connect(t.Context(), "nowhere"); code(err) != wire.Invalid {
		t.Errorf("no address gives %v", err)
	}
}
