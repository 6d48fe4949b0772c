package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/runs"
)

const (
	pathChecks   = "/api/v1/checks"
	pathSettings = "/api/v1/settings"
)

// routeDocuments registers what people edit. A PUT brings the revision that was
// read; 409 brings the document as it is now.
func (s *Server) routeDocuments() {
	ask(s, huma.Operation{OperationID: "checks", Method: http.MethodGet, Path: pathChecks, Summary: "The lab's checks and saved commands"},
		func(ctx context.Context, _ *struct{}) (*answer[api.Checks], error) {
			doc, err := s.cfg.Documents.Checks(ctx)
			return &answer[api.Checks]{doc}, err
		})
	ask(s, huma.Operation{
		OperationID: "checks-save", Method: http.MethodPut, Path: pathChecks, MaxBodyBytes: -1,
		Summary: "Save the checks and saved commands, over the revision that was read",
	}, func(ctx context.Context, in *answer[api.Checks]) (*answer[api.Checks], error) {
		doc, err := s.cfg.Documents.SaveChecks(ctx, in.Body)
		return &answer[api.Checks]{doc}, err
	})
	ask(s, huma.Operation{OperationID: "settings", Method: http.MethodGet, Path: pathSettings, Summary: "One's own settings"},
		func(ctx context.Context, _ *struct{}) (*answer[api.Settings], error) {
			doc, err := s.cfg.Documents.Settings(ctx, whoOf(ctx).User.ID)
			return &answer[api.Settings]{doc}, err
		})
	ask(s, huma.Operation{
		OperationID: "settings-save", Method: http.MethodPut, Path: pathSettings, MaxBodyBytes: -1,
		Summary: "Save one's own settings, over the revision that was read; at most 16 KiB",
	}, func(ctx context.Context, in *answer[api.Settings]) (*answer[api.Settings], error) {
		doc, err := s.cfg.Documents.SaveSettings(ctx, whoOf(ctx).User.ID, in.Body)
		return &answer[api.Settings]{doc}, err
	})
	ask(s, huma.Operation{OperationID: "history", Method: http.MethodGet, Path: "/api/v1/history", Summary: "One's own commands, each once, the newest first"},
		func(ctx context.Context, in *historyQuery) (*answer[api.History], error) {
			q := runs.Past{Text: in.Text, Bench: in.Bench, Device: in.Device, Limit: in.Limit}
			if err := limitOf(&q.Limit); err != nil {
				return nil, err
			}
			doc, err := s.cfg.Runs.History(ctx, whoOf(ctx).User, q)
			return &answer[api.History]{doc}, err
		})
}

type historyQuery struct {
	Text   string `query:"text" doc:"in the command, without case"`
	Bench  string `query:"bench"`
	Device string `query:"device"`
	Limit  int    `query:"limit" doc:"at most 500, default 50"`
}
