package adb_test

import (
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

func TestClient_realServerWithoutDevices(t *testing.T) {
	server := adbtest.StartReal(t)
	c := adb.New(server.Addr())
	ctx := t.Context()
	if version, err := c.Version(ctx); err != nil || version < 41 {
		t.Errorf("Version gives %d, %v", version, err)
	}
	if forwards, err := c.Forwards(ctx); err != nil || len(forwards) != 0 {
		t.Errorf("Forwards gives %v, %v", forwards, err)
	}
	if state, err := c.State(ctx, "nobody"); code(err) != wire.DeviceUnknown {
		t.Errorf("State of nobody gives %q, %v", state, err)
	}
	if _, err := c.Shell(ctx, 4711, "true"); code(err) != wire.DeviceOffline {
		t.Errorf("a shell on a connection that is gone gives %v", err)
	}
	if err := c.Connect(ctx, "127.0.0.1:1"); code(err) != wire.OpenFailed {
		t.Errorf("connecting where nobody listens gives %v", err)
	}
	if err := c.Disconnect(ctx, "127.0.0.1:1"); code(err) != wire.DeviceUnknown {
		t.Errorf("disconnecting what is not there gives %v", err)
	}
}

func TestClient_Watch_realServerIsKilled(t *testing.T) {
	server := adbtest.StartReal(t)
	w := watch(t, adb.New(server.Addr()))
	up := func(_ []adb.Device, err error) bool { return err == nil }
	w.until(t, "a server", up)
	server.Kill()
	w.until(t, "no server", func(_ []adb.Device, err error) bool { return code(err) == wire.Unavailable })
	server.Resume()
	w.until(t, "the server again", up)
}
