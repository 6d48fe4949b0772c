package adbsim

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbkey"
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

// FuzzADBDConnection sends anything to a whole adbd: of a device that asks
// nobody for a key, and of one that waits for its user's word.
func FuzzADBDConnection(f *testing.F) {
	packet := func(p wirePacket) []byte { return append(p.appendHead(nil), p.data...) }
	hello := packet(wirePacket{command: cmdCNXN, arg0: protocolVersion, arg1: 4096, data: []byte("host::")})
	open := packet(wirePacket{command: cmdOPEN, arg0: 5, data: []byte("shell,v2,raw:cat\x00")})
	write := packet(wirePacket{command: cmdWRTE, arg0: 5, arg1: 1, data: []byte("\x00\x01\x00\x00\x00x")})
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	signature := packet(wirePacket{command: cmdAUTH, arg0: authSignature, data: make([]byte, 256)})
	offer := packet(wirePacket{command: cmdAUTH, arg0: authPublicKey, data: []byte(adbkey.Public(&key.PublicKey, "pc") + "\x00")})
	f.Add(bytes.Join([][]byte{hello, open, write, write}, nil))
	f.Add(bytes.Join([][]byte{open, packet(wirePacket{command: cmdCLSE, arg0: 5, arg1: 1})}, nil))
	f.Add(bytes.Join([][]byte{hello, signature, offer, open}, nil))
	f.Add(bytes.Join([][]byte{hello, offer, offer, hello, open, write}, nil))
	b := New(Config{})
	runBench(f, b)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range []*Device{b.devices[0], b.devices[2]} {
			talkTo(t, d, data)
		}
	})
}

// talkTo sends data to a device's adbd and waits until that has let go.
func talkTo(t *testing.T, d *Device, data []byte) {
	t.Helper()
	here, there := net.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() {
		defer close(served)
		defer there.Close()
		d.serveADBD(ctx, there)
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
