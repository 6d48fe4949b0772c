package lab

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/farbench/farbench/relay/api"
)

// API asks one relay over HTTP, as the person Name; empty: as anybody.
type API struct{ Base, Token, Name string }

// Do sends a request with a JSON body (nil: none) and reads the answer into
// out (nil: not at all).
func (a API) Do(ctx context.Context, method, path string, body, out any) (int, error) {
	var r io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.Base+path, r)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	if a.Name != "" {
		req.Header.Set("Farbench-Name", url.PathEscape(a.Name))
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, err
	}
	if res.StatusCode >= 400 {
		var p api.Problem
		if err := json.Unmarshal(data, &p); err != nil {
			return res.StatusCode, fmt.Errorf("%d without a problem document: %.200s", res.StatusCode, data)
		}
		return res.StatusCode, &Refusal{p}
	}
	if out != nil {
		return res.StatusCode, json.Unmarshal(data, out)
	}
	return res.StatusCode, nil
}

// Refusal is an error answer of the API.
type Refusal struct{ api.Problem }

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Detail) }

// Start posts a run.
func (a API) Start(ctx context.Context, q api.RunRequest) (api.Run, error) {
	var run api.Run
	_, err := a.Do(ctx, "POST", "/api/v1/runs", q, &run)
	return run, err
}

// Run reads one.
func (a API) Run(ctx context.Context, id string) (api.Run, error) {
	var run api.Run
	_, err := a.Do(ctx, "GET", "/api/v1/runs/"+id, nil, &run)
	return run, err
}

// Bench reads one.
func (a API) Bench(ctx context.Context, id string) (api.Bench, error) {
	var list api.Benches
	if _, err := a.Do(ctx, "GET", "/api/v1/benches", nil, &list); err != nil {
		return api.Bench{}, err
	}
	for _, b := range list.Benches {
		if b.ID == id {
			return b, nil
		}
	}
	return api.Bench{}, fmt.Errorf("no bench %s among %d", id, len(list.Benches))
}

// WatchLog follows a run's NDJSON log until its end, asking again from the
// next line whenever an answer was cut.
func WatchLog(ctx context.Context, l *Ledger, a API, run string) {
	for ctx.Err() == nil {
		if err := a.followOnce(ctx, l, run); err == nil {
			return
		}
		pause(ctx, 100*time.Millisecond)
	}
}

var errCut = errors.New("the log ended without its end")

func (a API) followOnce(ctx context.Context, l *Ledger, run string) error {
	url := fmt.Sprintf("%s/api/v1/runs/%s/log?from=%d&follow=1", a.Base, run, l.Last()+1)
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", res.StatusCode)
	}
	r := bufio.NewReaderSize(res.Body, 256<<10)
	for {
		data, err := r.ReadBytes('\n')
		if err != nil {
			return errCut
		}
		if len(data) <= 1 {
			continue
		}
		var line api.LogLine
		if err := json.Unmarshal(data, &line); err != nil {
			return err
		}
		switch {
		case line.End != nil:
			l.finish(*line.End)
			return nil
		case line.Gap != nil:
			l.gap(*line.Gap)
		case line.B64 != nil:
			text, err := base64.StdEncoding.DecodeString(*line.B64)
			if err != nil {
				return err
			}
			l.line(line.N, string(text))
		case line.Text != nil:
			l.line(line.N, *line.Text)
		}
	}
}
