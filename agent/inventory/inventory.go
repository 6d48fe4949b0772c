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
	// Unauthorized is what to do about a device that does not trust this PC,
	// where the usual hint does not do.
	Unauthorized string
}

// Inventory is the bench's list of devices.
type Inventory struct {
	config Config
	roster *roster // of Run's goroutine alone

	mu   sync.RWMutex // guards byID
	byID map[string]wire.Device

	hints hints
}

// New makes an inventory; it is empty until Run runs. It takes the client's
// StreamLost for itself.
func New(c Config) *Inventory {
	if c.KeepGone == 0 {
		c.KeepGone = 5 * time.Second
	}
	v := &Inventory{config: c, roster: newRoster(c.KeepGone), hints: hints{wake: make(chan struct{}, 1)}}
	v.roster.unauthorized = c.Unauthorized
	c.Client.StreamLost = func(transport int64) { v.hints.add(hint{transport: transport}) }
	return v
}

// Rebooting notes that the device was told to reboot: it shows as rebooting
// from now on until it has booted anew. Call it as soon as the device has taken
// the request.
func (v *Inventory) Rebooting(id string) { v.hints.add(hint{rebooting: id}) }

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
	results := make(chan done)
	group.Go(func() error {
		return v.config.Client.Watch(ctx, func(devices []adb.Device, err error) {
			select {
			case lists <- seen{devices, err}:
			case <-ctx.Done():
			}
		})
	})
	group.Go(func() error { return v.keep(ctx, group, lists, results) })
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// keep is the one goroutine that changes the roster.
func (v *Inventory) keep(ctx context.Context, group *errgroup.Group, lists <-chan seen, results chan done) error {
	due := time.NewTimer(time.Hour)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s := <-lists:
			v.see(s)
		case d := <-results:
			if d.err != nil && d.kind != askBeat && ctx.Err() == nil {
				v.config.Logger.Warn("a device did not answer", "device", d.id+d.addr, "err", d.err)
			}
			v.roster.take(d, time.Now())
		case <-v.hints.wake:
			for _, h := range v.hints.take() {
				h.to(v.roster, time.Now())
			}
		case <-due.C:
			v.roster.expire(time.Now())
		}
		now := time.Now()
		for _, e := range v.roster.errands(now) {
			group.Go(func() error {
				select {
				case results <- v.run(ctx, e):
				case <-ctx.Done():
				}
				return nil
			})
		}
		due.Reset(v.roster.next(now))
		v.tell()
	}
}

// run does an errand.
func (v *Inventory) run(ctx context.Context, e errand) done {
	client, d := v.config.Client, done{errand: e}
	switch e.kind {
	case readProperties:
		if d.properties, d.err = client.Properties(ctx, e.transport); d.err == nil {
			d.boot, _ = client.Boot(ctx, e.transport) // one that cannot say it is asked no more
		}
	case readBoot:
		d.boot, d.err = client.Boot(ctx, e.transport)
	case askBeat:
		d.err = client.Beat(ctx, e.transport)
	case reconnect:
		v.config.Logger.Info("reconnecting a device that is stuck offline", "device", e.id)
		if e.addr != "" {
			d.err = client.Connect(ctx, e.addr) // which disconnects it first
		} else {
			d.err = client.Reconnect(ctx, e.transport)
		}
	case connect:
		v.config.Logger.Info("connecting a device that the adb server forgot", "addr", e.addr)
		d.err = client.Connect(ctx, e.addr)
	case askVersion:
		d.version, d.err = client.Version(ctx)
	}
	return d
}

func (v *Inventory) see(s seen) {
	now := time.Now()
	if s.err != nil {
		if reason := reasonOf(s.err); reason != v.roster.reason {
			v.config.Logger.Warn("no list of devices", "err", s.err)
			v.roster.reason = reason
		}
		v.roster.sever(now)
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
