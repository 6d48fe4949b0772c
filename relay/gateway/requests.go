package gateway

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// request answers a req: exactly once, with d or an error.
func (v *Visit) request(m api.Frame) {
	limit := AnswerLimit
	if m.TTL > 0 {
		limit = min(limit, time.Duration(m.TTL)*time.Millisecond+2*time.Second)
	}
	switch m.M {
	case "run.start":
		v.start(m)
	case "run.cancel":
		v.do(m.I, m.M, limit, func(ctx context.Context) error {
			id, err := runIn(m.D)
			if err != nil {
				return err
			}
			if err := v.g.cfg.Runs.Cancel(ctx, id, v.who.User); err != nil {
				return err
			}
			v.c.Send(answerFrame(m.I, struct{}{}))
			return nil
		})
	case "runs.get":
		v.do(m.I, m.M, limit, func(ctx context.Context) error {
			id, err := runIn(m.D)
			if err != nil {
				return err
			}
			run, err := v.g.Run(ctx, id)
			if err != nil {
				return err
			}
			v.c.Send(answerFrame(m.I, run))
			return nil
		})
	case "session.open":
		v.openSession(m)
	default:
		v.fail(m.I, &wire.Fault{Code: wire.NotFound, Message: "this relay knows no request " + strconv.Quote(cut(m.M, 40))})
	}
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
		run, first, err := v.g.cfg.Runs.Start(ctx, r, v.who.User)
		if err != nil {
			return err
		}
		v.g.cfg.Started(first)
		if r.Watch {
			v.follow(m.I, run, v.newRunSub(prefixRun+run.ID), "")
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
