package fence

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

func open(t *testing.T, path string) *Fence {
	t.Helper()
	f, err := Open(path, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func tell(t *testing.T, f *Fence, device string, d wire.Drive) map[string]wire.Drive {
	t.Helper()
	known, fault := f.Tell(map[string]wire.Drive{device: d})
	if fault != nil {
		t.Fatal(fault)
	}
	return known
}

func held(epoch int64) wire.Drive { return wire.Drive{Epoch: epoch, Held: true} }
func free(epoch int64) wire.Drive { return wire.Drive{Epoch: epoch} }

func passes(t *testing.T, f *Fence, device string, d wire.Drive, want bool) {
	t.Helper()
	fault := f.Pass(device, d)
	if (fault == nil) != want || fault != nil && fault.Code != wire.EpochOld {
		t.Errorf("device %s, %+v: %v, want passing %v", device, d, fault, want)
	}
}

func TestFence_RefusesOlderEpochs(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "epochs"))
	passes(t, f, "a", free(0), true)
	tell(t, f, "a", held(7))
	passes(t, f, "a", held(6), false)
	passes(t, f, "a", free(0), false)
	passes(t, f, "a", held(7), true)
	passes(t, f, "b", free(0), true)
	if known := tell(t, f, "a", free(3)); known["a"] != held(7) {
		t.Errorf("an older word changed it: %+v", known)
	}
	tell(t, f, "a", free(8))
	passes(t, f, "a", held(7), false)
	passes(t, f, "a", free(8), true)
	passes(t, f, "a", free(0), true) // nobody has it: a relay without reservations may use it
}

func TestFence_AnEpochIsHeldFirstAndFreeThen(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "epochs"))
	tell(t, f, "a", held(7))
	if known := tell(t, f, "a", free(7)); known["a"] != free(7) {
		t.Errorf("its holder has released it: %+v", known)
	}
	passes(t, f, "a", free(0), true)
	if known := tell(t, f, "a", held(7)); known["a"] != free(7) { // on its way for long
		t.Errorf("an older word changed it: %+v", known)
	}
	tell(t, f, "a", held(8))
	passes(t, f, "a", free(7), false)
}

func TestFence_LearnsFromACommand(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "epochs"))
	tell(t, f, "a", held(7))
	passes(t, f, "a", held(9), true)
	passes(t, f, "a", held(7), false)
	passes(t, f, "a", held(8), false)
}

func TestFence_WholeBenchCoversEachDevice(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "epochs"))
	tell(t, f, wire.WholeBench, held(5))
	passes(t, f, "a", free(0), false)
	passes(t, f, "a", held(4), false)
	passes(t, f, "a", held(5), true)
	tell(t, f, wire.WholeBench, free(6))
	passes(t, f, "a", free(0), true)
	passes(t, f, "a", held(5), false)
}

func TestFence_OutlivesItsProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "epochs")
	passes(t, open(t, path), "a", held(7), true)
	passes(t, open(t, path), "a", held(6), false)
	t.Run("damaged", func(t *testing.T) {
		if err := os.WriteFile(path, []byte("no record"), 0o600); err != nil {
			t.Fatal(err)
		}
		f := open(t, path)
		passes(t, f, "a", held(6), true)
		passes(t, open(t, path), "a", held(5), false)
	})
	t.Run("full disk", func(t *testing.T) {
		f := open(t, filepath.Join(t.TempDir(), "gone", "epochs"))
		if fault := f.Pass("a", held(1)); fault == nil || fault.Code != wire.StorageFull {
			t.Errorf("passes although it is not written down: %v", fault)
		}
	})
}

func TestFence_TakesNoNonsense(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "epochs"))
	for _, told := range []map[string]wire.Drive{{"a": {Epoch: -1}}, {"A.>": held(1)}} {
		if _, fault := f.Tell(told); fault == nil || fault.Code != wire.Invalid {
			t.Errorf("%v: %v", told, fault)
		}
	}
	many := map[string]wire.Drive{}
	for i := range wire.MaxEpochs + 1 {
		many["d"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676))] = held(1)
	}
	if _, fault := f.Tell(many); fault == nil || fault.Code != wire.TooMany {
		t.Errorf("%d devices: %v", len(many), fault)
	}
}
