package notices_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/events"
	"github.com/farbench/farbench/relay/notices"
)

// board is what a relay knows of the benches, as a test says.
type board struct {
	mu    sync.Mutex // guards bench
	bench map[string]api.Bench
}

func (b *board) Loaded() bool { return true }

func (b *board) Get(id string) (api.Bench, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	doc, ok := b.bench[id]
	return doc, ok
}

func (b *board) Gone(id string) bool {
	doc, ok := b.Get(id)
	return ok && doc.State == api.Offline
}

// settle is how long a bench must have been gone, or back.
const settle = 100 * time.Millisecond

// relay is what tells people, on a broker that others tell on, too.
type relay struct {
	*notices.Notices
	t      *testing.T
	events *events.Events
	board  *board
	stop   func()
}

func newRelay(t *testing.T, l *coretest.Lab) *relay {
	t.Helper()
	return newRelayThatSettles(t, l, settle)
}

func newRelayThatSettles(t *testing.T, l *coretest.Lab, settle time.Duration) *relay {
	t.Helper()
	r := &relay{t: t, board: &board{bench: map[string]api.Bench{}}}
	made := make(chan struct{})
	_, r.stop = coretest.Bridge(t, l, func(ctx context.Context, b *bridge.Bridge) {
		r.events = events.New(events.Config{Bridge: b, Logger: coretest.Logger(t)})
		r.Notices = notices.New(notices.Config{
			Events: r.events, Benches: r.board, Links: b.Documents, Told: b.Told, Now: b.Now, Logger: coretest.Logger(t), Settle: settle,
		})
		var both sync.WaitGroup
		both.Go(func() { _ = r.events.Run(ctx) })
		both.Go(func() { _ = r.Run(ctx) })
		close(made)
		both.Wait()
	})
	<-made
	coretest.Eventually(t, "it can tell", func() bool {
		_, err := r.events.Snapshot(t.Context(), "lab")
		return err == nil && coretest.Store(t, l).Value(wire.BucketDocuments, "notices.runs") != ""
	})
	return r
}

// bench says how a bench stands at this relay.
func (r *relay) bench(id string, state api.BenchState) {
	doc := api.Bench{ID: id, Name: "Bench " + id, State: state, Reason: "the cable is out"}
	r.board.mu.Lock()
	r.board.bench[id] = doc
	r.board.mu.Unlock()
	r.BenchChanged(doc)
}

// forget waits until the store no longer knows keys of before.
func (r *relay) forget(l *coretest.Lab) {
	r.t.Helper()
	js := coretest.Store(r.t, l).JS
	stream, err := js.Stream(r.t.Context(), wire.StreamEvents)
	if err != nil {
		r.t.Fatal(err)
	}
	c := stream.CachedInfo().Config
	c.Duplicates = 100 * time.Millisecond
	if _, err := js.UpdateStream(r.t.Context(), c); err != nil {
		r.t.Fatal(err)
	}
	coretest.Eventually(r.t, "a key of before counts no more", func() bool {
		if err := r.Notify(r.t.Context(), "again", "p-nobody", api.Notice{Kind: api.NoticeAsked}); err != nil {
			r.t.Error(err)
		}
		return len(r.told("user:p-nobody")) > 1
	})
}

// told are the notices of a room, in a few words each.
func (r *relay) told(room string) (list []string) {
	r.t.Helper()
	snapshot, err := r.events.Snapshot(r.t.Context(), room)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range snapshot.Notices {
		var n api.Notice
		if err := json.Unmarshal(e.D, &n); err != nil {
			r.t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %s%s", n.Kind, n.Bench, n.Run))
	}
	return list
}

// hears waits until the last notice of a room is the last one wanted, and says
// what was told instead where it is not.
func (r *relay) hears(room string, want ...string) {
	r.t.Helper()
	var got []string
	for deadline := time.Now().Add(coretest.Patience / 2); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if got = r.told(room); len(got) >= len(want) {
			break
		}
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("in %s was told %q, expected %q", room, got, want)
	}
}
