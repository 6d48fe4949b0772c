package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/reservation"
)

// Reservations are the benches' books. Errors are *wire.Fault where expected.
type Reservations interface {
	All() []api.Reservations
	Of(bench string) api.Reservations
	Do(ctx context.Context, bench string, by api.User, verb reservation.Verb, q api.ReservationRequest) (api.Reserved, error)
	History(ctx context.Context, bench string, before uint64, limit int) (api.ReservationHistory, error)
	Loaded() bool
}

type benchOf struct {
	Bench string `path:"bench"`
}

type verbOf struct {
	Bench string `path:"bench"`
	Verb  string `path:"verb" enum:"reserve,extend,release,take,ask,hand,answer,refuse"`
	Body  api.ReservationRequest
}

type recordsQuery struct {
	Bench  string `path:"bench"`
	Before uint64 `query:"before" doc:"records before this one, as next of the page before"`
	Limit  int    `query:"limit" doc:"at most 500, default 50"`
}

const pathLab = "/api/v1/lab"

func (s *Server) routeReservations() {
	const ofBench = "/api/v1/benches/{bench}/reservations"
	ask(s, huma.Operation{OperationID: "reservations", Method: http.MethodGet, Path: "/api/v1/reservations", Summary: "Who holds what and who waits, of all benches"},
		func(context.Context, *struct{}) (*answer[api.AllReservations], error) {
			if !s.cfg.Reservations.Loaded() {
				return nil, gateway.Loading
			}
			return &answer[api.AllReservations]{api.AllReservations{Reservations: s.cfg.Reservations.All()}}, nil
		})
	ask(s, huma.Operation{OperationID: "bench-reservations", Method: http.MethodGet, Path: ofBench, Summary: "Who holds what and who waits, of a bench"},
		func(_ context.Context, in *benchOf) (*answer[api.Reservations], error) {
			switch _, known := s.cfg.Benches.Get(in.Bench); {
			case !s.cfg.Reservations.Loaded():
				return nil, gateway.Loading
			case !known && s.cfg.Benches.Loaded(), !wire.ValidID(in.Bench):
				return nil, &wire.Fault{Code: wire.BenchUnknown, Message: "there is no such bench", Hint: "GET /api/v1/benches lists them"}
			}
			return &answer[api.Reservations]{s.cfg.Reservations.Of(in.Bench)}, nil
		})
	ask(s, huma.Operation{OperationID: "reservation-history", Method: http.MethodGet, Path: ofBench + "/history", Summary: "Every grant of a place and every end of one, newest first"},
		func(ctx context.Context, in *recordsQuery) (*answer[api.ReservationHistory], error) {
			if err := limitOf(&in.Limit); err != nil {
				return nil, err
			}
			page, err := s.cfg.Reservations.History(ctx, in.Bench, in.Before, in.Limit)
			return &answer[api.ReservationHistory]{page}, err
		})
	ask(s, huma.Operation{
		OperationID: "reservation", Method: http.MethodPost, Path: ofBench + "/{verb}", DefaultStatus: http.StatusOK,
		Summary:     "Reserve, extend, release, take over, ask for, hand over a place, answer an offer or refuse an ask",
		Description: "All of it may be asked again: the answer is the place as it stands. A place that somebody waits for (`next`) is not extended: `reserved`.",
	}, func(ctx context.Context, in *verbOf) (*answer[api.Reserved], error) {
		place, err := s.cfg.Reservations.Do(ctx, in.Bench, whoOf(ctx).User, reservation.Verb(in.Verb), in.Body)
		return &answer[api.Reserved]{place}, err
	})
	ask(s, huma.Operation{OperationID: "lab", Method: http.MethodGet, Path: pathLab, Summary: "The lab's settings"},
		func(ctx context.Context, _ *struct{}) (*answer[api.Lab], error) {
			doc, err := s.cfg.Documents.Lab(ctx)
			return &answer[api.Lab]{doc}, err
		})
	ask(s, huma.Operation{OperationID: "lab-save", Method: http.MethodPut, Path: pathLab, Summary: "Save the lab's settings, over the revision that was read"},
		func(ctx context.Context, in *answer[api.Lab]) (*answer[api.Lab], error) {
			doc, err := s.cfg.Documents.SaveLab(ctx, in.Body)
			return &answer[api.Lab]{doc}, err
		})
}
