package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/farbench/farbench/relay/api"
)

// Jobs lists long work, newest first.
func (c *Client) Jobs(ctx context.Context) (api.Jobs, error) {
	var all api.Jobs
	return all, c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/jobs", nil, nil, &all)
}

// Job is one as it stands, with its result.
func (c *Client) Job(ctx context.Context, id string) (api.Job, error) {
	var job api.Job
	return job, c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/jobs/"+url.PathEscape(id), nil, nil, &job)
}

// StartJob begins a job. With an id of the caller's it is safe to ask again.
func (c *Client) StartJob(ctx context.Context, q api.JobRequest) (id string, err error) {
	var begun api.JobID
	err = c.Request(ctx, "job.start", q, &begun)
	return begun.ID, err
}

// CancelJob ends a job, whoever began it, and returns it as it stands.
func (c *Client) CancelJob(ctx context.Context, id string) (api.Job, error) {
	var job api.Job
	return job, c.Request(ctx, "job.cancel", api.JobID{ID: id}, &job)
}
