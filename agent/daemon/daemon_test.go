package daemon

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/farbench/farbench/agent/dial"
	"github.com/farbench/farbench/agent/wire"
)

// bench is an agent that runs in the test's process.
type bench struct {
	*Daemon
	stop func() // cleanly
}

func startBench(t testing.TB, h *hub, change ...func(*Config)) *bench {
	t.Helper()
	ready := make(chan struct{})
	c := Config{Bench: "b1", Data: t.TempDir(), ADB: "sim", NATS: dial.Server{URL: h.url()}, Ready: func() { close(ready) }}
	for _, f := range change {
		f(&c)
	}
	if testing.Verbose() {
		c.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := d.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	stop := sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	<-ready
	wait(t, "the device", func() bool {
		d, ok := d.devices.Device("sim0001")
		return ok && d.State == wire.DeviceReady
	})
	return &bench{d, stop}
}

func TestDaemon_RunsACommand(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	a := h.start("r1", "echo hello; echo oops >&2; exit 7")
	if a.Result == nil || a.Result.State != wire.Accepted || a.Fault != nil {
		t.Fatalf("answer %+v", a)
	}
	r := h.result("r1")
	if r.Outcome != wire.Exited || r.ExitCode == nil || *r.ExitCode != 7 || r.Lines != 2 || r.Bytes != 11 || r.Started == nil || r.EndedAt == nil {
		t.Fatalf("result %+v", r)
	}
	l := h.log("r1")
	if l.out.String() != "hello\n" || l.err.String() != "oops\n" || l.last != 2 {
		t.Fatalf("out %q, err %q", l.out.String(), l.err.String())
	}
}
