package web

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/documents"
	"github.com/farbench/farbench/relay/reader"
	"github.com/farbench/farbench/relay/runs"
)

const token = "a-token-for-tests"

// lab is a relay in memory: it keeps the runs and lines that a test gives it,
// and keeps the promises of Benches, Runs and Reader.
type lab struct {
	mu      sync.Mutex
	benches map[string]api.Bench
	runs    map[string]api.Run
	order   []string
	blocks  map[string][]*reader.Block
	changed chan struct{} // closed and made anew with every change
	loading bool
	starts  int
	checks  api.Checks
	past    runs.Past // the last question for a history
	query   runs.Query
}

func newLab() *lab {
	return &lab{
		benches: map[string]api.Bench{"demo": {ID: "demo", Name: "demo", State: api.Online, Devices: []wire.Device{{ID: "sim0001", State: wire.DeviceReady}}}},
		runs:    map[string]api.Run{}, blocks: map[string][]*reader.Block{}, changed: make(chan struct{}),
	}
}

func (l *lab) List() []api.Bench {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []api.Bench
	for _, b := range l.benches {
		list = append(list, b)
	}
	return list
}

func (l *lab) Get(id string) (api.Bench, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.benches[id]
	return b, ok
}

func (l *lab) Loaded() bool { l.mu.Lock(); defer l.mu.Unlock(); return !l.loading }

func (l *lab) shout() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// labRuns gives the lab's runs; its Get would collide with the benches'.
type labRuns struct{ *lab }

func (l labRuns) Start(_ context.Context, r api.RunRequest, by api.User) (api.Run, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case r.Command == "panic":
		panic("secret text of a panic")
	case r.Command == "":
		return api.Run{}, false, &wire.Fault{Code: wire.Invalid, Message: "command is empty; bench is missing"}
	case len(r.Command) > wire.MaxCommand:
		return api.Run{}, false, &wire.Fault{Code: wire.TooLarge, Message: "a command is at most 256 KiB"}
	case r.Command == "break":
		return api.Run{}, false, fmt.Errorf("secret text of an error")
	case r.Bench == "away":
		return api.Run{}, false, &wire.Fault{Code: wire.BenchOffline, Message: "bench away is offline", Hint: "start its agent"}
	}
	if r.ID == "" {
		r.ID = wire.NewID("r")
	}
	if run, ok := l.runs[r.ID]; ok {
		return run, false, nil
	}
	l.starts++
	run := api.Run{ID: r.ID, Bench: r.Bench, Device: r.Device, Command: r.Command, State: wire.Running, By: by.Name, ByID: by.ID, CreatedAt: time.Now()}
	l.runs[r.ID] = run
	l.order = append(l.order, r.ID)
	return run, true, nil
}

func (l labRuns) Get(_ context.Context, id string) (api.Run, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	run, ok := l.runs[id]
	if !ok {
		return run, &wire.Fault{Code: wire.NotFound, Message: "there is no run " + id}
	}
	return run, nil
}

func (l labRuns) List(_ context.Context, q runs.Query) (api.Runs, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.query = q
	list := api.Runs{}
	for i := len(l.order) - 1; i >= 0 && len(list.Runs) < q.Limit; i-- {
		run := l.runs[l.order[i]]
		if (q.Bench == "" || q.Bench == run.Bench) && (q.State == "" || q.State == string(run.State)) {
			list.Runs = append(list.Runs, run)
		}
	}
	return list, nil
}

func (l labRuns) Going(bench string, limit int) (list []api.Run, more int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.order) - 1; i >= 0; i-- {
		switch run := l.runs[l.order[i]]; {
		case run.State == wire.Ended || bench != "" && run.Bench != bench:
		case len(list) == limit:
			more++
		default:
			list = append(list, run)
		}
	}
	return list, more, nil
}

func (l labRuns) History(_ context.Context, by api.User, q runs.Past) (api.History, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.past = q
	return api.History{Commands: []api.PastCommand{{Command: "by " + by.Name}}}, nil
}

// labDocuments keeps the checks as the store does; settings it has none.
type labDocuments struct{ *lab }

