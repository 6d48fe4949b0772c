package inventory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

const (
	soakDevices = 50
	soakWorkers = 16
)

// TestSoak has testers work on fifty devices at once, while whatever can fail
// fails, and then counts what is left: goroutines, descriptors and memory are
// to be as before. It takes some seconds, or as long as FARBENCH_SOAK says.
func TestSoak(t *testing.T) {
	lasts := 6 * time.Second
	if text := os.Getenv("FARBENCH_SOAK"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatalf("FARBENCH_SOAK: %v", err)
		}
	}
	s := newSoak(t)
	s.round(min(lasts/4, 10*time.Second), 1) // what is kept for good is made here
	before := s.rest()
	s.round(lasts, 2)
	var after used
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if after = s.rest(); after.within(before) || time.Now().After(deadline) {
			break
		}
	}
	t.Logf("before %v; after %v", before, after)
	t.Logf("done %v; failed %v", s.done, s.failed)
	if !after.within(before) {
		buf := make([]byte, 1<<20)
		t.Errorf("something is left:\n%s", buf[:runtime.Stack(buf, true)])
	}
	for _, work := range works {
		if s.done[work.name] == 0 && lasts >= time.Minute { // in some seconds chance decides
			t.Errorf("%s never came out well", work.name)
		}
	}
}

// used is what a process holds.
type used struct {
	goroutines, descriptors int
	heap                    uint64
}

func (u used) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %.1f MiB", u.goroutines, u.descriptors, float64(u.heap)/(1<<20))
}

// within says that no more is held than before. Of memory the devices' logs
// take some, up to their bound.
func (u used) within(before used) bool {
	return u.goroutines <= before.goroutines && u.descriptors <= before.descriptors && u.heap <= before.heap+before.heap/4+(16<<20)
}

type soak struct {
	t      *testing.T
	sim    *adbsim.Bench
	addr   string
	client *adb.Client

	mu           sync.Mutex // guards what follows
	done, failed map[string]int
}

func newSoak(t *testing.T) *soak {
	sim := adbsim.New(adbsim.Config{Devices: soakDevices, BootTime: 200 * time.Millisecond, Quota: 8 << 20})
	addr, err := sim.ListenHost("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- sim.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the simulation ended with %v", err)
		}
	})
	return &soak{t: t, sim: sim, addr: addr.String(), done: map[string]int{}, failed: map[string]int{}}
}

// round has everybody work for a while, on an inventory of its own, and ends
// when all devices are well again.
func (s *soak) round(lasts time.Duration, seed uint64) {
	s.t.Run(fmt.Sprintf("round %d", seed), func(t *testing.T) {
		s.client = adb.New(s.addr)
		s.client.OpenTimeout = 2 * time.Second
		w := run(t, s.addr, Config{Client: s.client})
		w.until(t, "all devices but the one that is unauthorized", s.well)
		ctx, cancel := context.WithTimeout(t.Context(), lasts)
		defer cancel()
		var working sync.WaitGroup
		for i := range soakWorkers {
			working.Go(func() { s.work(ctx, w.Inventory, rand.New(rand.NewPCG(seed, uint64(i)))) })
		}
		working.Go(func() { s.spoil(ctx, rand.New(rand.NewPCG(seed, 999))) })
		working.Wait()
		for _, d := range s.sim.Devices() {
			d.Thaw()
			d.OmitExit(false)
			d.SlowLink(0)
			d.FillStorage(false)
			d.SetState(adbsim.StateDevice)
		}
		s.sim.SplitReplies(false)
		for _, d := range s.sim.Devices() {
			if strings.Contains(d.Serial(), ":") { // over TCP: a restart may have been the last fault
				if err := s.client.Connect(t.Context(), d.Serial()); err != nil {
					t.Errorf("connecting again: %v", err)
				}
			}
		}
		w.until(t, "all devices well again", s.well)
		for i := range soakDevices { // what they keep is memory of this process
			if d, listed := w.Device(fmt.Sprintf("sim%04d", i+1)); listed && d.State == wire.DeviceReady {
				if _, err := s.shell(t.Context(), d, "rm -f /data/local/tmp/* /data/local/tmp/.[!.]*"); err != nil {
					t.Errorf("clearing %s: %v", d.ID, err)
				}
			}
		}
	})
}

