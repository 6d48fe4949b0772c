package adb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/farbench/farbench/agent/wire"
)

// leased is a lease as it is written down.
type leased struct {
	Serial   string `json:"serial"`
	Local    string `json:"local"`
	Remote   string `json:"remote"`
	Reversed bool   `json:"reversed,omitempty"`
}

func (l *Lease) entry() leased { return leased{l.serial, l.Local, l.Remote, l.Reversed} }

// Ledger is a file with the leases that are held, so that the next process ends
// those that this one could not. It is safe for concurrent use.
type Ledger struct {
	path string

	mu      sync.Mutex // guards what follows
	held    []leased
	orphans []leased // of processes before this one
}

const (
	maxLeases = 256
	maxLedger = 1 << 20
)

// OpenLedger reads the file at path, which need not be there. One that cannot
// be understood counts as empty: ports that stay open are no reason not to
// start.
func OpenLedger(path string) (*Ledger, error) {
	l := &Ledger{path: path}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the leases: %w", err)
	}
	if info.Size() > maxLedger {
		return l, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the leases: %w", err)
	}
	l.orphans = parseLedger(text)
	return l, nil
}

func parseLedger(text []byte) []leased {
	var all []leased
	if json.Unmarshal(text, &all) != nil {
		return nil
	}
	all = slices.DeleteFunc(all, func(e leased) bool { return e.Serial == "" || !isAddress(e.Local) || !isAddress(e.Remote) })
	return all[:min(len(all), maxLeases)]
}

func (l *Ledger) add(e leased) error {
	return l.change(func() error {
		if len(l.held) >= maxLeases {
			return &Error{Op: "leasing a port", Code: wire.TooMany, Message: "too many ports are leased", Hint: "End some of them"}
		}
		l.held = append(l.held, e)
		return nil
	})
}

func (l *Ledger) remove(e leased) error {
	return l.change(func() error {
		if i := slices.Index(l.held, e); i >= 0 {
			l.held = slices.Delete(l.held, i, i+1)
		}
		return nil
	})
}

func (l *Ledger) replace(before, after leased) error {
	return l.change(func() error {
		if i := slices.Index(l.held, before); i >= 0 {
			l.held[i] = after
		}
		return nil
	})
}

// settle forgets what a process before this one had left.
func (l *Ledger) settle(e leased) error {
	return l.change(func() error {
		l.orphans = slices.DeleteFunc(l.orphans, func(other leased) bool { return other == e })
		return nil
	})
}

// change changes the entries and writes them down: beside the file, then in its
// place, so that a death leaves the one or the other.
func (l *Ledger) change(do func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := do(); err != nil {
		return err
	}
	text, err := json.Marshal(slices.Concat(l.orphans, l.held))
	if err != nil {
		return fmt.Errorf("writing the leases: %w", err)
	}
	if err := os.WriteFile(l.path+".new", text, 0o600); err != nil {
		return fmt.Errorf("writing the leases: %w", err)
	}
	if err := os.Rename(l.path+".new", l.path); err != nil {
		return fmt.Errorf("writing the leases: %w", err)
	}
	return nil
}

// EndOrphans ends the leases that processes before this one left behind, and
// says how many there are still: those of devices that are not there, which
// lose them anyway, stay until the next time. A port that somebody else has
// taken since leads elsewhere, and is left alone.
func (c *Client) EndOrphans(ctx context.Context) (left int, err error) {
	if c.Ledger == nil {
		return 0, nil
	}
	c.Ledger.mu.Lock()
	orphans := slices.Clone(c.Ledger.orphans)
	c.Ledger.mu.Unlock()
	if len(orphans) == 0 {
		return 0, nil
	}
	devices, err := c.Devices(ctx)
	if err != nil {
		return len(orphans), err
	}
	var failed []error
	for _, e := range orphans {
		of := slices.DeleteFunc(slices.Clone(devices), func(d Device) bool { return d.Serial != e.Serial || d.State != string(wire.DeviceReady) })
		if len(of) != 1 { // none, or nobody knows which
			left++
			continue
		}
		if err := c.end(ctx, e, of[0].TransportID); err != nil {
			left++
			failed = append(failed, err)
			continue
		}
		failed = append(failed, c.Ledger.settle(e))
	}
	return left, errors.Join(failed...)
}

func asError(err error) (*Error, bool) { return errors.AsType[*Error](err) }