func (l labDocuments) Checks(context.Context) (api.Checks, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.checks, nil
}

func (l labDocuments) SaveChecks(_ context.Context, doc api.Checks) (api.Checks, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case len(doc.Checks) == 0:
		return doc, &documents.Invalid{Mistakes: []api.Mistake{{Place: "checks", Message: "is empty"}, {Place: "commands", Message: "too"}}}
	case doc.Revision != l.checks.Revision:
		return doc, &documents.Conflict{Current: l.checks}
	}
	doc.Revision++
	l.checks = doc
	return doc, nil
}

func (l labDocuments) Settings(_ context.Context, user string) (api.Settings, error) {
	return api.Settings{Settings: map[string]any{"of": user}}, nil
}

func (l labDocuments) SaveSettings(_ context.Context, _ string, doc api.Settings) (api.Settings, error) {
	doc.Revision++
	return doc, nil
}

func (l labDocuments) Lab(context.Context) (api.Lab, error) {
	return api.Lab{Unreserved: api.UnreservedAnyone}, nil
}

func (l labDocuments) SaveLab(_ context.Context, doc api.Lab) (api.Lab, error) {
	doc.Revision++
	return doc, nil
}

func (l labRuns) Cancel(_ context.Context, id string, _ api.User) error {
	if _, err := l.Get(context.Background(), id); err != nil {
		return err
	}
	l.end(id, wire.Cancelled)
	return nil
}

// run makes a run that goes on.
func (l *lab) run(id string) {
	_, _, err := labRuns{l}.Start(context.Background(), api.RunRequest{ID: id, Bench: "demo", Device: "sim0001", Command: "true"}, api.User{ID: "test", Name: "test"})
	if err != nil {
		panic(err)
	}
}

func (l *lab) end(id string, outcome wire.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	run := l.runs[id]
	run.State, run.Outcome = wire.Ended, outcome
	l.runs[id] = run
	l.shout()
}

// print adds a block of lines to a run.
func (l *lab) print(id string, lines ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var block wire.Block
	block.Run = id
	next := l.next(id)
	for i, text := range lines {
		block.Add(wire.Line{N: next + int64(i), UnixMS: 1795246488586, Stream: wire.Out, Level: wire.Plain, Bytes: []byte(text)})
	}
	l.add(id, &block)
}

func (l *lab) next(id string) int64 {
	if list := l.blocks[id]; len(list) > 0 {
		return list[len(list)-1].Last + 1
	}
	return 1
}

func (l *lab) add(id string, block *wire.Block) {
	data, _ := json.Marshal(block)
	last, ok := block.Last()
	if !ok {
		last = -1
	}
	l.blocks[id] = append(l.blocks[id], &reader.Block{Run: id, First: block.First, Last: last, Gap: block.Gap != "", Data: data, Offset: fmt.Sprintf("g.%d", last)})
	l.shout()
}

func (l *lab) Follow(ctx context.Context, id string, from reader.From, f reader.Follower) error {
	return l.deliver(ctx, id, from, f, true)
}

func (l *lab) Log(ctx context.Context, id string, from int64, f reader.Follower) error {
	return l.deliver(ctx, id, reader.From{Line: from}, f, false)
}

func (l *lab) deliver(ctx context.Context, id string, from reader.From, f reader.Follower, follow bool) error {
	next, live := from.Line, false
	if from.Offset != "" {
		if _, err := fmt.Sscanf(from.Offset, "g.%d", &next); err != nil {
			return err
		}
		next++
	}
	for at := 0; ; {
		l.mu.Lock()
		blocks, run, changed := l.blocks[id], l.runs[id], l.changed
		l.mu.Unlock()
		for at < len(blocks) {
			b := blocks[at]
			if b.Last >= 0 && b.Last < next || f.Block(b) {
				at++
				continue
			}
			f.Lag()
			live = false
			if err := f.Room(ctx.Done()); err != nil {
				return err
			}
		}
		if !live && follow {
			f.Live()
			live = true
		}
		if run.State == wire.Ended {
			f.End(run)
			return nil
		}
		if !follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
