package gateway

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// request answers a req: exactly once, with d or an error. Those that join a
// room or a stream in the same step are not modules'.
func (v *Visit) request(m api.Frame) {
	switch m.M {
	case "run.start":
		v.start(m)
		return
	case "session.open":
		v.openSession(m)
		return
	}
	answer := v.g.modules.requests[m.M]
	if answer == nil {
		v.fail(m.I, &wire.Fault{Code: wire.NotFound, Message: "this relay knows no request " + strconv.Quote(cut(m.M, 40))})
		return
	}
	limit, ttl := AnswerLimit, time.Duration(max(0, min(m.TTL, int(AnswerLimit/time.Millisecond))))*time.Millisecond
	if ttl > 0 {
		limit = min(limit, ttl+2*time.Second)
	}
	v.do(m.I, m.M, limit, func(ctx context.Context) error {
		if !v.g.modules.reads[m.M] {
			if fault := v.acts(ctx); fault != nil {
				return fault
			}
		}
		d, err := answer(ctx, Question{Visit: v, By: v.User(), D: m.D, TTL: ttl})
		if err == nil {
			v.c.Send(answerFrame(m.I, d))
		}
		return err
	})
}

// theRuns answers what is asked of runs beside their start.
func theRuns(g *Gateway) Module {
	return Module{Reads: []string{"runs.get"}, Requests: map[string]Request{
		"run.cancel": func(ctx context.Context, q Question) (any, error) {
			id, err := runIn(q.D)
			if err != nil {
				return nil, err
			}
			return struct{}{}, g.cfg.Runs.Cancel(ctx, id, q.By)
		},
		"runs.get": func(ctx context.Context, q Question) (any, error) {
			id, err := runIn(q.D)
			if err != nil {
				return nil, err
			}
			return g.FindRun(ctx, id)
		},
	}}
}

// start starts a run; with watch its room is joined in the same step, before
// the answer.
func (v *Visit) start(m api.Frame) {
	var r api.RunRequest
	if err := json.Unmarshal(m.D, &r); err != nil {
		v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "d is not the body of POST /api/v1/runs: " + err.Error()})
		return
	}
	if r.TTLMS == nil && m.TTL > 0 {
		r.TTLMS = &m.TTL
	}
	if r.Watch && !v.roomLeft(m.I) {
		return
	}
	v.do(m.I, m.M, AnswerLimit, func(ctx context.Context) error {
		if fault := v.acts(ctx); fault != nil {
			return fault
		}
		run, first, err := v.g.cfg.Runs.Start(ctx, r, v.User())
		if err != nil {
			return err
		}
		v.g.cfg.Started(first)
		if r.Watch {
			v.follow(m.I, run, v.newRunSub(RoomRun+run.ID), "")
		} else {
			v.c.Send(answerFrame(m.I, run))
		}
		return nil
	})
}

func runIn(d json.RawMessage) (string, error) {
	var in struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(d, &in); err != nil || in.ID == "" {
		return "", &wire.Fault{Code: wire.Invalid, Message: `d names the run: {"id":"…"}`}
	}
	if !wire.ValidID(in.ID) {
		return "", NoRun
	}
	return in.ID, nil
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
