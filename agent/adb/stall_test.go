package adb_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// slow gives a byte now and then.
type slow struct {
	left  int
	pause time.Duration
}

func (s *slow) Read(p []byte) (int, error) {
	if s.left--; s.left < 0 {
		return 0, io.EOF
	}
	time.Sleep(s.pause)
	return copy(p, "x"), nil
}

// TestBench_Sync_deadlines: what stands still is given up, what goes on is not,
// however long it takes.
func TestBench_Sync_deadlines(t *testing.T) {
	onBothSyncs(t, newSync, "freezes the device and cuts its streams", func(t *testing.T, b *bench) {
		b.hurry(time.Second)
		s := b.sync(t)
		if _, err := s.Put(t.Context(), b.scratch+"/slow", 0o600, time.Time{}, &slow{10, 100 * time.Millisecond}); err != nil {
			t.Errorf("a slow source: %v", err)
		}
		for _, c := range []struct {
			name string
			do   func(context.Context) error
		}{
			{"Receive", func(ctx context.Context) error {
				_, err := s.Receive(ctx, "/dev/zero", io.Discard)
				return err
			}},
			{"Put", func(ctx context.Context) error {
				_, err := s.Put(ctx, b.scratch+"/f", 0o600, time.Time{}, io.LimitReader(endless{}, 8<<20))
				return err
			}},
		} {
			b.device.InterruptTransfer(1<<20, (*adbsim.Device).Freeze)
			began := time.Now()
			if err := c.do(t.Context()); code(err) != wire.Stalled {
				t.Errorf("%s of a device that froze: %v", c.name, err)
			}
			if took := time.Since(began); took < b.OpenTimeout {
				t.Errorf("%s was given up after %v", c.name, took)
			}
			b.device.Thaw()

			b.device.InterruptTransfer(1<<20, nil)
			if err := c.do(t.Context()); code(err) != wire.StreamLost {
				t.Errorf("%s that was cut: %v", c.name, err)
			}

			ctx, cancel := context.WithCancel(t.Context())
			b.device.InterruptTransfer(1<<20, func(d *adbsim.Device) { d.Freeze(); cancel() })
			if err := c.do(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s that was cancelled: %v", c.name, err)
			}
			b.device.Thaw()
			if err := c.do(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s cancelled before: %v", c.name, err)
			}
		}
		if got := b.sh(t, "echo back"); got != "back\n" {
			t.Errorf("the device says %q", got)
		}
		eventually(t, "half files to go", func() bool { return b.sh(t, "ls -A") == "slow\n" })
	})
}

func TestBench_Sync_deviceIsLost(t *testing.T) {
	onBothSyncs(t, allSyncs, "takes the device away in the middle of a transfer", func(t *testing.T, b *bench) {
		s := b.sync(t)
		b.device.InterruptTransfer(1<<20, (*adbsim.Device).Vanish)
		if _, err := s.Receive(t.Context(), "/dev/zero", io.Discard); code(err) != wire.StreamLost {
			t.Errorf("%v", err)
		}
		if _, err := s.Stat(t.Context(), b.scratch); code(err) == "" {
			t.Errorf("then Stat gives %v", err)
		}
	})
}

// TestSync_slowWriter: who takes the bytes may take their time.
func TestSync_slowWriter(t *testing.T) {
	b := onSimulated(t, adbsim.Config{}, "")
	b.hurry(100 * time.Millisecond)
	b.sh(t, "head -c 3000000 /dev/zero >f")
	s := b.sync(t)
	paused := false
	n, err := s.Receive(t.Context(), b.scratch+"/f", writer(func(p []byte) (int, error) {
		if !paused {
			paused = true
			time.Sleep(3 * b.OpenTimeout)
		}
		return len(p), nil
	}))
	if err != nil || n != 3_000_000 {
		t.Errorf("%d, %v", n, err)
	}
	full := errors.New("disk full")
	if _, err := s.Receive(t.Context(), b.scratch+"/f", writer(func([]byte) (int, error) { return 0, full })); !errors.Is(err, full) || code(err) != "" {
		t.Errorf("a writer that fails: %v", err)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