func (s *soak) well(devices map[string]wire.Device, reason string) bool {
	ready := 0
	for _, d := range devices {
		if d.State == wire.DeviceReady {
			ready++
		}
	}
	return ready >= soakDevices-1 && reason == ""
}

// rest is what the process holds once nothing goes on.
func (s *soak) rest() (u used) {
	for range 3 {
		runtime.GC()
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		open = nil // not on Linux
	}
	return used{runtime.NumGoroutine(), len(open), memory.HeapAlloc}
}

// works are what testers do. What comes out well has to be right; what fails
// says so by an error of the adb layer.
var works = []struct {
	name string
	do   func(ctx context.Context, s *soak, d wire.Device, r *rand.Rand) error
}{
	{"shell", func(ctx context.Context, s *soak, d wire.Device, _ *rand.Rand) error {
		out, err := s.shell(ctx, d, "seq 1 2000 | tail -n 1; echo "+d.Serial)
		return right(err, out == "2000\n"+d.Serial+"\n")
	}},
	{"output", func(ctx context.Context, s *soak, d wire.Device, _ *rand.Rand) error {
		out, err := s.shell(ctx, d, "head -c 100000 /dev/zero")
		return right(err, len(out) == 100000)
	}},
	{"cancel", func(ctx context.Context, s *soak, d wire.Device, _ *rand.Rand) error {
		shell, err := s.client.Shell(ctx, d.TransportID, "sleep 600")
		if err != nil {
			return err
		}
		return shell.Close()
	}},
	{"files", func(ctx context.Context, s *soak, d wire.Device, r *rand.Rand) error {
		files, err := s.client.Sync(ctx, d.TransportID)
		if err != nil {
			return err
		}
		defer files.Close()
		content := bytes.Repeat([]byte{byte(r.Uint32())}, 100_000+r.IntN(100_000))
		name := fmt.Sprintf("/data/local/tmp/soak%d", r.IntN(8))
		if _, err := files.Put(ctx, name, 0o644, time.Now(), bytes.NewReader(content)); err != nil {
			return err
		}
		var back bytes.Buffer
		if _, err := files.Receive(ctx, name, &back); err != nil {
			return err
		}
		return right(nil, back.Len() >= 100_000 && strings.Count(back.String(), back.String()[:1]) == back.Len())
	}},
	{"list", func(ctx context.Context, s *soak, d wire.Device, _ *rand.Rand) error {
		files, err := s.client.Sync(ctx, d.TransportID)
		if err != nil {
			return err
		}
		defer files.Close()
		list, err := files.List(ctx, "/system/bin")
		return right(err, len(list) > 10)
	}},
	{"logcat", func(ctx context.Context, s *soak, d wire.Device, _ *rand.Rand) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second) // a device that left may stay away
		defer cancel()
		enough := errors.New("enough")
		err := s.client.Logcat(ctx, s.client.Locate(d.Serial, d.DevPath), adb.LogOptions{Newest: 5}, func(e []adb.LogEntry) error {
			if slices.ContainsFunc(e, func(e adb.LogEntry) bool { return e.Kind == adb.LogMessage }) {
				return enough
			}
			return nil
		})
		switch {
		case errors.Is(err, enough):
			return nil
		case errors.Is(err, context.DeadlineExceeded):
			return &adb.Error{Op: "soaking", Code: wire.StreamLost, Message: "no entry came"}
		}
		return right(err, false)
	}},
	{"reconnect", func(ctx context.Context, s *soak, d wire.Device, _ *rand.Rand) error {
		return s.client.Reconnect(ctx, d.TransportID)
	}},
	{"reboot", func(ctx context.Context, s *soak, d wire.Device, _ *rand.Rand) error {
		return s.client.Reboot(ctx, d.TransportID, "")
	}},
}

