package notices

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// worthTelling is how long a run must have taken: who waits for a shorter one
// looks at it.
const worthTelling = 10 * time.Second

// ending is a run that has ended.
type ending struct {
	run api.Run
	saw bool // this relay saw it going on
}

// RunChanged is told of every run. One that has ended is told to who started it:
// also one that ended while no relay looked, for as long as events are kept.
func (n *Notices) RunChanged(run api.Run) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if run.State != wire.Ended {
		if len(n.going) >= maxGoing { // claims that were withdrawn leave theirs behind
			clear(n.going)
		}
		n.going[run.ID] = true
		return
	}
	saw := n.going[run.ID]
	delete(n.going, run.ID)
	if run.ByID == "" || took(run) < worthTelling || len(n.ended) >= maxEnded {
		return
	}
	if !saw && n.cfg.Now().Sub(*run.EndedAt) > wire.EventsFor { // by two clocks: only a bound
		return
	}
	n.ended = append(n.ended, ending{run, saw})
	select {
	case n.woken <- struct{}{}:
	default:
	}
}

// took is by the bench's clock, from its beginning to its end.
func took(run api.Run) time.Duration {
	if run.StartedAt == nil || run.EndedAt == nil {
		return 0
	}
	return run.EndedAt.Sub(*run.StartedAt)
}

func (n *Notices) tellRuns(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := n.since(ctx); err == nil {
			break
		}
		pause(ctx, 100*time.Millisecond) // the store is not there yet
	}
	for {
		n.mu.Lock()
		var next ending
		some := len(n.ended) > 0
		if some {
			next = n.ended[0]
		}
		n.mu.Unlock()
		if !some {
			select {
			case <-n.woken:
				continue
			case <-ctx.Done():
				return
			}
		}
		if err := n.finished(ctx, next); err != nil {
			if ctx.Err() != nil {
				return
			}
			n.log.Debug("telling that a run has finished, trying again", "run", next.run.ID, "err", err)
			pause(ctx, time.Second)
			continue
		}
		n.mu.Lock()
		n.ended = n.ended[1:]
		n.mu.Unlock()
	}
}

// finished tells of one run, unless that was told: what lies in the bucket says so
// for as long as events are kept. Between the notice and that a relay may die, and
// another says it again: the notice's key keeps it single for minutes, and after
// them what stands in the person's room.
func (n *Notices) finished(ctx context.Context, e ending) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	told := n.cfg.Told()
	if told == nil {
		return errors.New("the store is not there yet")
	}
	if !e.saw {
		since, err := n.since(ctx)
		if err != nil || e.run.EndedAt.Before(since) {
			return err
		}
	}
	_, err := told.Get(ctx, e.run.ID)
	if err == nil || !errors.Is(err, jetstream.ErrKeyNotFound) {
		return err
	}
	if err := n.tellFinished(ctx, e.run); err != nil {
		return err
	}
	_, err = told.Create(ctx, e.run.ID, nil)
	return lost(err)
}

// since is from when on ends are told that nobody saw: what ended before a relay
// that does so ran for the first time is no news.
func (n *Notices) since(ctx context.Context) (time.Time, error) {
	const key = "notices.runs"
	links := n.cfg.Links()
	if links == nil {
		return time.Time{}, errors.New("the store is not there yet")
	}
	entry, err := links.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		now := n.cfg.Now().UTC()
		_, err := links.Create(ctx, key, []byte(now.Format(time.RFC3339Nano)))
		return now, lost(err)
	} else if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, string(entry.Value()))
	if err != nil {
		return at, fmt.Errorf("reading %s: %w", key, err)
	}
	return at, nil
}

func (n *Notices) tellFinished(ctx context.Context, run api.Run) error {
	room, err := n.cfg.Events.Snapshot(ctx, "user:"+run.ByID)
	if err != nil {
		return err
	}
	for _, e := range room.Notices {
		var told api.Notice
		if json.Unmarshal(e.D, &told) == nil && told.Kind == api.NoticeRunFinished && told.Run == run.ID {
			return nil
		}
	}
	return n.Notify(ctx, "run_finished."+run.ID, run.ByID, api.Notice{
		Kind: api.NoticeRunFinished, Bench: run.Bench, Device: run.Device, Run: run.ID,
		Text: fmt.Sprintf("%s on %s of %s: %s", short(run), run.Device, run.Bench, how(run)),
	})
}

func how(run api.Run) string {
	if run.Outcome == wire.Exited && run.ExitCode != nil {
		return fmt.Sprintf("exit code %d", *run.ExitCode)
	}
	return strings.ReplaceAll(string(run.Outcome), "_", " ")
}

// short is a run in a few words.
func short(run api.Run) string {
	if run.Check != nil && run.Check.Label != "" {
		return run.Check.Label
	}
	words, _, cut := strings.Cut(strings.TrimSpace(run.Command), "\n")
	if r := []rune(words); len(r) > 80 {
		words, cut = string(r[:80]), true
	}
	if cut {
		words += "…"
	}
	return words
}
