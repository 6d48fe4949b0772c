package adbsim

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func FuzzHostRequest(f *testing.F) {
	for _, seed := range []string{"000chost:version", "0010host:transport:", "ffff", "zzzz", "001chost-serial:SIM0001:features", "0012host:track-devices"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := readRequest(bytes.NewReader(data))
		if err == nil && !strings.EqualFold(counted(text), string(data[:4+len(text)])) {
			t.Errorf("%q was read as %q", data, text)
		}
		cutSerial(text)
	})
}

// FuzzHostConnection sends anything to a whole host server.
func FuzzHostConnection(f *testing.F) {
	f.Add([]byte("000chost:version"))
	f.Add([]byte("0015host:transport-id:0001000fshell,v2,raw:id\x00\x01\x00\x00\x00x"))
	b := New(Config{})
	runBench(f, b)
	f.Fuzz(func(t *testing.T, data []byte) {
		here, there := net.Pipe()
		ctx, cancel := context.WithCancel(context.Background())
		served := make(chan struct{})
		go func() {
			defer close(served)
			defer there.Close()
			b.serveHost(ctx, there)
		}()
		go func() { _, _ = io.Copy(io.Discard, here) }()
		_ = here.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = here.Write(data)
		_ = here.Close()
		cancel()
		select {
		case <-served:
		case <-time.After(10 * time.Second):
			t.Fatalf("%q holds the connection", data)
		}
	})
}

func FuzzWirePacket(f *testing.F) {
	p := wirePacket{command: cmdOPEN, arg0: 1, data: []byte("shell:id\x00")}
	f.Add(append(p.appendHead(nil), p.data...))
	f.Add(make([]byte, wireHead))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readWirePacket(bytes.NewReader(data), nil)
		if err == nil && len(p.data) > maxPayload {
			t.Errorf("a packet of %d bytes", len(p.data))
		}
	})
}

// FuzzADBDConnection sends anything to a whole adbd.
func FuzzADBDConnection(f *testing.F) {
	packet := func(p wirePacket) []byte { return append(p.appendHead(nil), p.data...) }
	hello := packet(wirePacket{command: cmdCNXN, arg0: protocolVersion, arg1: 4096, data: []byte("host::")})
	open := packet(wirePacket{command: cmdOPEN, arg0: 5, data: []byte("shell,v2,raw:cat\x00")})
	write := packet(wirePacket{command: cmdWRTE, arg0: 5, arg1: 1, data: []byte("\x00\x01\x00\x00\x00x")})
	f.Add(bytes.Join([][]byte{hello, open, write, write}, nil))
	f.Add(bytes.Join([][]byte{open, packet(wirePacket{command: cmdCLSE, arg0: 5, arg1: 1})}, nil))
	b := New(Config{})
	runBench(f, b)
	f.Fuzz(func(t *testing.T, data []byte) {
		here, there := net.Pipe()
		ctx, cancel := context.WithCancel(context.Background())
		served := make(chan struct{})
		go func() {
			defer close(served)
			defer there.Close()
			b.devices[0].serveADBD(ctx, there)
		}()
		go func() { _, _ = io.Copy(io.Discard, here) }()
		_ = here.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = here.Write(data)
		_ = here.Close()
		cancel()
		select {
		case <-served:
		case <-time.After(10 * time.Second):
			t.Fatalf("%q holds the connection", data)
		}
	})
}

func FuzzShellPacket(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x00\x00x"))
	f.Add([]byte("\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		packets := packetReader{r: bytes.NewReader(data)}
		if _, n, err := packets.next(); err == nil && (n < 0 || n > maxPacket) {
			t.Errorf("a packet of %d bytes", n)
		}
	})
}
