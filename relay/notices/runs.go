package notices

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// worthTelling is how long a run must have taken: who waits for a shorter one
// looks at it.
const worthTelling = 10 * time.Second

// RunChanged is told of every run. One that this relay saw going on, and that has
// ended now, is told to who started it.
func (n *Notices) RunChanged(run api.Run) {
	loaded := n.cfg.Loaded()
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
	if !saw || !loaded || run.ByID == "" || took(run) < worthTelling || len(n.ended) >= maxEnded {
		return
	}
	n.ended = append(n.ended, run)
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
	for {
		n.mu.Lock()
		var run api.Run
		some := len(n.ended) > 0
		if some {
			run = n.ended[0]
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
		if err := n.finished(ctx, run); err != nil {
			if ctx.Err() != nil {
				return
			}
			n.log.Debug("telling that a run has finished, trying again", "run", run.ID, "err", err)
			pause(ctx, time.Second)
			continue
		}
		n.mu.Lock()
		n.ended = n.ended[1:]
		n.mu.Unlock()
	}
}

// finished tells of one run. A key counts for minutes, and a relay may have been
// away for longer: what stands in the person's room already is not told again.
func (n *Notices) finished(ctx context.Context, run api.Run) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
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
