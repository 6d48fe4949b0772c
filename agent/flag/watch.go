package flag

import (
	"context"
	"log/slog"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// lookEvery is how long a change may take to be told: the file is a few bytes,
// and asking for it costs less than being told of it on three systems.
const lookEvery = 500 * time.Millisecond

// Watcher tells of the flag as it is put up and taken away.
type Watcher struct {
	dir     string
	changed func(*wire.Flag)
	log     *slog.Logger
	up      *wire.Flag // as told last
	wrong   string     // the mistake that was logged last
}

// Watch makes a watcher. A flag that is up already is told before it returns.
func Watch(dir string, changed func(*wire.Flag), log *slog.Logger) *Watcher {
	w := &Watcher{dir: dir, changed: changed, log: log}
	w.look()
	return w
}

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			w.look()
		}
	}
}

// look tells what has changed. A flag that cannot be read changes nothing: who
// is at the bench stays there.
func (w *Watcher) look() {
	now, err := Read(w.dir)
	if err != nil {
		if w.wrong != err.Error() {
			w.wrong = err.Error()
			w.log.Warn("flag not read", "err", err)
		}
		return
	}
	w.wrong = ""
	if now == w.up || now != nil && w.up != nil && *now == *w.up {
		return
	}
	w.up = now
	w.changed(now)
	if err := hear(w.dir, now); err != nil {
		w.log.Warn("nobody can be told that the flag is seen", "err", err)
	}
}
