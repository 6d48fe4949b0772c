package adb_test

import (
	"net"
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

func TestPair(t *testing.T) {
	server := adbtest.Start(t)
	c := adb.New(server.Addr())
	for answer, want := range map[string]wire.Code{
		"OKAY" + adbtest.Block("Successfully paired to 10.0.0.7:41001 [guid=adb-1]"): "",
		"OKAY" + adbtest.Block("Failed: Wrong password or connection was dropped."):  wire.Forbidden,
		"OKAY" + adbtest.Block(""):                     wire.Forbidden,
		"FAIL" + adbtest.Block("unknown host service"): wire.Unavailable,
		"FAIL0000": wire.OpenFailed,
	} {
		asked := make(chan string, 1)
		server.Handle("host:pair:", func(conn net.Conn, request string) { asked <- request; in(conn, answer) })
		if err := c.Pair(t.Context(), "10.0.0.7:41001", "123456"); code(err) != want || (err == nil) != (want == "") {
			t.Errorf("%q: %v", answer, err)
		}
		if request := <-asked; request != "host:pair:123456:10.0.0.7:41001" {
			t.Errorf("asked %q", request)
		}
	}
	for _, bad := range []string{"", "12:34", "12 34", "abc"} {
		if err := c.Pair(t.Context(), "10.0.0.7:41001", bad); code(err) != wire.Invalid {
			t.Errorf("the code %q: %v", bad, err)
		}
	}
	if err := c.Pair(t.Context(), "10.0.0.7", "123456"); code(err) != wire.Invalid {
		t.Errorf("no port: %v", err)
	}
	if err := adb.New(adbtest.StartReal(t).Addr()).Pair(t.Context(), "127.0.0.1:1", "123456"); code(err) == "" {
		t.Errorf("a real server: %v", err)
	}
}
