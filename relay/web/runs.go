package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/runs"
)

func (s *Server) routeBenches() {
	ask(s, huma.Operation{OperationID: "benches", Method: http.MethodGet, Path: "/api/v1/benches", Summary: "Benches and their devices"},
		func(context.Context, *struct{}) (*answer[api.Benches], error) {
			if !s.cfg.Benches.Loaded() {
				return nil, gateway.Loading
			}
			return &answer[api.Benches]{api.Benches{Benches: s.gateway.List()}}, nil
		})
}

type started struct {
	Status int
	Body   api.Run
}

// Nothing is an empty document: the request was taken.
type Nothing struct{}

type runID struct {
	ID string `path:"id"`
}

type listQuery struct {
	Bench   string `query:"bench"`
	Device  string `query:"device"`
	State   string `query:"state"`
	Outcome string `query:"outcome"`
	Since   string `query:"since" doc:"made at or after, RFC 3339"`
	Until   string `query:"until" doc:"made at or before, RFC 3339"`
	Text    string `query:"text" doc:"in the command, the check's label or the id, without case"`
	By      string `query:"by" doc:"who started it, without case"`
	Check   string `query:"check" doc:"the id of the check that started it"`
	Limit   int    `query:"limit" doc:"at most 500, default 50"`
	Cursor  string `query:"cursor"`
}

func (s *Server) routeRuns() {
	ask(s, huma.Operation{
		OperationID: "run-start", Method: http.MethodPost, Path: "/api/v1/runs", DefaultStatus: http.StatusAccepted,
		Summary: "Run a command on a device; the same id again answers 200 with the run", MaxBodyBytes: -1,
	}, func(ctx context.Context, in *answer[api.RunRequest]) (*started, error) {
		run, first, err := s.cfg.Runs.Start(ctx, in.Body, whoOf(ctx).User)
		if err != nil {
			return nil, err
		}
		s.metrics.started(first)
		if first {
			return &started{http.StatusAccepted, run}, nil
		}
		return &started{http.StatusOK, run}, nil
	})
	operation := s.api.OpenAPI().Paths["/api/v1/runs"].Post
	operation.Responses["200"] = &huma.Response{Description: "The run of this id, started before", Content: operation.Responses["202"].Content}
	ask(s, huma.Operation{OperationID: "runs", Method: http.MethodGet, Path: "/api/v1/runs", Summary: "Runs, newest first"},
		func(ctx context.Context, in *listQuery) (*answer[api.Runs], error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			list, err := s.cfg.Runs.List(ctx, q)
			if list.Runs == nil {
				list.Runs = []api.Run{}
			}
			return &answer[api.Runs]{list}, err
		})
	ask(s, huma.Operation{OperationID: "run", Method: http.MethodGet, Path: "/api/v1/runs/{id}", Summary: "A run"},
		func(ctx context.Context, in *runID) (*answer[api.Run], error) {
			run, err := s.gateway.FindRun(ctx, in.ID)
			return &answer[api.Run]{run}, err
		})
	ask(s, huma.Operation{
		OperationID: "run-cancel", Method: http.MethodPost, Path: "/api/v1/runs/{id}/cancel", DefaultStatus: http.StatusAccepted,
		Summary: "End a run on its device",
	}, func(ctx context.Context, in *runID) (*answer[Nothing], error) {
		if !wire.ValidID(in.ID) {
			return nil, gateway.NoRun
		}
		return &answer[Nothing]{}, s.cfg.Runs.Cancel(ctx, in.ID, whoOf(ctx).User)
	})
}

const (
	listDefault = 50
	listMax     = 500
)

func (in *listQuery) query() (runs.Query, error) {
	q := runs.Query{
		Bench: in.Bench, Device: in.Device, State: in.State, Outcome: in.Outcome, Limit: in.Limit, Cursor: in.Cursor,
		Text: in.Text, By: in.By, Check: in.Check,
	}
	if err := limitOf(&q.Limit); err != nil {
		return q, err
	}
	for name, moment := range map[string]struct {
		text string
		to   *time.Time
	}{"since": {in.Since, &q.Since}, "until": {in.Until, &q.Until}} {
		if moment.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, moment.text)
		if err != nil {
			return q, &wire.Fault{Code: wire.Invalid, Message: name + " is not a time", Hint: "write it as 2026-11-21T08:00:00Z"}
		}
		*moment.to = at
	}
	return q, nil
}

func limitOf(limit *int) error {
	if *limit == 0 {
		*limit = listDefault
	}
	if *limit < 1 || *limit > listMax {
		return &wire.Fault{Code: wire.Invalid, Message: "limit is between 1 and 500"}
	}
	return nil
}
