package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
)

// Jobs are the long work that goes on, and what came of it within a day.
type Jobs interface {
	List(room string) []api.Job
	Get(ctx context.Context, id string) (api.Job, error)
	Loaded() bool
}

func (s *Server) routeJobs() {
	if s.cfg.Jobs == nil {
		return
	}
	type query struct {
		Room string `query:"room" doc:"lab or bench:<id>; all without it"`
	}
	ask(s, huma.Operation{OperationID: "jobs", Method: http.MethodGet, Path: "/api/v1/jobs", Summary: "Long work of the relays, newest first; req job.start and job.cancel begin and end it"},
		func(_ context.Context, in *query) (*answer[api.Jobs], error) {
			if !s.cfg.Jobs.Loaded() {
				return nil, gateway.Loading
			}
			return &answer[api.Jobs]{api.Jobs{Jobs: s.cfg.Jobs.List(in.Room)}}, nil
		})
	type one struct {
		ID string `path:"id"`
	}
	ask(s, huma.Operation{OperationID: "job", Method: http.MethodGet, Path: "/api/v1/jobs/{id}", Summary: "A job as it stands, with its result"},
		func(ctx context.Context, in *one) (*answer[api.Job], error) {
			job, err := s.cfg.Jobs.Get(ctx, in.ID)
			return &answer[api.Job]{job}, err
		})
}
