package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/farbench/farbench/relay/api"
)

// Checks are the lab's checks and saved commands.
func (c *Client) Checks(ctx context.Context) (api.Checks, error) {
	var doc api.Checks
	return doc, c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/checks", nil, nil, &doc)
}

// SaveChecks replaces the document that was read at its revision.
func (c *Client) SaveChecks(ctx context.Context, doc api.Checks) (api.Checks, error) {
	var saved api.Checks
	return saved, c.ask(ctx, answerWithin, http.MethodPut, "/api/v1/checks", nil, doc, &saved)
}

// Verdict tells how the check came out that started a run, as things stand now.
func (c *Client) Verdict(ctx context.Context, run string) (api.Verdict, error) {
	var verdict api.Verdict
	path := "/api/v1/runs/" + url.PathEscape(run) + "/verdict"
	return verdict, c.ask(ctx, answerWithin, http.MethodGet, path, nil, nil, &verdict)
}

// beyondAll is behind the last line of every run: a log from there on holds the
// run's end alone.
const beyondAll = 1 << 50

// judgedWithin is how long a run that has ended may wait for its last lines.
const judgedWithin = 15 * time.Second

// Judged waits for a run's end and its verdict. A verdict that is still pending
// afterwards waits for lines that the bench has not sent.
func (c *Client) Judged(ctx context.Context, run string) (api.Verdict, *api.End, error) {
	var end *api.End
	err := c.Log(ctx, run, LogOptions{From: beyondAll, Follow: true}, func(_ []byte, line *api.LogLine) error {
		if line.End != nil {
			end = line.End
		}
		return nil
	})
	if err != nil {
		return api.Verdict{}, nil, err
	}
	began := time.Now()
	for try := 0; ; try++ {
		verdict, err := c.Verdict(ctx, run)
		late := time.Since(began) > judgedWithin
		if err != nil && (late || !MayHelp(err)) {
			return verdict, end, fmt.Errorf("asking for the verdict: %w", err)
		}
		if err == nil && (late || verdict.Verdict != api.Pending) {
			return verdict, end, nil
		}
		if err := pause(ctx, min(try, 2)); err != nil {
			return verdict, end, err
		}
	}
}
