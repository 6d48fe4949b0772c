package main

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/broker"
)

// TestMain lets the test binary be the relay: the process under test needs no
// build of its own.
func TestMain(m *testing.M) {
	if os.Getenv("FARBENCH_TEST_AS_RELAY") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a relay started as a process.
type process struct {
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	stderr *noise
}

type noise struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *noise) Write(p []byte) (int, error) { n.mu.Lock(); defer n.mu.Unlock(); return n.b.Write(p) }

func (n *noise) String() string { n.mu.Lock(); defer n.mu.Unlock(); return n.b.String() }

func start(t *testing.T, env ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], "serve"), stderr: new(noise)}
	p.cmd.Env = append([]string{"FARBENCH_TEST_AS_RELAY=1", "FARBENCH_LISTEN=127.0.0.1:0", "FARBENCH_TOKEN=t"}, env...)
	p.cmd.Stderr = p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _, _ = p.cmd.Process.Wait() })
	return p
}

func brokerAt(t *testing.T, listen string) *broker.Broker {
	t.Helper()
	b, err := broker.Start(broker.Options{Listen: listen, Store: t.TempDir(), HubPassword: "h", Benches: []broker.Bench{{ID: "b1", Password: "b"}}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestServe_SaysReadyAndStopsOnSIGTERM(t *testing.T) {
	b := brokerAt(t, "127.0.0.1:0")
	began := time.Now()
	p := start(t, "FARBENCH_NATS_URL="+b.URL(), "FARBENCH_NATS_USER=hub", "FARBENCH_NATS_PASSWORD=h")
	if !p.lines.Scan() || !strings.HasPrefix(p.lines.Text(), "ready http://127.0.0.1:") {
		t.Fatalf("%q %s", p.lines.Text(), p.stderr)
	}
	t.Logf("ready after %s", time.Since(began))
	url := strings.TrimPrefix(p.lines.Text(), "ready ")
	res, err := http.Get(url + "/readyz")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	if p.lines.Scan() {
		t.Errorf("a second line on stdout: %q", p.lines.Text())
	}
	if err := p.cmd.Wait(); err != nil || time.Since(began) > 10*time.Second {
		t.Fatalf("%v after %s: %s", err, time.Since(began), p.stderr)
	}
}

// A broker that is down at the start is waited for, and said so.
func TestServe_WaitsForTheBroker(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	_ = free.Close()
	p := start(t, "FARBENCH_NATS_URL=nats://"+addr, "FARBENCH_NATS_USER=hub", "FARBENCH_NATS_PASSWORD=h")
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(p.stderr.String(), "waiting for the broker"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not say what it waits for: " + p.stderr.String())
		}
	}
	brokerAt(t, addr)
	if !p.lines.Scan() || !strings.HasPrefix(p.lines.Text(), "ready ") {
		t.Fatalf("%q %s", p.lines.Text(), p.stderr)
	}
}

func TestServe_PortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := start(t, "FARBENCH_NATS_URL=nats://127.0.0.1:1", "FARBENCH_LISTEN="+taken.Addr().String())
	out, _ := io.ReadAll(readerOf(p.lines))
	if err := p.cmd.Wait(); err == nil || len(out) > 0 || !strings.Contains(p.stderr.String(), "address already in use; is another relay") {
		t.Fatalf("%v %q %s", err, out, p.stderr)
	}
}

func readerOf(s *bufio.Scanner) io.Reader {
	var text strings.Builder
	for s.Scan() {
		text.WriteString(s.Text())
	}
	return strings.NewReader(text.String())
}
