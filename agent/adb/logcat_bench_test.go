package adb_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
)

// BenchmarkLogcat reads a log from a server that has it ready.
func BenchmarkLogcat(b *testing.B) {
	server := adbtest.Start(b)
	server.Set(adbtest.Line("X", "device", "", 1))
	const block = 500
	line := "         1795258800.124456  1402  1467 D CarPropertyService: onPropertyChange PERF_VEHICLE_SPEED area=0 value=3.5\n"
	packet := []byte(adbtest.Packet(1, strings.Repeat(line, block)))
	server.Handle("shell,v2,raw:", func(conn net.Conn, _ string) {
		in(conn, "OKAY"+adbtest.Packet(1, "farbench-log boot 1795258800 +0100\n"))
		for {
			if _, err := conn.Write(packet); err != nil {
				return
			}
		}
	})
	c := adb.New(server.Addr())
	for _, keep := range []int{64 << 20} {
		enough := errors.New("enough")
		n, want := 0, 0
		for b.Loop() {
			want += 100_000
			n = want - 100_000
			err := c.Logcat(b.Context(), func(context.Context) (int64, error) { return 1, nil }, adb.LogOptions{Keep: keep}, func(entries []adb.LogEntry) error {
				for i := range entries {
					n += max(1, int(entries[i].Count))
				}
				if n >= want {
					return enough
				}
				return nil
			})
			if err != enough {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lines/s")
	}
}
