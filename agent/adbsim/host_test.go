package adbsim

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// startBench serves a bench's host front end until the test ends.
func startBench(t testing.TB, cfg Config) (*Bench, string) {
	t.Helper()
	b := New(cfg)
	addr, err := b.ListenHost("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	runBench(t, b)
	return b, addr.String()
}

func runBench(t testing.TB, b *Bench) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

// eventually polls until ok, or fails the test.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 10 s for: %s", what)
		}
	}
}

// client is one connection to the host server.
type client struct {
	t testing.TB
	net.Conn
}

func dial(t testing.TB, addr string) client {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	t.Cleanup(func() { _ = conn.Close() })
	return client{t, conn}
}

func (c client) send(request string) {
	c.t.Helper()
	if _, err := io.WriteString(c, counted(request)); err != nil {
		c.t.Fatal(err)
	}
}

// status reads OKAY, or FAIL and why.
func (c client) status() error {
	var word [4]byte
	if _, err := io.ReadFull(c, word[:]); err != nil {
		return err
	}
	if string(word[:]) == "OKAY" {
		return nil
	}
	text, err := readRequest(c)
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %s", word, text)
}

// ask sends a request on a connection of its own and gives its counted answer.
func ask(t testing.TB, addr, request string) (string, error) {
	t.Helper()
	c := dial(t, addr)
	defer c.Close()
	c.send(request)
	if err := c.status(); err != nil {
		return "", err
	}
	return readRequest(c)
}

// openOn opens a service on a device.
func openOn(t testing.TB, addr, serial, service string) client {
	t.Helper()
	c := dial(t, addr)
	c.send("host:transport:" + serial)
	if err := c.status(); err != nil {
		t.Fatalf("selecting %s: %v", serial, err)
	}
	c.send(service)
	if err := c.status(); err != nil {
		t.Fatalf("opening %s: %v", service, err)
	}
	return c
}

func (c client) packet(id byte, data string) {
	c.t.Helper()
	head := make([]byte, packetHead)
	putHead(head, id, len(data))
	if _, err := c.Write(append(head, data...)); err != nil {
		c.t.Fatal(err)
	}
}

// result is what a command answered; exit is -1 without an exit packet.
type result struct {
	out, err string
	exit     int
}

// collect reads packets to the end of the stream.
func (c client) collect() result {
	c.t.Helper()
	r := result{exit: -1}
	var out, err strings.Builder
	packets := packetReader{r: c}
	for {
		id, n, fault := packets.next()
		if fault != nil {
			r.out, r.err = out.String(), err.String()
			return r
		}
		data := make([]byte, n)
		if _, fault := io.ReadFull(c, data); fault != nil {
			r.out, r.err = out.String(), err.String()
			return r
		}
		switch id {
		case packetStdout:
			out.Write(data)
		case packetStderr:
			err.Write(data)
		case packetExit:
			r.exit = int(data[0])
		}
	}
}

// line reads standard output up to the end of the first line.
func (c client) line() string {
	c.t.Helper()
	var text strings.Builder
	packets := packetReader{r: c}
	for !strings.Contains(text.String(), "\n") {
		_, n, err := packets.next()
		if err != nil {
			c.t.Fatalf("reading a line: %v after %q", err, text.String())
		}
		if _, err := io.CopyN(&text, c, int64(n)); err != nil {
			c.t.Fatal(err)
		}
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// run runs a command on SIM0001 to its end.
func run(t testing.TB, addr, command string) result {
	t.Helper()
	c := openOn(t, addr, "SIM0001", "shell,v2,raw:"+command)
	defer c.Close()
	return c.collect()
}

func BenchmarkFlood(b *testing.B) {
	_, addr := startBench(b, Config{})
	const lines = 1_000_000
	b.SetBytes(lines * 130)
	for b.Loop() {
		c := openOn(b, addr, "SIM0001", fmt.Sprintf("shell,v2,raw:floodlines %d", lines))
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, make([]byte, 64<<10))
		if err != nil || n < lines*130 {
			b.Fatal(n, err)
		}
		_ = c.Close()
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

func BenchmarkCommand(b *testing.B) {
	_, addr := startBench(b, Config{})
	for b.Loop() {
		if r := run(b, addr, "echo hello"); r.exit != 0 {
			b.Fatal(r)
		}
	}
}
