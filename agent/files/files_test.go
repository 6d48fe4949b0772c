package files_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/files"
	"github.com/farbench/farbench/agent/parcel"
	"github.com/farbench/farbench/agent/session"
	"github.com/farbench/farbench/agent/wire"
)

const folder = "/data/local/tmp/"

// bench is a desk with a simulated device, and nothing between it and the asker.
type bench struct {
	t    *testing.T
	sim  *adbsim.Bench
	desk *session.Desk
	adb  *adb.Client
	id   int64
	n    int
}

func newBench(t *testing.T, quota int64) *bench {
	t.Helper()
	b := &bench{t: t, sim: adbsim.New(adbsim.Config{Devices: 1, Quota: quota})}
	at, err := b.sim.ListenHost("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = b.sim.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	b.adb = adb.New(at.String())
	list, err := b.adb.Devices(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	b.id = list[0].TransportID
	b.desk = session.NewDesk(session.Config{
		Device: func(string) (wire.Device, *wire.Fault) { return wire.Device{ID: "d", TransportID: b.id}, nil },
		Serve:  (&files.Server{ADB: b.adb}).Serve,
		Logger: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(b.desk.Stop)
	return b
}

// open opens a session and gives the asker's end of it.
func (b *bench) open(spec wire.SessionSpec) *session.Stream {
	b.t.Helper()
	b.n++
	sid := "s" + strings.Repeat("i", b.n%30) + string(rune('a'+b.n%26))
	asker := session.New(1, func(frame []byte) error { b.desk.Take(sid, bytes.Clone(frame)); return nil })
	fault := b.desk.Open(wire.SessionOpen{Session: sid, Stream: 1, Device: "d", SessionSpec: spec}, func(frame []byte) error {
		f, err := wire.ParseFrame(bytes.Clone(frame))
		if err == nil {
			err = asker.Take(f)
		}
		return err
	})
	if fault != nil {
		b.t.Fatal(fault)
	}
	asker.Begin()
	return asker
}

// list is what the folder of the device holds.
func (b *bench) list() (names []string) {
	b.t.Helper()
	s, err := b.adb.Sync(b.t.Context(), b.id)
	if err != nil {
		b.t.Fatal(err)
	}
	defer s.Close()
	list, err := s.List(b.t.Context(), strings.TrimSuffix(folder, "/"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range list {
		names = append(names, f.Name)
	}
	return names
}

func (b *bench) push(name string, content []byte, upTo int) *session.Stream {
	b.t.Helper()
	s := b.open(wire.SessionSpec{Kind: wire.SessionPush, Path: folder + name, Name: name, SHA256: true})
	w := parcel.NewWriter(s)
	_ = w.Head(parcel.Entry{Path: ".", Mode: 0o640, Size: int64(len(content))})
	if _, err := w.Write(content[:min(upTo, len(content))]); err == nil && upTo >= len(content) {
		_ = w.Tail("")
		_ = s.CloseWrite()
	}
	_ = s.Flush()
	return s
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestServe_PushesAndPulls(t *testing.T) {
	b := newBench(t, 0)
	content := make([]byte, 5<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	s := b.push("file", content, len(content))
	var done []parcel.Done
	in := parcel.NewReader(s)
	in.Done = func(d parcel.Done) { done = append(done, d) }
	if _, err := in.Next(); err != nil && err != io.EOF {
		t.Log(err) // the session ended without an end of this direction
	}
	if end := s.Result(); end.Fault != nil || end.Moved.Files != 1 || end.Moved.Bytes != 5<<20 || len(done) != 1 || len(done[0].SHA256) != 64 {
		t.Fatalf("pushed %+v, told %+v", end, done)
	}
	s = b.open(wire.SessionSpec{Kind: wire.SessionPull, Path: folder + "file", SHA256: true})
	in = parcel.NewReader(s)
	e, err := in.Next()
	if err != nil || e.Path != "." || e.Mode.Perm()&0o600 != 0o600 || e.Mode&fs.ModeType != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	back, err := io.ReadAll(in)
	if err != nil || !bytes.Equal(back, content) || in.SHA256() != done[0].SHA256 {
		t.Errorf("%d bytes came back, sum %s, %v", len(back), in.SHA256(), err)
	}
	if end := s.Result(); end.Fault != nil {
		t.Errorf("ended with %+v", end)
	}
}

func TestServe_TellsAtOnceThatTheDeviceIsFull(t *testing.T) {
	b := newBench(t, 4<<20)
	// It never listens and never ends: the fault comes all the same.
	s := b.push("file", make([]byte, 64<<20), 63<<20)
	if end := s.Result(); end.Fault == nil || end.Fault.Code != wire.StorageFull || end.Fault.Hint == "" {
		t.Errorf("ended with %+v", end.Fault)
	}
	eventually(t, "the session's end", func() bool { return b.desk.Going() == 0 })
	if left := b.list(); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

func TestServe_GivenUpAHundredTimesLeavesNothing(t *testing.T) {
	b := newBench(t, 0)
	content := make([]byte, 1<<20)
	if end := b.push("source", content, len(content)).Result(); end.Fault != nil {
		t.Fatal(end.Fault)
	}
	before := runtime.NumGoroutine()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		var s *session.Stream
		if i%2 == 0 {
			s = b.push("given-up", content, random.IntN(len(content)))
		} else {
			s = b.open(wire.SessionSpec{Kind: wire.SessionPull, Path: folder + "source"})
			_, _ = io.CopyN(io.Discard, s, random.Int64N(1<<20))
		}
		if i%3 == 0 {
			b.desk.Cut()
		} else {
			s.Close(wire.SessionEnd{Fault: &wire.Fault{Code: wire.Cancelling}})
		}
		eventually(t, "the session's end", func() bool { return b.desk.Going() == 0 })
	}
	eventually(t, "as many goroutines as before", func() bool { return runtime.NumGoroutine() <= before+2 })
	if left := b.list(); len(left) != 1 || left[0] != "source" {
		t.Errorf("the device has %v", left)
	}
}

func TestServe_RefusesWhatIsNoPush(t *testing.T) {
	b := newBench(t, 0)
	for name, spec := range map[string]wire.SessionSpec{
		"a name that leads elsewhere": {Kind: wire.SessionPush, Path: folder, Name: ".."},
		"no kind":                     {Path: folder},
		"no APKs":                     {Kind: wire.SessionInstall},
		"a relative path":             {Kind: wire.SessionPull, Path: "file"},
	} {
		if end := b.open(spec).Result(); end.Fault == nil || end.Fault.Code != wire.Invalid {
			t.Errorf("%s: ended with %+v", name, end.Fault)
		}
	}
}
