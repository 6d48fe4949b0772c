package modules

import (
	"context"
	"slices"
	"strings"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/jobs"
)

// isOfBench says whether a job is told in a bench's room. The lab is told of it
// too, as of all that happens at its benches.
func isOfBench(job api.Job) bool { return strings.HasPrefix(job.Room, gateway.RoomBench) }

// ofJobs lets people begin, see and cancel jobs.
func ofJobs(all *jobs.Jobs) gateway.Maker {
	const event = "job"
	return func(g *gateway.Gateway) gateway.Module {
		all.OnChange(func(job api.Job) {
			g.Tell(job.Room, event+":"+job.ID, event, job)
			if isOfBench(job) {
				g.Tell(gateway.RoomLab, event+":"+job.ID, event, job)
			}
		})
		return gateway.Module{
			Events: []string{event},
			Requests: map[string]gateway.Request{
				"job.start": func(ctx context.Context, q gateway.Question) (any, error) {
					var in api.JobRequest
					if err := q.Read(&in); err != nil {
						return nil, err
					}
					job, err := all.Start(ctx, q.By, in)
					if err != nil {
						return nil, err
					}
					return api.JobID{ID: job.ID}, nil
				},
				"job.cancel": func(ctx context.Context, q gateway.Question) (any, error) {
					var in api.JobID
					if err := q.Read(&in); err != nil {
						return nil, err
					}
					return all.Cancel(ctx, q.By, in.ID)
				},
			},
			Snapshot: func(_ context.Context, r gateway.Room, parts *api.Parts) error {
				if !all.Loaded() {
					return gateway.Loading
				}
				parts.Jobs = all.List("")
				parts.Jobs = slices.DeleteFunc(parts.Jobs, func(job api.Job) bool {
					return job.Room != r.Name() && (r.Prefix != gateway.RoomLab || !isOfBench(job))
				})
				for i := range parts.Jobs {
					parts.Jobs[i].Result = nil // a day's results are more than may wait for a connection
				}
				return nil
			},
		}
	}
}