// errWrong is something that came out, and wrongly.
var errWrong = errors.New("came out wrong")

func right(err error, ok bool) error {
	if err == nil && !ok {
		return errWrong
	}
	return err
}

func (s *soak) shell(ctx context.Context, d wire.Device, command string) (out string, err error) {
	shell, err := s.client.Shell(ctx, d.TransportID, command)
	if err != nil {
		return "", err
	}
	defer shell.Close()
	defer context.AfterFunc(ctx, func() { shell.Close() })()
	var text strings.Builder
	for exited := false; !exited; {
		err := shell.Read(func(id adb.Packet, data []byte) {
			switch id {
			case adb.Stdout:
				text.Write(data)
			case adb.Exit:
				exited = true
			}
		})
		if err != nil && !exited {
			if err == io.EOF {
				err = &adb.Error{Op: "soaking", Code: wire.StreamLost, Message: "lost"}
			}
			return "", err
		}
	}
	return text.String(), nil
}

func (s *soak) work(ctx context.Context, v *Inventory, r *rand.Rand) {
	for ctx.Err() == nil {
		d, listed := v.Device(fmt.Sprintf("sim%04d", 4+r.IntN(soakDevices-3)))
		if !listed || d.State != wire.DeviceReady {
			pause(ctx, time.Millisecond)
			continue
		}
		one := works[r.IntN(len(works))]
		if (one.name == "reboot" || one.name == "reconnect") && r.IntN(10) > 0 {
			continue
		}
		err := one.do(ctx, s, d, r)
		if ctx.Err() != nil {
			return // it may have been cut off half way
		}
		s.count(one.name, err)
	}
}

// spoil brings faults about, one after another, and takes them back.
func (s *soak) spoil(ctx context.Context, r *rand.Rand) {
	devices := s.sim.Devices()
	faults := []func(d *adbsim.Device) (undo func()){
		func(d *adbsim.Device) func() { d.Vanish(); return func() { d.SetState(adbsim.StateDevice) } },
		func(d *adbsim.Device) func() {
			d.SetState(adbsim.StateOffline)
			return func() { d.SetState(adbsim.StateDevice) }
		},
		func(d *adbsim.Device) func() { d.Freeze(); return d.Thaw },
		func(d *adbsim.Device) func() { d.OmitExit(true); return func() { d.OmitExit(false) } },
		func(d *adbsim.Device) func() { d.SlowLink(100_000); return func() { d.SlowLink(0) } },
		func(d *adbsim.Device) func() { d.FillStorage(true); return func() { d.FillStorage(false) } },
		func(d *adbsim.Device) func() { d.InterruptTransfer(50_000, nil); return func() {} },
		func(d *adbsim.Device) func() {
			d.InterruptTransfer(50_000, (*adbsim.Device).Vanish)
			return func() { d.SetState(adbsim.StateDevice) }
		},
		func(*adbsim.Device) func() {
			s.sim.CutReplies(int64(r.IntN(60)))
			return func() { s.sim.CutReplies(-1) }
		},
	}
	restart := time.Now().Add(2 * time.Second)
	for ctx.Err() == nil {
		if time.Now().After(restart) {
			s.sim.RestartServer(50 * time.Millisecond)
			s.sim.CutReplies(int64(r.IntN(60)))
			s.sim.SplitReplies(true)
			pause(ctx, 10*time.Millisecond)
			s.sim.CutReplies(-1)
			s.sim.SplitReplies(false)
			restart = time.Now().Add(10 * time.Second)
		}
		undo := faults[r.IntN(len(faults))](devices[3+r.IntN(soakDevices-3)])
		pause(ctx, time.Duration(r.IntN(150))*time.Millisecond)
		undo()
	}
}

func (s *soak) count(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.done[name]++
		return
	}
	s.failed[name]++
	_, typed := errors.AsType[*adb.Error](err)
	if errors.Is(err, errWrong) || !typed {
		s.t.Errorf("%s: %v", name, err)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
