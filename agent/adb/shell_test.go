package adb_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
)

// result is what a shell printed until its end.
type result struct {
	out, err string
	exit     int // -1: no exit packet
	end      error
}

func readAll(s *adb.Shell) (r result) {
	r.exit = -1
	for r.end == nil {
		r.end = s.Read(func(id adb.Packet, data []byte) {
			switch id {
			case adb.Stdout:
				r.out += string(data)
			case adb.Stderr:
				r.err += string(data)
			case adb.Exit:
				r.exit = int(data[0])
			}
		})
	}
	return r
}

// opened is a shell on a device whose shells h answers.
func opened(t testing.TB, h adbtest.Handler) *adb.Shell {
	t.Helper()
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	server.Handle("shell,v2,raw:", h)
	shell, err := adb.New(server.Addr()).Shell(t.Context(), 1, "cmd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shell.Close() })
	return shell
}

func TestShell_Read(t *testing.T) {
	out, err, exit := adbtest.Packet(1, "out\n"), adbtest.Packet(2, "err\n"), adbtest.Packet(3, "\x07")
	for name, c := range map[string]struct {
		stream string
		want   result
	}{
		"exited":                 {out + err + exit, result{"out\n", "err\n", 7, io.EOF}},
		"nothing but the end":    {"", result{"", "", -1, io.EOF}},
		"lost":                   {out, result{"out\n", "", -1, io.EOF}},
		"lost inside a packet":   {out + err[:7], result{"out\n", "er", -1, io.EOF}},
		"lost inside a header":   {out + exit[:4], result{"out\n", "", -1, io.EOF}},
		"lost in the exit":       {out + exit[:5], result{"out\n", "", -1, io.EOF}},
		"more behind the exit":   {exit + out, result{"out\n", "", 7, io.EOF}},
		"longer than a read":     {adbtest.Packet(1, strings.Repeat("x", 300_000)) + exit, result{strings.Repeat("x", 300_000), "", 7, io.EOF}},
		"OKAY and data together": {adbtest.Packet(1, "OKAY") + exit, result{"OKAY", "", 7, io.EOF}},
	} {
		t.Run(name, func(t *testing.T) {
			shell := opened(t, func(conn net.Conn, _ string) { in(conn, "OKAY"+c.stream) })
			if got := readAll(shell); got != c.want {
				t.Errorf("%.200v", got)
			}
		})
	}
}

func TestShell_WriteStdin(t *testing.T) {
	shell := opened(t, func(conn net.Conn, _ string) {
		in(conn, "OKAY")
		for { // echoes each packet's data and ends when stdin does
			var header [5]byte
			if _, err := io.ReadFull(conn, header[:]); err != nil {
				return
			}
			data := make([]byte, binary.LittleEndian.Uint32(header[1:]))
			io.ReadFull(conn, data)
			if header[0] == 4 {
				in(conn, adbtest.Packet(3, "\x00"))
				return
			}
			in(conn, adbtest.Packet(1, string(data)))
		}
	})
	text := strings.Repeat("0123456789abcdef", 20_000)
	var writing sync.WaitGroup
	writing.Go(func() {
		if err := errors.Join(shell.WriteStdin([]byte(text)), shell.CloseStdin()); err != nil {
			t.Error(err)
		}
	})
	got := readAll(shell)
	writing.Wait()
	if got.out != text || got.exit != 0 {
		t.Errorf("%d of %d bytes came back, exit %d", len(got.out), len(text), got.exit)
	}
}

func TestShell_Close_unblocksReadAndWrite(t *testing.T) {
	over := make(chan struct{})
	shell := opened(t, func(conn net.Conn, _ string) {
		in(conn, "OKAY")
		<-over // neither sends nor takes anything
	})
	defer close(over)
	var blocked sync.WaitGroup
	var readErr, writeErr error
	reading := make(chan struct{})
	blocked.Go(func() {
		close(reading)
		readErr = shell.Read(func(adb.Packet, []byte) {})
	})
	blocked.Go(func() { writeErr = shell.WriteStdin(make([]byte, 64<<20)) })
	<-reading
	if err := errors.Join(shell.Close(), shell.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	blocked.Wait()
	if readErr == nil || writeErr == nil {
		t.Errorf("after Close Read gives %v and WriteStdin %v", readErr, writeErr)
	}
}

// BenchmarkShell_Read reads lines of 130 bytes, a packet each and in packets as
// a real adbd sends them.
func BenchmarkShell_Read(b *testing.B) {
	for name, size := range map[string]int{"packet=130": 130, "packet=32K": 32 << 10} {
		b.Run(name, func(b *testing.B) {
			packet := adbtest.Packet(1, strings.Repeat("x", size))
			chunk := []byte(strings.Repeat(packet, 1<<18/len(packet)+1))
			shell := opened(b, func(conn net.Conn, _ string) {
				in(conn, "OKAY")
				for {
					if _, err := conn.Write(chunk); err != nil {
						return
					}
				}
			})
			var n int64
			b.ReportAllocs()
			for b.Loop() {
				if err := shell.Read(func(_ adb.Packet, data []byte) { n += int64(len(data)) }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/130/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
