package notices

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/relay/api"
)

// BenchChanged is told of every bench.
func (n *Notices) BenchChanged(b api.Bench) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.moved[b.ID] = time.Now()
}

// tellBenches looks after the benches that changed, once they have settled.
func (n *Notices) tellBenches(ctx context.Context) {
	tick := time.NewTicker(min(n.cfg.Settle/4, 250*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !n.cfg.Benches.Loaded() {
			continue
		}
		for id, at := range n.settled() {
			if err := n.tellBench(ctx, id); err != nil && ctx.Err() == nil {
				n.log.Debug("telling that a bench came or went, trying again", "bench", id, "err", err)
				continue
			}
			n.mu.Lock()
			if n.moved[id].Equal(at) {
				delete(n.moved, id)
			}
			n.mu.Unlock()
		}
	}
}

func (n *Notices) settled() map[string]time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := map[string]time.Time{}
	for id, at := range n.moved {
		if time.Since(at) >= n.cfg.Settle {
			list[id] = at
		}
	}
	return list
}

// tellBench tells of a bench's state where people were told of another one. The
// key holds the revision of what they were told: relays that see the change at
// once say one thing, and one that dies between leaves it to the others.
func (n *Notices) tellBench(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	bench, ok := n.cfg.Benches.Get(id)
	if !ok || bench.State != api.Online && !n.cfg.Benches.Gone(id) {
		return nil // nobody knows
	}
	links := n.cfg.Links()
	if links == nil {
		return errors.New("the store is not there yet")
	}
	key, now := "link."+id, []byte(bench.State)
	told, err := links.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		_, err := links.Create(ctx, key, now) // the first that is heard of it is no news
		return lost(err)
	} else if err != nil {
		return err
	}
	if string(told.Value()) == string(now) {
		return nil
	}
	notice := api.Notice{Kind: api.NoticeBenchOnline, Bench: id, Text: "Bench " + name(bench) + " is back."}
	if bench.State != api.Online {
		notice.Kind, notice.Text = api.NoticeBenchOffline, fmt.Sprintf("Bench %s is gone: %s.", name(bench), bench.Reason)
	}
	if err := n.say(ctx, fmt.Sprintf("%s.%s.%d", notice.Kind, id, told.Revision()), "bench:"+id, notice); err != nil {
		return err
	}
	_, err = links.Update(ctx, key, now, told.Revision())
	return lost(err)
}

// lost passes over that another relay was faster: it told the same.
func lost(err error) error {
	var api *jetstream.APIError
	if errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return nil
	}
	return err
}

func name(b api.Bench) string {
	if b.Name != "" {
		return b.Name
	}
	return b.ID
}
