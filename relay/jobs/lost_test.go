package jobs

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core/coretest"
)

// A relay that was stopped for a while, or cut off, heard no beats in that time:
// it looks at the store before it says that another's job is lost.
func TestLost_IsWhoBeatsNoMore(t *testing.T) {
	l := coretest.New(t)
	b := bridge.New(bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub"), Logger: coretest.Logger(t)})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = b.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	coretest.Eventually(t, "the relay is ready", func() bool { return b.Ready() == nil })

	r := record{Job: api.Job{ID: "j1", Kind: "wait", Room: "lab", State: api.JobRunning}, Relay: "other", Beat: 9}
	value, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	rev, err := b.JobStore().Create(t.Context(), r.ID, value)
	if err != nil {
		t.Fatal(err)
	}
	for beat, state := range map[int]api.JobState{7: api.JobRunning, 9: api.JobLost} {
		heard := r
		heard.Beat = beat
		j := New(Config{Bridge: b, Logger: coretest.Logger(t)})
		j.known[r.ID] = &known{record: heard, rev: rev, heard: time.Now().Add(-time.Hour)}
		j.findLost(t.Context())
		j.work.End()
		entry, err := b.JobStore().Get(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		var now record
		if err := json.Unmarshal(entry.Value(), &now); err != nil || now.State != state {
			t.Errorf("beat %d was heard last: it is %s, %v", beat, now.State, err)
		}
		if state == api.JobLost { // put it back for the other case
			if rev, err = b.JobStore().Put(t.Context(), r.ID, value); err != nil {
				t.Fatal(err)
			}
		}
	}
}
