// Package inventory keeps the list of a bench's devices as testers see it: each
// under an id that stays the same over reboots and unplugging, with adb's own
// word for its state, the reason, what to do about it, and the properties worth
// showing. A device that vanishes is kept for some seconds, because a USB hub
// that resets takes its devices with it and brings them back.
//
// It knows the adb server and nothing of NATS or runs.
package inventory

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// Config says where devices come from and who hears of them.
type Config struct {
	Client *adb.Client
	Logger *slog.Logger
	// Changed is called with the whole list, sorted by id, and the reason why
	// the bench as a whole is not well ("" when it is): once the first answer
	// or failure of the adb server is known and then on every change. Never
	// twice at once; the list is the callee's to keep, its maps are shared and
	// must not be written.
	Changed func(devices []wire.Device, reason string)
	// Path is a file that remembers the ids of devices whose serials repeat, so
	// that they outlive the process. Empty: they do not.
	Path string
	// KeepGone is how long a vanished device stays listed; 5 s where zero.
	KeepGone time.Duration
}

// Inventory is the bench's list of devices.
type Inventory struct {
	config Config
	roster *roster // of Run's goroutine alone

	mu   sync.RWMutex // guards byID
	byID map[string]wire.Device
}

// New makes an inventory; it is empty until Run runs.
func New(c Config) *Inventory {
	if c.KeepGone == 0 {
		c.KeepGone = 5 * time.Second
	}
	return &Inventory{config: c, roster: newRoster(c.KeepGone)}
}

// Device is the device of that id as it is now.
func (v *Inventory) Device(id string) (wire.Device, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	d, ok := v.byID[id]
	return d, ok
}

// seen is what the adb server said: a list or why there is none.
type seen struct {
	devices []adb.Device
	err     error
}

// Run keeps the list until ctx ends.
func (v *Inventory) Run(ctx context.Context) error {
	if err := v.roster.names.load(v.config.Path); err != nil {
		v.config.Logger.Warn("device ids not remembered, devices with equal serials may get others", "err", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	lists := make(chan seen) // Watch waits until the list was taken
	fetched := make(chan fetched)
	group.Go(func() error {
		return v.config.Client.Watch(ctx, func(devices []adb.Device, err error) {
			select {
			case lists <- seen{devices, err}:
			case <-ctx.Done():
			}
		})
	})
	group.Go(func() error { return v.keep(ctx, group, lists, fetched) })
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// keep is the one goroutine that changes the roster.
func (v *Inventory) keep(ctx context.Context, group *errgroup.Group, lists <-chan seen, results chan fetched) error {
	due := time.NewTimer(time.Hour)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s := <-lists:
			v.see(s)
		case f := <-results:
			if f.err != nil && ctx.Err() == nil {
				v.config.Logger.Warn("properties not read", "device", f.id, "err", f.err)
			}
			v.roster.take(f, time.Now())
		case <-due.C:
			v.roster.expire(time.Now())
		}
		now := time.Now()
		for _, d := range v.roster.toFetch(now) {
			group.Go(func() error {
				f := fetched{id: d.ID, transport: d.TransportID}
				f.properties, f.err = v.config.Client.Properties(ctx, d.TransportID)
				select {
				case results <- f:
				case <-ctx.Done():
				}
				return nil
			})
		}
		due.Reset(v.roster.next(now))
		v.tell()
	}
}

func (v *Inventory) see(s seen) {
	now := time.Now()
	if s.err != nil {
		if reason := reasonOf(s.err); reason != v.roster.reason {
			v.config.Logger.Warn("no list of devices", "err", s.err)
			v.roster.reason = reason
		}
		v.roster.see(nil, now)
		return
	}
	v.roster.reason = ""
	if v.roster.see(s.devices, now) {
		if err := v.roster.names.save(v.config.Path); err != nil {
			v.config.Logger.Warn("device ids not saved, devices with equal serials may get others after a restart", "err", err)
		}
	}
}

// tell calls Changed where the list or the reason is another than last told.
func (v *Inventory) tell() {
	devices, reason, changed := v.roster.news()
	if !changed {
		return
	}
	byID := make(map[string]wire.Device, len(devices))
	for _, d := range devices {
		byID[d.ID] = d
		if before, known := v.byID[d.ID]; !known || before.State != d.State {
			v.config.Logger.Info("device", "device", d.ID, "serial", d.Serial, "state", d.State)
		}
	}
	for id := range v.byID {
		if _, there := byID[id]; !there {
			v.config.Logger.Info("device gone", "device", id)
		}
	}
	v.mu.Lock()
	v.byID = byID
	v.mu.Unlock()
	v.config.Changed(devices, reason)
}
