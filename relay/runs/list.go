package runs

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Query chooses runs; empty fields choose all. Cursor is the Next of an
// earlier answer.
type Query struct {
	Bench, Device, State, Outcome string
	Check                         string    // id of the check that started it
	By                            string    // who, without case
	Text                          string    // in the command, the check's label or the id, without case
	Since, Until                  time.Time // both inclusive
	Limit                         int       // 1 to 500, 0 means 50
	Cursor                        string
}

const maxList = 500

// List returns runs, newest first, their commands cut.
func (r *Runs) List(_ context.Context, q Query) (api.Runs, error) {
	if q.Limit == 0 {
		q.Limit = 50
	}
	before, err := parseCursor(q.Cursor)
	if err != nil {
		return api.Runs{}, err
	}
	if q.Limit < 1 || q.Limit > maxList {
		return api.Runs{}, &wire.Fault{Code: wire.Invalid, Message: fmt.Sprintf("limit must be 1 to %d", maxList)}
	}
	r.mu.Lock()
	if !r.loaded {
		r.mu.Unlock()
		return api.Runs{}, unavailable("this relay is still reading the list of runs")
	}
	answer := r.index.list(q, before)
	r.mu.Unlock()
	for i := range answer.Runs {
		r.link(&answer.Runs[i])
	}
	return answer, nil
}

func (x *index) list(q Query, before *entry) api.Runs {
	answer := api.Runs{Runs: []api.Run{}}
	q.Text = strings.ToLower(q.Text)
	i := len(x.order)
	if before != nil {
		i, _ = slices.BinarySearchFunc(x.order, before, compare)
	}
	for i--; i >= 0; i-- {
		e := x.order[i]
		if !q.Since.IsZero() && e.claim.Created.Before(q.Since) {
			break
		}
		if !q.chooses(e) {
			continue
		}
		run := e.doc()
		if q.State != "" && string(run.State) != q.State || q.Outcome != "" && string(run.Outcome) != q.Outcome {
			continue
		}
		if len(answer.Runs) == q.Limit {
			last := answer.Runs[q.Limit-1]
			answer.Next = cursorOf(last)
			break
		}
		answer.Runs = append(answer.Runs, run)
	}
	return answer
}

// chooses looks at what a claim says; state and outcome change. Text is in
// lower case.
func (q Query) chooses(e *entry) bool {
	c := &e.claim
	switch {
	case q.Bench != "" && c.Bench != q.Bench, q.Device != "" && c.Device != q.Device:
	case !q.Until.IsZero() && c.Created.After(q.Until):
	case q.By != "" && !strings.EqualFold(c.By, q.By):
	case q.Check != "" && (c.Check == nil || c.Check.ID != q.Check):
	case q.Text != "" && !e.says(q.Text) && !strings.Contains(c.Run, q.Text) && (c.Check == nil || !strings.Contains(strings.ToLower(c.Check.Label), q.Text)):
	default:
		return true
	}
	return false
}

// command is as much of the command as is kept.
func (e *entry) command() string {
	if e.text != nil {
		return e.text.command
	}
	return e.claim.Command
}

// says says whether the command holds a text, which is in lower case.
func (e *entry) says(lower string) bool {
	if e.text != nil {
		return strings.Contains(e.text.lower, lower)
	}
	return strings.Contains(strings.ToLower(e.claim.Command), lower)
}

func cursorOf(run api.Run) string {
	return base64.RawURLEncoding.EncodeToString(
		[]byte(strconv.FormatInt(run.CreatedAt.UnixNano(), 36) + "." + run.ID))
}

func parseCursor(s string) (*entry, error) {
	if s == "" {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(s)
	at, id, ok := strings.Cut(string(text), ".")
	nanos, err2 := strconv.ParseInt(at, 36, 64)
	if err != nil || err2 != nil || !ok || !wire.ValidID(id) {
		return nil, &wire.Fault{Code: wire.Invalid, Message: "cursor is not one that this API gave", Hint: "leave it out to begin with the newest run"}
	}
	return &entry{claim: wire.Claim{Run: id, Created: time.Unix(0, nanos)}}, nil
}
