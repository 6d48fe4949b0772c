// Package fence refuses commands of a device's earlier drivers. It keeps, over
// the lives of an agent, the highest epoch of each device's reservation that it
// was told of, and lets pass what carries that one or a newer one: so a relay
// that is behind, or a command that was long on its way, moves nothing on a
// device that is somebody else's by now.
//
// It knows neither who the people are nor NATS. An epoch is on the disk before
// the first command under it begins.
package fence

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"sync"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

// Fence is safe for use by several goroutines.
type Fence struct {
	path string

	mu    sync.Mutex // guards known, and the file
	known map[string]wire.Drive
}

// Open reads what an earlier life was told. A file that is damaged is begun
// anew: a relay tells all of it again when the bench comes online.
func Open(path string, log *slog.Logger) (*Fence, error) {
	f := &Fence{path: path, known: map[string]wire.Drive{}}
	data, err := record.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return f, nil
	case errors.Is(err, record.ErrDamaged):
	case err != nil:
		return nil, fmt.Errorf("reading the epochs of devices: %w", err)
	default:
		if err = json.Unmarshal(data, &f.known); err == nil {
			return f, nil
		}
	}
	log.Warn("epochs of devices are not readable, beginning anew", "err", err)
	f.known = map[string]wire.Drive{}
	return f, nil
}

// Tell takes what a relay says of devices, and gives what is known then. What
// is older changes nothing.
func (f *Fence) Tell(told map[string]wire.Drive) (map[string]wire.Drive, *wire.Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fault := f.valid(told); fault != nil {
		return nil, fault
	}
	if fault := f.learn(told); fault != nil {
		return nil, fault
	}
	return maps.Clone(f.known), nil
}

func (f *Fence) valid(told map[string]wire.Drive) *wire.Fault {
	added := 0
	for device, d := range told {
		if (device != wire.WholeBench && !wire.ValidDeviceID(device)) || d.Epoch < 0 {
			return &wire.Fault{Code: wire.Invalid, Message: "not the epochs of a bench's devices"}
		}
		if _, known := f.known[device]; !known {
			added++
		}
	}
	if len(f.known)+added > wire.MaxEpochs {
		return &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("more than %d devices have an epoch", wire.MaxEpochs)}
	}
	return nil
}

// learn keeps what is newer, on the disk first.
func (f *Fence) learn(told map[string]wire.Drive) *wire.Fault {
	next := maps.Clone(f.known)
	for device, d := range told {
		known := next[device]
		// An epoch begins with a holder, so of two who tell the same one, who says
		// that nobody holds the device is the newer.
		if d.Epoch > known.Epoch || d.Epoch == known.Epoch && known.Held && !d.Held {
			next[device] = d
		}
	}
	if maps.Equal(next, f.known) {
		return nil
	}
	data, err := json.Marshal(next)
	if err == nil {
		err = record.WriteFile(f.path, data)
	}
	if err != nil {
		return &wire.Fault{Code: wire.StorageFull, Message: "the agent could not write down who drives the device: " + err.Error(), Hint: "look whether the bench PC's disk is full", Retry: true}
	}
	f.known = next
	return nil
}

// Pass lets a command pass that stands on the newest reservation of its device,
// or refuses it. One under a newer epoch than was known tells of it.
func (f *Fence) Pass(device string, d wire.Drive) *wire.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now(device)
	switch {
	case d.Epoch > now.Epoch:
		told := map[string]wire.Drive{device: d}
		if fault := f.valid(told); fault != nil {
			return fault
		}
		return f.learn(told)
	case d.Epoch == now.Epoch, d.Epoch == 0 && !now.Held: // a relay that knows of no reservations shuts nobody out
		return nil
	}
	return &wire.Fault{
		Code: wire.EpochOld, Message: fmt.Sprintf("somebody else drives device %s now", device),
		Hint: "look who has it reserved; reserve it, or queue for it",
	}
}

// now is a device's own epoch or its bench's, whichever is newer.
func (f *Fence) now(device string) wire.Drive {
	own, bench := f.known[device], f.known[wire.WholeBench]
	return wire.Drive{Epoch: max(own.Epoch, bench.Epoch), Held: own.Held || bench.Held}
}
