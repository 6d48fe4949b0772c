// Package search looks for a text in the lines of stored runs, newest first. It
// is a kind of job. It reads as every follower does, a run at a time, and knows
// neither the store nor who asks.
package search

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/jobs"
	"github.com/farbench/farbench/relay/legible"
	"github.com/farbench/farbench/relay/reader"
	"github.com/farbench/farbench/relay/runs"
)

// Runs is what is asked of the runs.
type Runs interface {
	List(ctx context.Context, q runs.Query) (api.Runs, error)
}

// Reader delivers a run's stored lines.
type Reader interface {
	Log(ctx context.Context, run string, from int64, f reader.Follower) error
}

// Bounds of what is asked, and of what is found.
const (
	maxText = 200 // characters
	maxHits = 100
	around  = 160 // bytes of a line that are shown
	// maxBytes is how much the hits may be, as JSON: a job keeps 48 KiB, and what
	// a device says may need six bytes for one.
	maxBytes = 40 << 10
)

// Kind is the kind of job. known says whether there is such a bench.
func Kind(all Runs, lines Reader, known func(bench string) bool) jobs.Kind {
	return func(d json.RawMessage) (jobs.Plan, error) {
		var q api.SearchRequest
		if err := json.Unmarshal(d, &q); err != nil {
			return jobs.Plan{}, &wire.Fault{Code: wire.Invalid, Message: `d says what is searched for: {"text":"…","bench":"…"}`}
		}
		if strings.TrimSpace(q.Text) == "" || utf8.RuneCountInString(q.Text) > maxText {
			return jobs.Plan{}, &wire.Fault{Code: wire.Invalid, Message: "text must have 1 to 200 characters"}
		}
		if bad := legible.Bad(q.Text, ""); bad != "" {
			return jobs.Plan{}, &wire.Fault{Code: wire.Invalid, Message: "text " + bad, Hint: "it becomes the job's title: search for what stands beside it"}
		}
		plan := jobs.Plan{Title: "Search for “" + q.Text + "”", Room: "lab"}
		if q.Bench != "" {
			if !wire.ValidID(q.Bench) || !known(q.Bench) {
				return jobs.Plan{}, &wire.Fault{Code: wire.BenchUnknown, Message: "there is no such bench", Hint: "GET /api/v1/benches lists them"}
			}
			plan.Title, plan.Room = plan.Title+" on "+q.Bench, "bench:"+q.Bench
		}
		asked, err := json.Marshal(q)
		if err != nil {
			return jobs.Plan{}, err
		}
		plan.Asked = asked
		plan.Work = func(ctx context.Context, tell func(done, of int)) (any, error) {
			return search(ctx, all, lines, q, tell)
		}
		return plan, nil
	}
}

func search(ctx context.Context, all Runs, lines Reader, q api.SearchRequest, tell func(done, of int)) (api.SearchResult, error) {
	found := hits{SearchResult: api.SearchResult{Hits: []api.SearchHit{}}}
	list, err := listed(ctx, all, q.Bench)
	if err != nil {
		return found.SearchResult, err
	}
	want := bytes.ToLower([]byte(q.Text))
	tell(0, len(list))
	for i, run := range list {
		f := &finder{run: run, want: want, found: &found}
		err := lines.Log(ctx, run.ID, 1, f)
		switch {
		case ctx.Err() != nil:
			return found.SearchResult, ctx.Err()
		case err != nil && !errors.Is(err, errEnough):
			found.Bad++ // cut with age meanwhile, or not to be read now
		}
		found.Runs++
		tell(i+1, len(list))
		if found.full {
			found.More = true
			break
		}
	}
	return found.SearchResult, nil
}

// listed are the runs that have lines.
func listed(ctx context.Context, all Runs, bench string) (list []api.Run, err error) {
	q := runs.Query{Bench: bench, Limit: 500}
	for {
		page, err := all.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, run := range page.Runs {
			if run.Lines > 0 || run.State != wire.Ended {
				list = append(list, run)
			}
		}
		if page.Next == "" || ctx.Err() != nil {
			return list, ctx.Err()
		}
		q.Cursor = page.Next
	}
}

var errEnough = errors.New("enough was found")

// hits are what was found, within its bounds.
type hits struct {
	api.SearchResult
	bytes int
	full  bool // no more fits
}

func (h *hits) add(hit api.SearchHit) {
	data, _ := json.Marshal(hit)
	if h.bytes += len(data) + 1; h.bytes > maxBytes {
		h.full = true
		return
	}
	h.Hits = append(h.Hits, hit)
	h.full = len(h.Hits) >= maxHits
}

// finder looks at one run's lines.
type finder struct {
	run   api.Run
	want  []byte // in lower case
	found *hits
}

// Block implements reader.Follower.
func (f *finder) Block(b *reader.Block) bool {
	if b.Gap {
		return true
	}
	var block wire.Block
	if json.Unmarshal(b.Data, &block) != nil || block.Check() != nil {
		return true // a bench wrote it
	}
	for line := range block.Lines {
		at := bytes.Index(bytes.ToLower(line.Bytes), f.want)
		if at < 0 {
			continue
		}
		f.found.add(api.SearchHit{
			Run: f.run.ID, Bench: f.run.Bench, Device: f.run.Device, N: line.N, Text: cut(line.Bytes, at, len(f.want)),
		})
		if f.found.full {
			return false
		}
	}
	return true
}

// Room implements reader.Follower: there is none once enough was found.
func (f *finder) Room(<-chan struct{}) error { return errEnough }

// Lag, Live and End implement reader.Follower.
func (f *finder) Lag()        {}
func (f *finder) Live()       {}
func (f *finder) End(api.Run) {}

// cut is the part of a line around what was found, as text.
func cut(line []byte, at, n int) string {
	// In lower case a line may be longer.
	from := min(len(line), max(0, at-max(0, around-n)/2))
	to := min(len(line), from+max(around, n))
	text := strings.ToValidUTF8(string(line[from:to]), "\uFFFD")
	if from > 0 {
		text = "…" + text
	}
	if to < len(line) {
		text += "…"
	}
	return text
}
