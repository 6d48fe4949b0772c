package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/checks"
	"github.com/farbench/farbench/relay/reader"
)

const (
	// maxVerdicts bounds how many runs are judged at once: each may take a core
	// for seconds.
	maxVerdicts = 4
	// lastLinesWithin is how long a verdict waits for lines that are about to be
	// stored: a browser sees a run's end a moment before the store has it all.
	lastLinesWithin = 2 * time.Second
)

func (s *Server) routeVerdict() {
	ask(s, huma.Operation{
		OperationID: "run-verdict", Method: http.MethodGet, Path: "/api/v1/runs/{id}/verdict",
		Summary: "How the check came out that started the run",
	}, func(ctx context.Context, in *runID) (*answer[api.Verdict], error) {
		run, err := s.gateway.FindRun(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if run.Check == nil {
			return nil, noCheck
		}
		verdict, err := s.verdict(ctx, run)
		return &answer[api.Verdict]{verdict}, err
	})
	ask(s, huma.Operation{
		OperationID: "checks-try", Method: http.MethodPost, Path: "/api/v1/checks/try", MaxBodyBytes: -1,
		Summary: "How a check would come out on a text",
	}, func(ctx context.Context, in *answer[api.Trial]) (*answer[api.Verdict], error) {
		done, err := s.mayJudge(ctx)
		if err != nil {
			return nil, err
		}
		defer done()
		return &answer[api.Verdict]{checks.Try(in.Body)}, nil
	})
}

// mayJudge waits until one more run may be judged; done lets the next one.
func (s *Server) mayJudge(ctx context.Context) (done func(), err error) {
	select {
	case s.verdicts <- struct{}{}:
		return func() { <-s.verdicts }, nil
	case <-ctx.Done():
		return nil, &wire.Fault{Code: wire.Unavailable, Message: "other runs are being judged", Hint: "ask again in a few seconds", Retry: true}
	}
}

var noCheck = &wire.Fault{Code: wire.NotFound, Message: "this run was not started by a check", Hint: "POST /api/v1/runs with check instead of command starts one"}

// verdict judges a run by its check, from its stored lines where they decide.
func (s *Server) verdict(ctx context.Context, run api.Run) (api.Verdict, error) {
	if judge := checks.NewJudge(*run.Check); !judge.Reads(run) {
		return judge.Verdict(run, true), nil
	}
	done, err := s.mayJudge(ctx)
	if err != nil {
		return api.Verdict{}, err
	}
	defer done()
	began := time.Now()
	for wait := 10 * time.Millisecond; ; wait *= 2 {
		f := &judging{judge: checks.NewJudge(*run.Check)}
		if err := s.cfg.Reader.Log(ctx, run.ID, 1, f); err != nil && !f.enough {
			return api.Verdict{}, err
		}
		if f.enough || f.all || time.Since(began)+wait > lastLinesWithin {
			return f.judge.Verdict(run, f.enough || f.all), nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return f.judge.Verdict(run, false), nil
		}
	}
}

// judging is a follower that hands a run's lines to its judge.
type judging struct {
	judge       *checks.Judge
	enough, all bool
}

var errEnough = errors.New("the judge has seen enough")

// Block implements reader.Follower.
func (j *judging) Block(b *reader.Block) bool {
	var block wire.Block
	_ = json.Unmarshal(b.Data, &block) // what is none fails the judge's own look
	j.enough = j.enough || !j.judge.Block(&block)
	return !j.enough
}

// Room implements reader.Follower: there is none once the judge knows.
func (j *judging) Room(<-chan struct{}) error { return errEnough }

// End implements reader.Follower.
func (j *judging) End(api.Run) { j.all = true }

// Lag and Live say nothing to a judge.
func (j *judging) Lag()  {}
func (j *judging) Live() {}
